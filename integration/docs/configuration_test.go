package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
)

const configurationPage = "../../docs/configuration.md"

// TestConfigurationPage: the page has all keys of data source names and all fields of
// driver.Config and cluster.Config, as the code declares them.
func TestConfigurationPage(t *testing.T) {
	text, err := os.ReadFile(configurationPage)
	require.NoError(t, err)
	page := string(text)
	for name, part := range map[string]func(*testing.T) string{
		"keys": keysTable, "driver": driverFieldsTable, "cluster": clusterFieldsTable, "policies": policiesTables,
	} {
		page = replacePart(t, page, name, func(string) string { return "\n" + part(t) + "\n" })
	}
	if *updatePages {
		require.NoError(t, os.WriteFile(configurationPage, []byte(page), 0o600))
		return
	}
	require.Equal(t, page, string(text), "go test -update writes the page")
}

// A declaredKey is a key of data source names and the field of driver.Config that it sets.
type declaredKey struct{ name, field string }

// keysTable lists the keys. What values a key takes is what the error for a wrong one says.
func keysTable(t *testing.T) string {
	docs := fieldDocs(t, "../../driver", "Config")
	lines := []string{"| Key | Values | Field of `driver.Config` | Meaning |", "|---|---|---|---|"}
	for _, k := range declaredKeys(t) {
		doc, known := docs[k.field]
		require.True(t, known, "the key %s sets the field %q, which has no comment", k.name, k.field)
		lines = append(lines, fmt.Sprintf("| `%s` | %s | `%s` | %s |", k.name, valuesOf(t, k.name), k.field, doc))
	}
	require.Greater(t, len(lines), 50)
	return strings.Join(lines, "\n") + "\n"
}

// declaredKeys reads the keys from the functions of driver/dsn_keys.go. A key is a call whose first
// argument is the name, or a literal with the functions that parse and format it.
func declaredKeys(t *testing.T) (keys []declaredKey) {
	t.Helper()
	functions := map[string]*ast.FuncDecl{}
	for _, file := range parseDir(t, "../../driver") {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				functions[f.Name.Name] = f
			}
		}
	}
	for _, name := range []string{"commandKeys", "statementKeys"} {
		list := functions[name].Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.CompositeLit)
		for _, e := range list.Elts {
			var parts []ast.Expr
			switch e := e.(type) {
			case *ast.CallExpr:
				parts = e.Args
			case *ast.CompositeLit:
				parts = e.Elts
			}
			key, err := strconv.Unquote(parts[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			var body ast.Node = parts[1]
			if f, named := parts[1].(*ast.Ident); named {
				body = functions[f.Name].Body
			}
			keys = append(keys, declaredKey{key, firstField(body)})
		}
	}
	return keys
}

// firstField returns the first field of a variable c that the code uses.
func firstField(code ast.Node) (field string) {
	ast.Inspect(code, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && field == "" {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "c" {
				field = s.Sel.Name
			} else if inner, ok := s.X.(*ast.SelectorExpr); ok {
				field = firstField(inner)
			}
		}
		return field == ""
	})
	return field
}

var mustBe = regexp.MustCompile(`(?:must be|there is no rule .*, only) (.*)$`)

// valuesOf returns what the error for a wrong value of a key says. A key that takes every value has
// none.
func valuesOf(t *testing.T, key string) string {
	t.Helper()
	_, err := driver.ParseDSN("aerospike://h/test?" + key + "=%01")
	if err == nil {
		return "text"
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	if m := mustBe.FindStringSubmatch(first); m != nil {
		return strings.ReplaceAll(m[1], "|", `\|`)
	}
	_, rest, found := strings.Cut(first, "the key "+key+" ")
	if !found {
		return "text"
	}
	return strings.ReplaceAll(rest, "|", `\|`)
}

// driverFieldsTable lists the fields of driver.Config that have no key.
func driverFieldsTable(t *testing.T) string {
	withKey := map[string]bool{}
	for _, k := range declaredKeys(t) {
		withKey[k.field] = true
	}
	return fieldsTable(t, reflect.TypeFor[driver.Config](), "../../driver", withKey)
}

func clusterFieldsTable(t *testing.T) string {
	return fieldsTable(t, reflect.TypeFor[cluster.Config](), "../../cluster", nil)
}

// policiesTables has a table for each type of policy in cluster.Policies, and for the options of
// Transact.
func policiesTables(t *testing.T) string {
	var types []reflect.Type
	for f := range reflect.TypeFor[cluster.Policies]().Fields() {
		if !slices.Contains(types, f.Type) {
			types = append(types, f.Type)
		}
	}
	var tables []string
	for _, p := range append(types, reflect.TypeFor[cluster.TransactOptions](), reflect.TypeFor[cluster.TxnOptions]()) {
		tables = append(tables, "### cluster."+p.Name()+"\n\n"+fieldsTable(t, p, "../../cluster", nil))
	}
	return strings.Join(tables, "\n")
}

// fieldsTable lists the exported fields of a struct, in their order, except some.
func fieldsTable(t *testing.T, config reflect.Type, dir string, except map[string]bool) string {
	t.Helper()
	docs := fieldDocs(t, dir, config.Name())
	lines := []string{"| Field | Type | Meaning |", "|---|---|---|"}
	for f := range config.Fields() {
		if f.IsExported() && !f.Anonymous && !except[f.Name] {
			require.NotEmpty(t, docs[f.Name], f.Name)
			lines = append(lines, fmt.Sprintf("| `%s` | `%s` | %s |", f.Name, f.Type, docs[f.Name]))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// fieldDocs returns the comments of the fields of a struct. Fields that are declared without a
// comment of their own have that of the field before.
func fieldDocs(t *testing.T, dir, name string) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, file := range parseDir(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != name {
				return true
			}
			last := ""
			for _, f := range spec.Type.(*ast.StructType).Fields.List {
				if text := f.Doc.Text(); text != "" {
					last = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
				}
				for _, n := range f.Names {
					docs[n.Name] = last
				}
			}
			return false
		})
	}
	require.NotEmpty(t, docs, "%s has no struct %s", dir, name)
	return docs
}

// parseDir parses the files of a package, except tests.
func parseDir(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}
