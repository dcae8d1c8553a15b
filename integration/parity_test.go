package integration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// parityPackages maps the package names that docs/parity.md uses to directories.
var parityPackages = map[string]string{"cluster": "../cluster", "admin": "../cluster/admin", "luareduce": "../cluster/luareduce", "protocol": "../protocol", "cdt": "../protocol/cdt", "exp": "../protocol/exp"}

var quotedName = regexp.MustCompile("`([^`]+)`")

// TestParity checks that every Go name in docs/parity.md exists, and that every row has one.
func TestParity(t *testing.T) {
	declared := make(map[string]bool)
	for name, dir := range parityPackages {
		declareAll(t, declared, name, dir)
	}
	page, err := os.ReadFile("../docs/parity.md")
	require.NoError(t, err)
	seen := make(map[string]bool)
	section := ""
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "#") {
			section = strings.TrimSpace(line)
		}
		name, names, ok := parityRow(line)
		if !ok {
			continue
		}
		require.False(t, seen[section+name], "%s: %q stands there twice", section, name)
		seen[section+name] = true
		found := quotedName.FindAllStringSubmatch(names, -1)
		require.NotEmpty(t, found, "%s: %q has no Go name", section, name)
		for _, m := range found {
			require.True(t, declared[m[1]], "%s: %q is said to be %s, which does not exist", section, name, m[1])
		}
	}
	require.Greater(t, len(seen), 250)
}

// parityRow parses a row of a table.
func parityRow(line string) (name, names string, ok bool) {
	cells := strings.Split(strings.TrimSpace(line), "|")
	if len(cells) != 5 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[2]) == "Go" {
		return "", "", false
	}
	return strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), true
}

// declareAll adds what a package exports: package.Name, package.Type.Method and package.Type.Field.
func declareAll(t *testing.T, declared map[string]bool, pkg, dir string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path.Join(dir, name), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			for _, name := range declaredBy(d) {
				if owner, member, _ := strings.Cut(name, "."); ast.IsExported(owner) && (member == "" || ast.IsExported(member)) {
					declared[pkg+"."+name] = true
				}
			}
		}
	}
}

// declaredBy returns the names of one declaration, exported or not.
func declaredBy(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			name = receiver(d.Recv.List[0].Type) + "." + name
		}
		return []string{name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					names = append(names, n.Name)
				}
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
				names = append(names, fieldsOf(spec)...)
			}
		}
	}
	return names
}

func fieldsOf(spec *ast.TypeSpec) (names []string) {
	if s, ok := spec.Type.(*ast.StructType); ok {
		for _, f := range s.Fields.List {
			for _, n := range f.Names {
				names = append(names, spec.Name.Name+"."+n.Name)
			}
		}
	}
	return names
}

// receiver returns the name of a method's receiver type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
