// Peers runs the test suites of other clients on devservers, or on the server given by -addr, and
// prints
//
//	peers: N passed, M failed, K skipped
//
// The suites are those of the official Go client, from the module cache, and of the C client, from
// its npm package if it is installed. Each runs as a whole on a server with default options. Specs
// that need special options run again on servers that have them. The exit status is 1 if a spec
// failed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const official = "github.com/aerospike/aerospike-client-go/v8"

func main() {
	addr := flag.String("addr", "", "run the whole suites on the server at `host:port`; if empty devservers are used")
	only := flag.String("run", "", "only the run with this `name`")
	focus := flag.String("focus", "", "only the specs whose name matches this `regexp`")
	verbose := flag.Bool("v", false, "print the output of the suites")
	flag.Parse()
	count, err := all(*addr, *only, *focus, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
	fmt.Printf("peers: %v\n", count)
	if count.failed > 0 || count.passed == 0 {
		os.Exit(1)
	}
}

// all executes the selected runs and adds up their specs.
func all(addr, only, focus string, verbose bool) (total specs, err error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return total, err
	}
	defer os.RemoveAll(dir)
	if err := copyModule(official, dir); err != nil {
		return total, err
	}
	for _, r := range append(runs, npmRun) {
		if only != "" && only != r.name || addr != "" && r.focus != "" {
			continue
		}
		if focus != "" && r.suite == nil {
			r.focus = focus
		}
		count, err := r.do(dir, addr, verbose)
		if errors.Is(err, errNoNode) {
			fmt.Printf("%s: skipped: %v\n", r.name, err)
			continue
		}
		if err != nil {
			return total, fmt.Errorf("%s: %w", r.name, err)
		}
		fmt.Printf("%s: %v\n", r.name, count)
		total = total.plus(count)
	}
	return total, nil
}

// copyModule copies the sources of a dependency out of the read-only module cache, so that its
// tests can be built with its own go.mod.
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

// Ginkgo's summary line, and the name of a failed spec.
var (
	summary = regexp.MustCompile(`(\d+) Passed \| (\d+) Failed \| (\d+) Pending \| (\d+) Skipped`)
	failure = regexp.MustCompile(`(?m)^ *\[(?:FAIL|PANICKED!|TIMEDOUT)\].*$`)
)

// report prints the failed specs and counts all. If focused is set the specs outside the focus do
// not count as skipped.
func report(out string, runErr error, focused bool) (specs, error) {
	m := summary.FindStringSubmatch(out)
	if m == nil {
		return specs{}, fmt.Errorf("the suite did not complete: %v\n%s", runErr, tail(out, 2000))
	}
	n := make([]int, 4)
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // the pattern has digits only
	}
	for _, line := range failure.FindAllString(out, -1) {
		fmt.Println(strings.TrimSpace(line))
	}
	count := specs{passed: n[0], failed: n[1], skipped: n[2] + n[3]}
	if focused {
		count.skipped = n[2]
	}
	return count, nil
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
