package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// The lines that test programs print for each test, with the outcome and the name, in any order.
var (
	javaLine = regexp.MustCompile(`(?m)^(?P<outcome>PASS|FAIL|SKIP) (?P<name>.+)$`)
	rustLine = regexp.MustCompile(`(?m)^test (?P<name>\S+)(?: - should panic)? \.\.\. (?P<outcome>ok|FAILED|ignored)`)
)

// rustSuite runs the suite of the official Rust client, which is part of its crate.
func rustSuite(h *harness, addr string) (specs, error) {
	source, err := crate("aerospike")
	if err != nil {
		return specs{}, err
	}
	dir := filepath.Join(h.dir, "rust")
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		return specs{}, err
	}
	target, err := filepath.Abs("peers/rust/target") // stays, because compiling takes minutes
	if err != nil {
		return specs{}, err
	}
	cmd := exec.Command("cargo", "test", "--test", "lib", "--", h.focus)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "AEROSPIKE_HOSTS="+addr, "CARGO_TARGET_DIR="+target)
	out, runErr := cmd.CombinedOutput()
	return h.readLines(h.output(out), "\ntest result: ", rustLine, rustKnown, runErr)
}

// crate returns the directory of a crate that peers/rust needs.
func crate(name string) (string, error) {
	out, err := exec.Command("cargo", "metadata", "--format-version=1", "--manifest-path=peers/rust/Cargo.toml").Output()
	if failure := new(exec.ExitError); errors.As(err, &failure) {
		return "", missing("cargo can't fetch the client: " + tail(string(failure.Stderr), 300))
	}
	if err != nil {
		return "", missing("Rust is not installed")
	}
	var metadata struct {
		Packages []struct {
			Name     string
			Manifest string `json:"manifest_path"`
		}
	}
	if err := json.Unmarshal(out, &metadata); err != nil {
		return "", err
	}
	for _, p := range metadata.Packages {
		if p.Name == name {
			return filepath.Dir(p.Manifest), nil
		}
	}
	return "", fmt.Errorf("cargo knows no package %s", name)
}
