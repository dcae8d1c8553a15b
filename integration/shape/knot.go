package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A knotLimit limits the knot of a package.
type knotLimit struct{ files, lines int }

// knotLimits are the limits of some packages. devserver has none: as the simulator of one program,
// it is one unit.
var knotLimits = map[string]knotLimit{
	"cluster":  {25, 4000},
	"protocol": {10, 1500},
	"mapper":   {25, 3500},
}

// load loads all packages of the root module with their types, without tests.
func load() ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: root}, "./...")
	if err != nil {
		return nil, err
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			return nil, e
		}
	}
	return pkgs, nil
}

// printKnots prints the packages whose knot has several files, the largest first.
func printKnots(pkgs []*packages.Package) (failures []string) {
	type row struct {
		pkg                  string
		files, lines         int
		knotFiles, knotLines int
		knot                 []string
	}
	var rows []row
	for _, p := range pkgs {
		r := row{pkg: short(p.PkgPath)}
		lines := map[string]int{}
		for _, f := range p.Syntax {
			lines[fileName(p, f.FileStart)] = p.Fset.File(f.FileStart).LineCount()
		}
		for _, n := range lines {
			r.lines += n
		}
		r.files = len(lines)
		r.knot = knot(fileGraph(p))
		for _, f := range r.knot {
			r.knotLines += lines[f]
		}
		if r.knotFiles = len(r.knot); r.knotFiles < 2 {
			r.knotFiles, r.knotLines = 0, 0
		}
		rows = append(rows, r)
		if l, ok := knotLimits[r.pkg]; ok && (r.knotFiles > l.files || r.knotLines > l.lines) {
			failures = append(failures, fmt.Sprintf("the knot of %s has %d files and %d lines, limits %d and %d: %s",
				r.pkg, r.knotFiles, r.knotLines, l.files, l.lines, strings.Join(r.knot, " ")))
		}
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].knotLines > rows[j].knotLines })
	fmt.Println("knots (files that use each other in a circle)")
	for _, r := range rows[:min(10, len(rows))] {
		fmt.Printf("  %-40s %3d of %3d files, %5d of %5d lines\n", r.pkg, r.knotFiles, r.files, r.knotLines, r.lines)
	}
	return failures
}

// fileGraph returns for each file of a package the other files that it uses: their package-level
// names, fields and methods.
func fileGraph(p *packages.Package) map[string]map[string]bool {
	graph := map[string]map[string]bool{}
	for _, f := range p.Syntax {
		from := fileName(p, f.FileStart)
		graph[from] = map[string]bool{}
		ast.Inspect(f, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := p.TypesInfo.Uses[id]
			if o == nil || o.Pkg() != p.Types || !ownedByPackage(o) {
				return true
			}
			if to := fileName(p, o.Pos()); to != from {
				graph[from][to] = true
			}
			return true
		})
	}
	return graph
}

// ownedByPackage reports whether an object is declared at package level, or is a field or method.
func ownedByPackage(o types.Object) bool {
	switch o := o.(type) {
	case *types.Var:
		if o.IsField() {
			return true
		}
	case *types.Func:
		if o.Signature().Recv() != nil {
			return true
		}
	}
	return o.Parent() == o.Pkg().Scope()
}

// knot returns the largest strongly connected set of files (Tarjan's algorithm), sorted.
func knot(graph map[string]map[string]bool) (largest []string) {
	index, low, onStack := map[string]int{}, map[string]int{}, map[string]bool{}
	var stack []string
	var visit func(v string)
	visit = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack, onStack[v] = append(stack, v), true
		for w := range graph[v] {
			if index[w] == 0 {
				visit(w)
				low[v] = min(low[v], low[w])
			} else if onStack[w] {
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		for at := len(stack) - 1; ; at-- {
			onStack[stack[at]] = false
			if stack[at] != v {
				continue
			}
			if set := stack[at:]; len(set) > len(largest) {
				largest = append([]string(nil), set...)
			}
			stack = stack[:at]
			return
		}
	}
	for v := range graph {
		if index[v] == 0 {
			visit(v)
		}
	}
	sort.Strings(largest)
	return largest
}

func short(path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

// printable returns a path relative to the root of the project.
func printable(name string) string {
	top, err := filepath.Abs(root)
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(top, name); err == nil && !strings.HasPrefix(rel, ".."+string(os.PathSeparator)) {
		return rel
	}
	return name
}
