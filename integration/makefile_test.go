package integration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPurePackages checks that the packages that the Makefile tests without the race detector start
// no goroutine and have neither channels nor locks.
func TestPurePackages(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	pattern := regexp.MustCompile(`(?m)^PURE = (.*)\$\$$`).FindSubmatch(makefile)
	require.NotNil(t, pattern)
	pure := regexp.MustCompile(string(pattern[1]) + "$")
	list := exec.Command("go", "list", "-f", "{{.ImportPath}} {{.Dir}}", "./...")
	list.Dir = ".."
	packages, err := list.Output()
	require.NoError(t, err)
	checked := 0
	for line := range strings.Lines(string(packages)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		if pure.MatchString(path) {
			checked++
			requirePure(t, dir)
		}
	}
	require.Greater(t, checked, 20)
}

func requirePure(t *testing.T, dir string) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	files := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.ChanType, *ast.SelectStmt:
				require.Fail(t, "concurrency in a pure package", "%v", files.Position(n.Pos()))
			case *ast.ImportSpec:
				require.NotRegexp(t, `^"sync`, n.Path.Value, "%v", files.Position(n.Pos()))
			}
			return true
		})
	}
}
