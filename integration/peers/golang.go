package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

const official = "github.com/aerospike/aerospike-client-go/v8"

// copiedModule holds the directory of the Go client's sources.
var copiedModule struct {
	once sync.Once
	err  error
}

// goSuite returns the suite of the official Go client, or the specs whose names match focus, with
// further flags.
func goSuite(focus string, flags ...string) suite {
	return func(h *harness, addr string) (specs, error) {
		dir := filepath.Join(h.dir, "go")
		copiedModule.once.Do(func() { copiedModule.err = copyModule(official, dir) })
		if copiedModule.err != nil {
			return specs{}, copiedModule.err
		}
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return specs{}, err
		}
		chosen := focus
		if h.focus != "" {
			chosen = h.focus
		}
		args := []string{"test", "-count=1", "-timeout=30m"}
		if chosen != "" {
			// The examples of the module are not specs, and expect a server with default options.
			args = append(args, "-run=^TestAerospike$")
		}
		args = append(args, ".", "-args", "-h", host, "-p", port, "-ginkgo.no-color")
		args = append(args, flags...)
		if chosen != "" {
			args = append(args, "-ginkgo.focus="+chosen)
		}
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return report(h.output(out), err, chosen != "")
	}
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
