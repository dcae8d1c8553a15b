package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// A flagGroup is a heading with the names of the flags below it.
type flagGroup struct {
	title string
	names string // separated by spaces
}

// groupedUsage returns a usage function that prints the flags in groups, followed by examples. A
// flag that is in no group is printed first.
func groupedUsage(flags *flag.FlagSet, synopsis string, groups []flagGroup, examples string) func() {
	return func() {
		w := flags.Output()
		fmt.Fprintf(w, "usage: %s\n", synopsis)
		grouped := make(map[string]bool)
		for _, g := range groups {
			for name := range strings.FieldsSeq(g.names) {
				grouped[name] = true
			}
		}
		flags.VisitAll(func(f *flag.Flag) {
			if !grouped[f.Name] {
				printFlag(w, f)
			}
		})
		for _, g := range groups {
			fmt.Fprintf(w, "\n%s:\n", g.title)
			for name := range strings.FieldsSeq(g.names) {
				printFlag(w, flags.Lookup(name))
			}
		}
		fmt.Fprintf(w, "\nExamples:\n%s\nExit codes: 0 success, 1 failure, 2 wrong usage.\n", examples)
	}
}

// printFlag prints a flag with its argument, its default and its description.
func printFlag(w io.Writer, f *flag.Flag) {
	argument, usage := flag.UnquoteUsage(f)
	head := "  -" + f.Name
	if argument != "" {
		head += " " + argument
	}
	if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "0s" {
		usage += " (default " + f.DefValue + ")"
	}
	fmt.Fprintf(w, "%s\n        %s\n", head, usage)
}
