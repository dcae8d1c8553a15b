// Peers runs the test suites of other clients on devservers, or on the server given by -addr, and
// prints
//
//	peers: N passed, M failed, K skipped
//
// The suites are those of the official clients for Go, C (by its npm package), Python, Java and
// Rust. That of the Go client comes from the module cache, and that of the Rust client from its
// crate. The packages of the Python and Java clients have no tests: -suites names a directory with
// clones of their repositories. A suite that can't run on this machine is skipped, and its name is
// printed with the reason.
//
// Each suite runs as a whole on a server with default options. Specs that need special options run
// again on servers that have them. A spec that fails on a real Community server too counts as
// skipped. The exit status is 1 if another spec failed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

func main() {
	h := new(harness)
	addr := flag.String("addr", "", "run the whole suites on the server at `host:port`; if empty devservers are used")
	only := flag.String("run", "", "only the run with this `name`")
	flag.StringVar(&h.suites, "suites", "", "`directory` with clones of aerospike-client-python and aerospike-client-java")
	flag.StringVar(&h.python, "python", "", "Python `program` that has the client and pytest (default that of 'make fixtures')")
	flag.StringVar(&h.focus, "focus", "", "only the specs whose names match this `pattern` of the suite's own test program")
	flag.BoolVar(&h.verbose, "v", false, "print the output of the suites")
	flag.Parse()
	count, err := h.all(*addr, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
	fmt.Printf("peers: %v\n", count)
	if count.failed > 0 || count.passed == 0 {
		os.Exit(1)
	}
}

// A harness is what all suites share.
type harness struct {
	suites  string
	python  string
	focus   string
	verbose bool
	dir     string // for temporary files
}

// A missing error says what a suite needs that is not installed.
type missing string

func (m missing) Error() string { return string(m) }

// all executes the selected runs and adds up their specs.
func (h *harness) all(addr, only string) (total specs, err error) {
	if h.dir, err = os.MkdirTemp("", "peers"); err != nil {
		return total, err
	}
	defer os.RemoveAll(h.dir)
	known := false
	for _, r := range runs {
		if only != "" && only != r.name || addr != "" && r.special {
			continue
		}
		known = true
		count, err := r.do(h, addr)
		if absent := missing(""); errors.As(err, &absent) {
			fmt.Printf("%s: skipped: %v\n", r.name, absent)
			continue
		}
		if err != nil {
			return total, fmt.Errorf("%s: %w", r.name, err)
		}
		fmt.Printf("%s: %v\n", r.name, count)
		total = total.plus(count)
	}
	if !known {
		return total, fmt.Errorf("there is no run %q", only)
	}
	return total, nil
}

// output prints the output of a suite if it is wanted.
func (h *harness) output(out []byte) string {
	if h.verbose {
		os.Stdout.Write(out)
	}
	return string(out)
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }
