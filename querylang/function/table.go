package function

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// groups are the groups of functions, in the order of the documentation.
var groups = [][]*Function{
	conditionalFunctions, textFunctions, numberFunctions, timeFunctions, listFunctions, mapFunctions, changeFunctions,
	bitFunctions, bitChangeFunctions, sketchFunctions, geoFunctions, sessionFunctions,
}

// functions is the table of scalar functions, sorted by group and name.
var functions = func() []*Function {
	all := slices.Concat(groups...)
	slices.SortStableFunc(all, func(f, g *Function) int {
		if c := strings.Compare(f.Group, g.Group); c != 0 {
			return c
		}
		return strings.Compare(f.Name, g.Name)
	})
	return all
}()

var functionByName = func() ast.WordMap[*Function] {
	byName := make(ast.WordMap[*Function])
	for _, f := range functions {
		byName[f.Name] = f
		for _, alias := range f.Aliases {
			byName[alias] = f
		}
	}
	return byName
}()

// Lookup returns the scalar function with a name or an alias in any case, or nil. It does not
// allocate.
func Lookup(name string) *Function {
	f, _ := functionByName.Find(name)
	return f
}

// All returns the scalar functions, sorted by group and name. The caller must not change them.
func All() []*Function { return functions }

// names are the names of functions and aggregates.
var names = func() []string {
	var all []string
	for name := range functionByName {
		all = append(all, name)
	}
	for name := range aggregateByName {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}()

// Names returns the names and aliases of all functions and aggregates, sorted. The caller must not
// change them.
func Names() []string { return names }

// Nearest returns the name that is most similar to a word, or "" if none is similar. The names are
// in upper case.
func Nearest(word string, names []string) string {
	const longest = 40
	if len(word) > longest {
		return ""
	}
	word = strings.ToUpper(word)
	best, nearest := 0, ""
	for _, name := range names {
		d := distance(word, name)
		if d <= max(1, min(len(word), len(name))/3) && (nearest == "" || d < best) {
			best, nearest = d, name
		}
	}
	return nearest
}

// distance returns the Levenshtein distance of two words, in which two letters that are swapped
// count as one change.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
