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

// npmRun is that of the C client's own suite, which its npm package brings along, on a server as it comes. Its specs of users and
// transactions ask for more of one server at the same time than there is; npm/families has those commands.
var npmRun = run{name: "npm", server: devserver.Options{Build: "8.1.2.0"}, suite: npmSuite}

// errNoNode means that the suite can't run on this machine.
var errNoNode = errors.New("it needs Node and npm's packages: install Node and run 'make npm'")

// npmSuite runs the C client's suite on the server of an address.
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
		return specs{}, fmt.Errorf("the suite did not run to its end: %v\n%s", err, tail(string(out), 2000))
	}
	for _, failure := range outcome.Failures {
		fmt.Println("[FAIL]", failure)
	}
	return specs{outcome.Passed, outcome.Failed, outcome.Skipped}, nil
}
