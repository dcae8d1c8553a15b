package main

import (
	"fmt"
	"io/fs"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
)

// javaSuite runs the suites of the official Java client, for synchronous and asynchronous commands.
func javaSuite(h *harness, addr string) (specs, error) {
	clone, err := h.checkout("aerospike-client-java")
	if err != nil {
		return specs{}, err
	}
	for _, program := range []string{"java", "javac"} {
		if _, err := exec.LookPath(program); err != nil {
			return specs{}, missing("Java is not installed")
		}
	}
	jars, err := filepath.Glob("peers/java/target/lib/*.jar")
	if err != nil || len(jars) == 0 {
		return specs{}, missing("the jars of the Java client are not installed: run 'make peers' with Maven installed")
	}
	tests := filepath.Join(clone, "test", "src")
	classes := filepath.Join(h.dir, "java")
	path := strings.Join(append(jars, classes, filepath.Join(tests, "resources")), string(filepath.ListSeparator))
	args := []string{"-nowarn", "-d", classes, "-cp", path, "peers/java/Suites.java"}
	err = filepath.WalkDir(tests, func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".java") {
			args = append(args, name)
		}
		return err
	})
	if err != nil {
		return specs{}, err
	}
	if out, err := exec.Command("javac", args...).CombinedOutput(); err != nil {
		return specs{}, fmt.Errorf("javac: %w\n%s", err, tail(string(out), 2000))
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return specs{}, err
	}
	cmd := exec.Command("java", "-Dargs=-h "+host+" -p "+port, "-cp", path, "Suites", "com.aerospike.test.SuiteSync", "com.aerospike.test.SuiteAsync")
	out, runErr := cmd.CombinedOutput()
	return h.readLines(h.output(out), "\nEND\n", javaLine, javaKnown, runErr)
}
