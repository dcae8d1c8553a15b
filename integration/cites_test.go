package integration

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A citation in a comment names a section of a page: docs/wire-core.md#5.4.
var citation = regexp.MustCompile(`docs/([\w-]+\.md)(?:#([\w.-]*\w))?`)

// bare matches the name of a page without its directory.
var bare = regexp.MustCompile(`(^|[^/])wire-(core|cdt-exp)\.md`)

// TestCitedSectionsExist checks that every page and section that a comment cites exists.
func TestCitedSectionsExist(t *testing.T) {
	sections := map[string]map[string]bool{}
	cited := 0
	for _, file := range sourceFiles(t, "..") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range citation.FindAllStringSubmatch(string(text), -1) {
			page, section := m[1], m[2]
			if sections[page] == nil {
				sections[page] = sectionsOf(t, filepath.Join("../docs", page))
			}
			if cited++; section != "" {
				require.True(t, sections[page][section], "%s cites docs/%s#%s, which does not exist", file, page, section)
			}
		}
		if bare.Match(text) {
			t.Errorf("%s: cite a page by its folder and section", file)
		}
	}
	require.NotZero(t, cited)
}

// TestDocumentationCitesNoFiles checks that public documentation does not cite files of the
// project, which its readers do not have.
func TestDocumentationCitesNoFiles(t *testing.T) {
	for _, pkg := range projectPackages(t) {
		if strings.Contains(pkg, "internal/") || strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "examples/") {
			continue
		}
		for name, text := range documentation(t, filepath.Join("..", pkg)) {
			if file := fileName.FindString(text); file != "" {
				t.Errorf("%s.%s cites %s", pkg, name, file)
			}
		}
	}
}

var fileName = regexp.MustCompile(`\bdocs/\S*|\S+\.md\b`)

// sectionsOf returns the sections of a page: the numbers of its headings ("5.4"), or the anchors of
// headings without numbers.
func sectionsOf(t *testing.T, page string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (?:(\d+(?:\.\d+)*)\.? )?(.*)$`).FindAllStringSubmatch(string(text), -1) {
		if m[1] != "" {
			sections[m[1]] = true
		}
		title := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[2]), "")
		sections[strings.ReplaceAll(title, " ", "-")] = true
	}
	return sections
}

// documentation returns the comments of each exported name of a package, and of the package itself.
func documentation(t *testing.T, dir string) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, dir)
	require.NoError(t, err)
	texts := map[string]string{"package": p.Doc}
	addValues := func(values []*doc.Value) {
		for _, v := range values {
			texts[strings.Join(v.Names, ",")] = v.Doc + commentsIn(v.Decl)
		}
	}
	addFuncs := func(owner string, funcs []*doc.Func) {
		for _, f := range funcs {
			texts[owner+f.Name] = f.Doc
		}
	}
	addValues(p.Consts)
	addValues(p.Vars)
	addFuncs("", p.Funcs)
	for _, typ := range p.Types {
		texts[typ.Name] = typ.Doc + commentsIn(typ.Decl)
		addValues(typ.Consts)
		addValues(typ.Vars)
		addFuncs("", typ.Funcs)
		addFuncs(typ.Name+".", typ.Methods)
	}
	return texts
}

// commentsIn returns the comments of the fields, methods and values of a declaration.
func commentsIn(decl ast.Node) string {
	var text strings.Builder
	ast.Inspect(decl, func(n ast.Node) bool {
		if g, ok := n.(*ast.CommentGroup); ok {
			text.WriteString(g.Text())
		}
		return true
	})
	return text.String()
}

// sourceFiles returns the Go files of both modules below a directory.
func sourceFiles(t *testing.T, dir string) (files []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			files = append(files, path)
		}
		return nil
	}))
	require.NotEmpty(t, files)
	return files
}
