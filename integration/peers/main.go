// Peers runs other clients' own test suites on devservers, or on a server that -addr names, and prints
//
//	peers: N passed, M failed, K skipped
//
// Today those are the suites of the official Go client, from its module in the module cache, and of the C client, from
// npm's package where that is installed: each as a whole on a server as it comes, and those of its specs that ask for
// more on servers that have it. Its exit status is 1 if anything failed.
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
	addr := flag.String("addr", "", "host:port of a server for a run of the whole suite; empty are devservers")
	only := flag.String("run", "", "only the run of this name")
	focus := flag.String("focus", "", "only the specs whose name has a match of this regular expression")
	verbose := flag.Bool("v", false, "print what the suite prints")
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

// all makes the runs that are wanted and adds up their specs.
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
			fmt.Printf("%s: left out: %v\n", r.name, err)
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

// report prints the specs that failed and counts them all; with focused set, those that were not asked for
// don't count as skipped.
func report(out string, runErr error, focused bool) (specs, error) {
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
	count := specs{passed: n[0], failed: n[1], skipped: n[2] + n[3]}
	if focused {
		count.skipped = n[2]
	}
	return count, nil
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
