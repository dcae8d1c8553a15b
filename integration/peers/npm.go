package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// npmSuite runs the C client's own suite, which is part of its npm package. Its specs for users and
// for transactions can't run on the same server; npm/families has those commands.
func npmSuite(h *harness, addr string) (specs, error) {
	if _, err := exec.LookPath("node"); err != nil {
		return specs{}, errNoNode
	}
	if _, err := os.Stat("npm/node_modules/mocha"); err != nil {
		return specs{}, errNoNode
	}
	out, err := exec.Command("node", "npm/suite.js", addr).CombinedOutput()
	lines := strings.Split(strings.TrimSpace(h.output(out)), "\n")
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

const errNoNode = missing("the program node or the npm packages are missing: install Node.js and run 'make npm'")
