package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/packages"
)

// The limits of style.
const (
	maxFunctionP90 = 30
	maxFunction    = 70
	maxFile        = 500
)

// A styleCount holds the measurements of all files.
type styleCount struct {
	functions    []int
	longest      string
	files        []int
	exported     int
	undocumented []string
	longFiles    []string
}

// printStyle prints the figures of style and returns those that exceed their limits.
func printStyle(pkgs []*packages.Package) (failures []string, err error) {
	var s styleCount
	for _, p := range pkgs {
		for _, f := range p.Syntax {
			s.add(p, f)
		}
	}
	sort.Ints(s.functions)
	sort.Ints(s.files)
	p90, most := percentile(s.functions, 90), percentile(s.functions, 100)
	documented := 100 * float64(s.exported-len(s.undocumented)) / float64(max(s.exported, 1))
	fmt.Println("style")
	fmt.Printf("  functions: %d, median %d, p90 %d, longest %d lines (%s)\n", len(s.functions), percentile(s.functions, 50), p90, most, s.longest)
	fmt.Printf("  files: %d, median %d, longest %d lines\n", len(s.files), percentile(s.files, 50), percentile(s.files, 100))
	fmt.Printf("  exported names: %d, %.1f%% documented\n", s.exported, documented)
	if p90 > maxFunctionP90 {
		failures = append(failures, fmt.Sprintf("more than one function in ten is longer than %d lines", maxFunctionP90))
	}
	if most > maxFunction {
		failures = append(failures, fmt.Sprintf("%s has %d lines", s.longest, most))
	}
	for _, name := range s.undocumented {
		failures = append(failures, name+" has no documentation")
	}
	return append(failures, s.longFiles...), nil
}

func (s *styleCount) add(p *packages.Package, f *ast.File) {
	at := func(pos token.Pos) string {
		position := p.Fset.Position(pos)
		return fmt.Sprintf("%s:%d", printable(position.Filename), position.Line)
	}
	lines := p.Fset.File(f.FileStart).LineCount()
	s.files = append(s.files, lines)
	if lines > maxFile {
		s.longFiles = append(s.longFiles, fmt.Sprintf("%s has %d lines", at(f.Package), lines))
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			n := p.Fset.Position(fn.End()).Line - p.Fset.Position(fn.Pos()).Line + 1
			if s.functions = append(s.functions, n); n == maxOf(s.functions) {
				s.longest = at(fn.Pos()) + " " + fn.Name.Name
			}
		}
	}
	if p.Name != "main" && !strings.Contains(p.PkgPath, "/internal/") {
		s.addExported(f, at)
	}
}

// addExported counts exported names and records those without documentation.
func (s *styleCount) addExported(f *ast.File, at func(token.Pos) string) {
	note := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		s.exported++
		for _, d := range docs {
			if d != nil {
				return
			}
		}
		s.undocumented = append(s.undocumented, at(name.Pos())+" "+name.Name)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || exportedReceiver(d.Recv) {
				note(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					note(spec.Name, d.Doc, spec.Doc, spec.Comment)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						note(name, d.Doc, spec.Doc, spec.Comment)
					}
				}
			}
		}
	}
}

// exportedReceiver reports whether a method's receiver type is exported.
func exportedReceiver(recv *ast.FieldList) bool {
	t := recv.List[0].Type
	for {
		switch e := t.(type) {
		case *ast.StarExpr:
			t = e.X
		case *ast.IndexExpr:
			t = e.X
		case *ast.IndexListExpr:
			t = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return false
		}
	}
}

// percentile returns a percentile of sorted numbers, 0 if there are none.
func percentile(sorted []int, percent int) int {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)*percent/100]
}

func maxOf(numbers []int) (most int) {
	for _, n := range numbers {
		most = max(most, n)
	}
	return most
}

func fileName(p *packages.Package, pos token.Pos) string {
	return filepath.Base(p.Fset.Position(pos).Filename)
}
