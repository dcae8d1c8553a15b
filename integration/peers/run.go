package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// A run is a server and what of the suite is run on it.
type run struct {
	name   string
	server devserver.Options
	focus  string // only the specs whose name has a match; empty for all
	flags  []string
	// suite runs it, that of the official Go client if nil.
	suite func(addr string, verbose bool) (specs, error)
}

// runs are all runs. A spec that finds its server without what it asks for skips itself, and is
// counted so; in the run that is made for it, it passes.
var runs = []run{
	{
		name: "community",
		server: devserver.Options{
			// A spec about times to live asks for a server that reclaims what has expired.
			Namespaces: []devserver.NamespaceOptions{{Name: "test", NsupPeriod: time.Minute}},
		},
	},
	{
		name: "transactions",
		server: devserver.Options{
			Edition:    devserver.Enterprise,
			Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
		},
		focus: "Multi Record Transaction",
	},
	{
		name: "security",
		server: devserver.Options{
			Edition: devserver.Enterprise,
			// The suite looks for the edition of newer servers in a place where none has it, and skips its specs there.
			Build: "8.0.0.9",
			Security: &devserver.SecurityOptions{
				Quotas: true,
				Users:  []devserver.UserOptions{{Name: "admin", Password: "admin", Roles: []string{"superuser"}}},
			},
		},
		focus: "Security tests",
		flags: []string{"-U", "admin", "-P", "admin"},
	},
}

// specs counts what became of a suite's specs.
type specs struct{ passed, failed, skipped int }

func (s specs) plus(o specs) specs {
	return specs{s.passed + o.passed, s.failed + o.failed, s.skipped + o.skipped}
}

func (s specs) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}

// do runs the suite whose sources are in dir, on the server of an address or, without one, on
// the run's own.
func (r run) do(dir, addr string, verbose bool) (specs, error) {
	if addr == "" {
		options := r.server
		options.Listen = "127.0.0.1:0"
		srv, err := devserver.Start(options)
		if err != nil {
			return specs{}, err
		}
		defer srv.Close()
		addr = srv.Seeds()[0]
	}
	if r.suite != nil {
		return r.suite(addr, verbose)
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return specs{}, err
	}
	args := []string{"test", "-count=1", "-timeout=30m"}
	if r.focus != "" {
		// The module's examples are no specs, and expect a server as it comes.
		args = append(args, "-run=^TestAerospike$")
	}
	args = append(args, ".", "-args", "-h", host, "-p", port, "-ginkgo.no-color")
	args = append(args, r.flags...)
	if r.focus != "" {
		args = append(args, "-ginkgo.focus="+r.focus)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if verbose {
		os.Stdout.Write(out)
	}
	return report(string(out), err, r.focus != "")
}
