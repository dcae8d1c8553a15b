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
