package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// A run is a server and the specs that run on it.
type run struct {
	name   string
	server devserver.Options
	focus  string // regular expression that selects specs by name; empty for all
	flags  []string
	// suite runs the suite. If it is nil the suite of the official Go client is run.
	suite func(addr string, verbose bool) (specs, error)
}

// runs are all runs. A spec skips itself, and is counted as skipped, if the server lacks a feature
// that it needs. It passes in the run that has the feature.
var runs = []run{
	{
		name: "community",
		server: devserver.Options{
			// Specs about times to live need a server that reclaims expired records.
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
			// The suite does not find the edition of newer servers and skips its specs there.
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

// specs counts the specs of a suite by outcome.
type specs struct{ passed, failed, skipped int }

func (s specs) plus(o specs) specs {
	return specs{s.passed + o.passed, s.failed + o.failed, s.skipped + o.skipped}
}

func (s specs) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}

// do runs the suite whose sources are in dir, on the server at addr. If addr is empty it starts the
// run's own server.
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
		// The examples of the module are not specs, and expect a server with default options.
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
