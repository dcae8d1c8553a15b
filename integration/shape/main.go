// Shape prints figures about the project's structure and style:
//
//	go run ./shape [-check]
//
// For each package it prints the knot: the largest set of files that depend on each other in a
// cycle, so that none of them can be understood or moved alone. For the whole project it prints the
// lengths of functions and files, the percentage of exported names with documentation, and comments
// that are wider than 100 columns. For packages whose tests must be sufficient on their own it
// prints their coverage. With -check it exits with 1 if a figure exceeds its limit.
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
	check := flag.Bool("check", false, "exit with 1 if a figure is past its limit")
	cover := flag.Bool("cover", true, "measure the coverage of packages whose tests must stand on their own")
	flag.Parse()
	failures, err := run(*cover)
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
	if cover {
		low, err := printCoverage()
		if err != nil {
			return nil, err
		}
		failures = append(failures, low...)
	}
	return failures, nil
}
