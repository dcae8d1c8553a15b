package integration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLeaksAreLookedFor checks that the tests of every package that starts goroutines, in its code
// or in its tests, end with a check for leaked goroutines.
func TestLeaksAreLookedFor(t *testing.T) {
	starters := 0
	for _, pkg := range projectPackages(t) {
		files := parsePackage(t, filepath.Join("..", filepath.FromSlash(pkg)))
		where := ""
		looks := false
		for name, f := range files {
			if where == "" && startsGoroutines(f) {
				where = name
			}
			looks = looks || strings.HasSuffix(name, "_test.go") && looksForLeaks(f)
		}
		if where == "" {
			continue
		}
		starters++
		if !looks {
			t.Errorf("%s starts goroutines (%s): its tests need func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }", pkg, where)
		}
	}
	require.Positive(t, starters)
}

func parsePackage(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	files := make(map[string]*ast.File, len(names))
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files[filepath.Base(name)] = f
	}
	return files
}

// startsGoroutines reports whether a file has a go statement or calls a function that starts
// goroutines.
func startsGoroutines(f *ast.File) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Go" || s.Sel.Name == "AfterFunc") {
				found = true
			}
		}
		return !found
	})
	return found
}

// looksForLeaks reports whether a file has a TestMain that calls goleak.
func looksForLeaks(f *ast.File) (found bool) {
	for _, d := range f.Decls {
		main, ok := d.(*ast.FuncDecl)
		if !ok || main.Recv != nil || main.Name.Name != "TestMain" {
			continue
		}
		ast.Inspect(main, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "VerifyTestMain" {
				found = true
			}
			return !found
		})
	}
	return found
}
