package info

import (
	"iter"
	"strings"
)

// Sets returns the fields of each entry of a list of sets.
func Sets(list string) iter.Seq[map[string]string] {
	return func(yield func(map[string]string) bool) {
		for entry := range entries(list, afterSet) {
			if !yield(parseNamed(entry, afterSet, []string{"ns", "set"}, nil)) {
				return
			}
		}
	}
}

// CountSets returns the approximate number of entries in a list of sets.
func CountSets(list string) int { return strings.Count(list, "ns=") }
