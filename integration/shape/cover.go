package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// minCoverage is the minimum percentage of statements that the tests of a package must cover
// without the tests of other packages.
var minCoverage = []struct {
	pkg   string
	least float64
}{
	{"cluster/devserver/internal/collection", 85},
	{"cluster/devserver/internal/expression", 85},
	{"cluster/internal/udf", 85},
	{"cluster/internal/udf/syntax", 85},
}

var coverage = regexp.MustCompile(`coverage: ([0-9.]+)% of statements`)

// printCoverage runs the tests of the packages, each measuring only its own coverage.
func printCoverage() (failures []string, err error) {
	fmt.Println("coverage by a package's own tests")
	for _, c := range minCoverage {
		cmd := exec.Command("go", "test", "-cover", "./"+c.pkg)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		match := coverage.FindSubmatch(out)
		if err != nil || match == nil {
			return nil, fmt.Errorf("%s: %v\n%s", c.pkg, err, bytes.TrimSpace(out))
		}
		share, err := strconv.ParseFloat(string(match[1]), 64)
		if err != nil {
			return nil, err
		}
		fmt.Printf("  %-40s %.1f%%\n", c.pkg, share)
		if share < c.least {
			failures = append(failures, fmt.Sprintf("tests of %s cover %.1f%%, minimum %.0f%%", c.pkg, share, c.least))
		}
	}
	return failures, nil
}
