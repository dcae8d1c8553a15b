package integration

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// pages are those that users read.
func pages(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	return append([]string{"../README.md", "../CONTRIBUTING.md", "../AGENTS.md", "../examples/README.md", "../examples/shop/README.md"}, docs...)
}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// goBlocks returns the Go code of a page, block by block.
func goBlocks(t *testing.T, page string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	for _, m := range goBlock.FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// TestProgramsOfTheDocs runs the whole programs. A line of them may say what it prints:
//
//	fmt.Println(x) // 42
func TestProgramsOfTheDocs(t *testing.T) {
	programs := 0
	for _, page := range pages(t) {
		for _, code := range goBlocks(t, page) {
			if !strings.HasPrefix(code, "package main") {
				continue
			}
			programs++
			file := filepath.Join(t.TempDir(), "main.go")
			require.NoError(t, os.WriteFile(file, []byte(code), 0o600))
			run := exec.Command("go", "run", file)
			run.Dir = ".."
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s: %s", page, out)
			var want strings.Builder
			for _, m := range regexp.MustCompile(`(?m)^\s*fmt\.Println\(.*\) // (.*)$`).FindAllStringSubmatch(code, -1) {
				fmt.Fprintln(&want, m[1])
			}
			require.Equal(t, want.String(), string(out), page)
		}
	}
	require.NotZero(t, programs)
}

// preamble is what the parts of programs may use.
const preamble = `package main

import (
	"context"
	"database/sql"
	"errors"
	"expvar"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

type User struct {
	ID   string ` + "`as:\"id,pk\"`" + `
	Name string ` + "`as:\"name\"`" + `
	Age  int    ` + "`as:\"age\"`" + `
}

type Account struct {
	ID     string ` + "`as:\"id,pk\"`" + `
	Amount int64  ` + "`as:\"amount\"`" + `
}

var (
	ctx      context.Context
	db       *sql.DB
	err      error
	client   *cluster.Client
	operator *admin.Client
	server   *devserver.Server
	key      protocol.Key
	bins     protocol.Bins
	stmt     cluster.Statement
	users    *mapper.Repo[User]
	accounts *mapper.Repo[Account]

	_ = []any{errors.New, fmt.Sprint, log.Fatal, slog.Info, time.Now, expvar.Publish, http.Get, driver.Transact, cdt.ListSize, exp.IntVal}
)

func main() {}
`

// inExamples are the pages whose code is part of examples and tests that run. Tests of packages
// mapper, mem and gormtest hold that.
var inExamples = []string{"../docs/mapper.md", "../docs/testing.md", "../docs/moving-gorm.md"}

// TestPartsOfTheDocs holds that all other Go code of the pages compiles, each block as the body of
// a function.
func TestPartsOfTheDocs(t *testing.T) {
	var code strings.Builder
	code.WriteString(preamble)
	origin := map[string]string{}
	for _, page := range pages(t) {
		if slices.Contains(inExamples, page) {
			continue
		}
		for _, block := range goBlocks(t, page) {
			if strings.HasPrefix(block, "package ") {
				continue
			}
			name := fmt.Sprintf("block%d", len(origin))
			origin[name] = page
			fmt.Fprintf(&code, "\nfunc %s() error {\n%s\nreturn nil\n}\n", name, block)
		}
	}
	require.NotEmpty(t, origin)
	file := filepath.Join(t.TempDir(), "parts.go")
	require.NoError(t, os.WriteFile(file, []byte(code.String()), 0o600))
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: ".."}, file)
	require.NoError(t, err)
	lines := strings.Split(code.String(), "\n")
	for _, p := range loaded {
		for _, e := range p.Errors {
			if !strings.Contains(e.Msg, "declared and not used") {
				t.Errorf("%s: %s", originOf(e.Pos, lines, origin), e.Msg)
			}
		}
	}
}

// originOf says which page an error is about, and shows the line.
func originOf(pos string, lines []string, origin map[string]string) string {
	var line int
	parts := strings.Split(pos, ":")
	if len(parts) < 2 {
		return pos
	}
	fmt.Sscan(parts[len(parts)-2], &line)
	for i := min(line, len(lines)) - 1; i >= 0; i-- {
		if name, ok := strings.CutPrefix(lines[i], "func block"); ok {
			number, _, _ := strings.Cut(name, "(")
			return origin["block"+number] + ": " + lines[line-1]
		}
	}
	return pos
}

var codeBlock = regexp.MustCompile("(?ms)^```.*?^```$")

var pageLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// TestLinksOfTheDocs holds that files that the pages link to exist.
func TestLinksOfTheDocs(t *testing.T) {
	for _, page := range append(pages(t), "../CHANGELOG.md", "../SECURITY.md", "../llms.txt") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		prose := codeBlock.ReplaceAllString(string(text), "")
		for _, m := range pageLink.FindAllStringSubmatch(prose, -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(page), m[1]))
			require.NoError(t, err, "%s links to %s", page, m[1])
		}
	}
}

// TestPagesAreFound holds that the index and llms.txt link to every page, and the index of examples
// to every example.
func TestPagesAreFound(t *testing.T) {
	docs, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	examples, err := filepath.Glob("../examples/*/*.go")
	require.NoError(t, err)
	for index, files := range map[string][]string{"../docs/README.md": docs, "../llms.txt": docs, "../examples/README.md": examples} {
		text, err := os.ReadFile(index)
		require.NoError(t, err)
		linked := map[string]bool{"README.md": true}
		for _, m := range pageLink.FindAllStringSubmatch(string(text), -1) {
			linked[filepath.Base(m[1])] = true
			linked[filepath.Dir(m[1])] = true
		}
		for _, file := range files {
			if name := filepath.Base(file); filepath.Ext(name) == ".md" {
				require.True(t, linked[name], "%s does not link to %s", index, file)
			} else {
				require.True(t, linked[filepath.Base(filepath.Dir(file))], "%s does not link to %s", index, file)
			}
		}
	}
}

var testName = regexp.MustCompile("`(Test[A-Z]\\w*)`")

// TestTestsOfTheDocsExist holds that tests that a page names exist.
func TestTestsOfTheDocsExist(t *testing.T) {
	var code strings.Builder
	for _, file := range sourceFiles(t, "..") {
		if strings.HasSuffix(file, "_test.go") {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			code.Write(text)
		}
	}
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(code.String(), "func "+m[1]+"(t *testing.T)") {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
}
