// Peers runs other clients' own test suites on a devserver, or on a server that -addr names, and prints
//
//	peers: N passed, M failed, K skipped
//
// Today that is the suite of the official Go client, from its module in the module cache. Its exit
// status is 1 if anything failed.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
)

const official = "github.com/aerospike/aerospike-client-go/v8"

func main() {
	addr := flag.String("addr", "", "host:port of a server; empty is a devserver")
	focus := flag.String("focus", "", "only the specs whose name has a match of this regular expression")
	verbose := flag.Bool("v", false, "print what the suite prints")
	flag.Parse()
	count, err := run(*addr, *focus, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
	fmt.Printf("peers: %d passed, %d failed, %d skipped\n", count.passed, count.failed, count.skipped)
	if count.failed > 0 || count.passed == 0 {
		os.Exit(1)
	}
}

// specs counts what became of a suite's specs.
type specs struct{ passed, failed, skipped int }

func run(addr, focus string, verbose bool) (specs, error) {
	if addr == "" {
		srv, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
		if err != nil {
			return specs{}, err
		}
		defer srv.Close()
		addr = srv.Seeds()[0]
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return specs{}, err
	}
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return specs{}, err
	}
	defer os.RemoveAll(dir)
	if err := copyModule(official, dir); err != nil {
		return specs{}, err
	}
	args := []string{"test", "-count=1", "-timeout=30m", ".", "-args", "-h", host, "-p", port, "-ginkgo.no-color"}
	if focus != "" {
		args = append(args, "-ginkgo.focus="+focus)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if verbose {
		os.Stdout.Write(out)
	}
	return report(string(out), err)
}

// copyModule copies the sources of a module of the build, which the module cache keeps
// from being changed, to where its tests can be built by its own go.mod.
func copyModule(path, dir string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		return fmt.Errorf("finding %s: %w", path, err)
	}
	from := strings.TrimSpace(string(out))
	return filepath.WalkDir(from, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		return copyFile(name, to)
	})
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, src); err != nil {
		dst.Close()
		return err
	}
	return dst.Close()
}

// Ginkgo's last lines, and the name of a spec that failed.
var (
	summary = regexp.MustCompile(`(\d+) Passed \| (\d+) Failed \| (\d+) Pending \| (\d+) Skipped`)
	failure = regexp.MustCompile(`(?m)^ *\[(?:FAIL|PANICKED!|TIMEDOUT)\].*$`)
)

// report prints the specs that failed and counts them all.
func report(out string, runErr error) (specs, error) {
	m := summary.FindStringSubmatch(out)
	if m == nil {
		return specs{}, fmt.Errorf("the suite did not run to its end: %v\n%s", runErr, tail(out, 2000))
	}
	n := make([]int, 4)
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // the pattern has digits only
	}
	for _, line := range failure.FindAllString(out, -1) {
		fmt.Println(strings.TrimSpace(line))
	}
	return specs{passed: n[0], failed: n[1], skipped: n[2] + n[3]}, nil
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
