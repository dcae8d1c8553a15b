// Shape prints figures about the project's structure and style:
//
//	go run ./shape [-check] [-comments]
//
// For each package it prints the knot: the largest set of files that depend on each other in a
// cycle, so that none of them can be understood or moved alone. For the whole project it prints the
// lengths of functions and files and the percentage of exported names with documentation; for both
// modules, comments that are wider than 100 columns; for packages whose tests must be sufficient on
// their own, their coverage. With -check it exits with 1 if a figure exceeds its limit, with
// -comments it looks at comments only.
package main

import (
	"flag"
	"fmt"
	"os"
)

// module is the root module, in the parent directory of this one.
const (
	module = "github.com/aerosql/aerosql"
	root   = ".."
)

func main() {
	check := flag.Bool("check", false, "exit with 1 if a figure exceeds its limit")
	cover := flag.Bool("cover", true, "measure the coverage of packages whose tests must be sufficient on their own")
	comments := flag.Bool("comments", false, "check only the width of comments")
	flag.Parse()
	measure := func() ([]string, error) { return run(*cover) }
	if *comments {
		measure = printComments
	}
	failures, err := measure()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	for _, f := range failures {
		fmt.Println("over the limit:", f)
	}
	if *check && len(failures) > 0 {
		os.Exit(1)
	}
}

// run prints all figures and returns a sentence for each that exceeds its limit.
func run(cover bool) (failures []string, err error) {
	pkgs, err := load()
	if err != nil {
		return nil, err
	}
	failures = append(failures, printKnots(pkgs)...)
	style, err := printStyle(pkgs)
	if err != nil {
		return nil, err
	}
	failures = append(failures, style...)
	wide, err := printComments()
	if err != nil {
		return nil, err
	}
	failures = append(failures, wide...)
	if cover {
		low, err := printCoverage()
		if err != nil {
			return nil, err
		}
		failures = append(failures, low...)
	}
	return failures, nil
}
