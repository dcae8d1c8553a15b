package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAPI: no incompatible change of the public API is missing in CHANGELOG.md.
func TestAPI(t *testing.T) { require.NoError(t, run("../..", false)) }

// exportsOf type-checks the source of a package and returns its lines.
func exportsOf(t *testing.T, source string) api {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", "package x\n"+source, 0)
	require.NoError(t, err)
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("x", fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	return api{"a/x": exportedBy(pkg, nil)}
}

const before = `
const Max = 3
var Default T
type Kind uint8
type T struct { A int; b int }
type Pair[K comparable, V any] struct { Key K; Value V }
func (p *Pair[K, V]) Swap(with *Pair[K, V]) (ok bool, err error) { return }
func (T) Get(name string, more ...func(n int) []string) map[string]*T { return nil }
type Open interface { Do(x int) error }
type Sealed interface { Get() int; seal() }
type Same = T
func New[E ~string](of E) *T { return nil }
func hidden() {}
`

// TestLines: what a package exports is written without names of parameters.
func TestLines(t *testing.T) {
	require.Equal(t, []string{
		"const Max untyped int = 3",
		"field Pair.Key K",
		"field Pair.Value V",
		"field T.A int",
		"func New[E ~string](E) *T",
		"method (*Pair) Swap(*Pair[K, V]) (bool, error)",
		"method (Sealed) Get() int",
		"method (T) Get(string, ...func(int) []string) map[string]*T",
		"type Kind uint8",
		"type Open interface{ Do(int) error }",
		"type Pair[K comparable, V any] struct",
		"type Same = T",
		"type Sealed interface (sealed)",
		"type T struct",
		"var Default T",
	}, exportsOf(t, before)["a/x"])
}

// TestChanges: what a program that uses the package may not notice is compatible.
func TestChanges(t *testing.T) {
	for _, c := range []struct{ name, from, to, removed string }{
		{"new field", "A int; b int", "A, C int; b int", ""},
		{"new function", "func hidden", "func Other() {}\nfunc hidden", ""},
		{"names of parameters", "name string, more ...func(n int)", "s string, others ...func(m int)", ""},
		{"new method of a sealed interface", "Get() int; seal()", "Get() int; Put(); seal()", ""},
		{"new method of an open interface", "Do(x int) error", "Do(x int) error; Undo()", "x.Open"},
		{"another type of a field", "A int;", "A int64;", "x.T.A"},
		{"a field is gone", "A int; b int", "b int", "x.T.A"},
		{"another parameter", "func (T) Get(name string", "func (T) Get(name int", "x.T.Get"},
		{"another constraint", "E ~string", "E ~int", "x.New"},
		{"another value", "Max = 3", "Max = 4", "x.Max"},
		{"a method of a generic type", "Swap(with", "Exchange(with", "x.Pair.Swap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, before, c.from)
			d := compare(exportsOf(t, before), exportsOf(t, strings.Replace(before, c.from, c.to, 1)))
			if c.removed == "" {
				require.Empty(t, d.removed)
				return
			}
			require.Len(t, d.notNamed("nothing about it"), 1)
			require.Empty(t, d.notNamed("write something else for `"+c.removed+"(x)`"))
		})
	}
}

// TestUnreleased: only the changes of the next release count.
func TestUnreleased(t *testing.T) {
	const changelog = "# Changelog\n\n## Unreleased\n\n- `x.T`\n\n## 0.1.0\n\n- `x.Old`\n"
	require.True(t, mentions(unreleased(changelog), "x.T"))
	require.False(t, mentions(unreleased(changelog), "x.Old"))
	require.False(t, mentions("`x.Tea`", "x.T"))
}
