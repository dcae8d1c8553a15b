package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// npmRun runs the C client's own suite, which is part of its npm package, on a server with default
// options. Its specs for users and for transactions cannot run on the same server; npm/families has
// those commands.
var npmRun = run{name: "npm", server: devserver.Options{Build: "8.1.2.0"}, suite: npmSuite}

// errNoNode means that the suite cannot run on this machine.
var errNoNode = errors.New("the program node or the npm packages are missing: install Node.js and run 'make npm'")

// npmSuite runs the C client's suite on the server at addr.
func npmSuite(addr string, verbose bool) (specs, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return specs{}, errNoNode
	}
	if _, err := os.Stat("npm/node_modules/mocha"); err != nil {
		return specs{}, errNoNode
	}
	out, err := exec.Command("node", "npm/suite.js", addr).CombinedOutput()
	if verbose {
		os.Stdout.Write(out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var outcome struct {
		Passed, Failed, Skipped int
		Failures                []string
	}
	if json.Unmarshal([]byte(lines[len(lines)-1]), &outcome) != nil {
		return specs{}, fmt.Errorf("the suite did not complete: %v\n%s", err, tail(string(out), 2000))
	}
	for _, failure := range outcome.Failures {
		fmt.Println("[FAIL]", failure)
	}
	return specs{outcome.Passed, outcome.Failed, outcome.Skipped}, nil
}
