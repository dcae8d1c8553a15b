// Package readmetest runs the Go code of the adapters' READMEs.
package readmetest

import (
	"encoding/json"
	"fmt"
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

	"github.com/aerosql/aerosql/integration/tools/target"
)

// migrations are the files that the programs of all READMEs find in their directory.
var migrations = map[string]string{
	"1_visits.up.sql":   "CREATE TABLE up_visits (id TEXT PRIMARY KEY, ms INT);\nCREATE INDEX up_visits_ms ON up_visits (ms) WAIT;\n",
	"1_visits.down.sql": "DROP TABLE up_visits;\n",
}

// sqlMigration is a file for sql-migrate.
const sqlMigration = "-- +migrate Up notransaction\nCREATE TABLE sqlmigrate_visits (id TEXT PRIMARY KEY);\n-- +migrate Down notransaction\nDROP TABLE sqlmigrate_visits;\n"

// readmes are the adapters, each with the files that the code of its README expects, and a query
// that has rows only after the code has run.
var readmes = []struct {
	adapter string
	files   map[string]string
	check   string
}{
	{"goose", map[string]string{"00001_visits.sql": ""}, "SELECT 1 FROM information_schema.columns WHERE table_name = 'visits' AND column_name = 'ms'"},
	{"migrate", migrations, "SELECT version FROM shop_migrations WHERE version = 1"},
	{"sqlmigrate", map[string]string{"1.sql": sqlMigration}, "SELECT id FROM gorp_migrations WHERE id = '1.sql'"},
	{"gorm", nil, "SELECT name FROM customers WHERE CARDINALITY(tags) = 2 AND attrs['k'] = 1"},
	{"bun", map[string]string{"20260102030405_visits.up.sql": migrations["1_visits.up.sql"]}, "SELECT name FROM bun_migrations WHERE EXISTS (SELECT 1 FROM authors WHERE tags CONTAINS 'x')"},
	{"otel", nil, "SELECT n FROM visits WHERE PK = 'v1'"},
}

// TestReadmes compiles and runs the Go code of each README on a server of its own. The errors that
// the code assigns must be nil. SQL of a README is a migration. All READMEs are one program, of
// which each is a package, because linking takes most of the time.
func TestReadmes(t *testing.T) {
	if os.Getenv("AEROSQL_ADDR") != "" {
		t.Skip("the programs write to sets that a server may have for other purposes")
	}
	here, err := os.Getwd()
	require.NoError(t, err)
	replaced, work := map[string]string{}, t.TempDir()
	write := func(path, code string) { // a file that only the go command sees
		file := filepath.Join(work, strings.ReplaceAll(path, "/", "_"))
		require.NoError(t, os.WriteFile(file, []byte(code), 0o600))
		replaced[filepath.Join(here, "program", path)] = file
	}
	var head, body strings.Builder
	targets := map[string]target.Target{}
	for _, r := range readmes {
		text, err := os.ReadFile("../../" + r.adapter + "/README.md")
		require.NoError(t, err)
		dir, on := t.TempDir(), target.New(t)
		targets[r.adapter] = on
		for name, content := range r.files {
			if content == "" {
				content = strings.Join(blocks(string(text), "sql"), "\n")
			}
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "migrations"), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "migrations", name), []byte(content), 0o600))
		}
		code := strings.ReplaceAll(strings.Join(blocks(string(text), "go"), "\n"), "10.0.0.1:3000", on.Seeds[0])
		write(r.adapter+"/readme.go", source(t, code))
		write(r.adapter+"/frame.go", frameCode)
		fmt.Fprintf(&head, "readme_%s \"github.com/aerosql/aerosql/integration/tools/readmetest/program/%s\"\n", r.adapter, r.adapter)
		fmt.Fprintf(&body, "readme_%s.Run(%q, %q)\n", r.adapter, on.Seeds[0], dir)
	}
	write("main.go", "package main\n\nimport (\n"+head.String()+")\n\nfunc main() {\n"+body.String()+"}\n")
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	require.NoError(t, err)
	file := filepath.Join(work, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o600))
	out, err := exec.Command("go", "run", "-overlay", file, "./program").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, r := range readmes {
		rows, err := targets[r.adapter].Open(t, "").Query(r.check)
		require.NoError(t, err, r.adapter)
		require.True(t, rows.Next(), "%s: no row of %s", r.adapter, r.check)
		require.NoError(t, rows.Close())
	}
}

// frameCode is what the code of each README can use.
const frameCode = `package readme

import (
	"context"
	"database/sql"
	"os"

	"github.com/aerosql/aerosql/driver"
)

var (
	ctx = context.Background()
	db  *sql.DB
)

// Run runs the code with a server in a directory.
func Run(address, dir string) {
	if err := os.Chdir(dir); err != nil {
		panic(err)
	}
	var err error
	if db, err = sql.Open(driver.Name, driver.Name+"://"+address+"/test"); err != nil {
		panic(err)
	}
	run()
}

// use uses variables. An error that is not nil ends the program.
func use(values ...any) {
	for _, v := range values {
		if err, isError := v.(error); isError {
			panic(err)
		}
	}
}
`

// blocks returns the blocks of a language.
func blocks(text, language string) (list []string) {
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

var imports = regexp.MustCompile(`(?ms)^import (?:\(\n(.*?)^\)|(.*?))$`)

// standard are the packages that READMEs do not import.
var standard = []string{"context", "fmt", "os", "database/sql"}

// source returns the code as a file: its imports at the top, the rest in a function. After each
// assignment its variables are used, so that errors end the program.
func source(t *testing.T, code string) string {
	var head, body strings.Builder
	for _, m := range imports.FindAllStringSubmatch(code, -1) {
		head.WriteString(m[1] + m[2] + "\n")
	}
	code = imports.ReplaceAllString(code, "")
	for _, path := range append(standard, "github.com/aerosql/aerosql/cluster", "github.com/aerosql/aerosql/driver") {
		name := path[strings.LastIndexByte(path, '/')+1:]
		if regexp.MustCompile(`\b`+name+`\.`).MatchString(code) && !strings.Contains(head.String(), `"`+path+`"`) {
			fmt.Fprintf(&head, "%q\n", path)
		}
	}
	const opening = "package readme\nfunc run() {\n"
	parsed, err := parser.ParseFile(token.NewFileSet(), "", opening+code+"}", 0)
	require.NoError(t, err, code)
	last := 0
	for _, s := range parsed.Decls[0].(*ast.FuncDecl).Body.List {
		end := int(s.End()) - 1 - len(opening)
		body.WriteString(code[last:end])
		last = end
		assign, isAssign := s.(*ast.AssignStmt)
		if !isAssign {
			continue
		}
		for _, x := range assign.Lhs {
			if name, isName := x.(*ast.Ident); isName && name.Name != "_" {
				fmt.Fprintf(&body, "; use(%s)", name.Name)
			}
		}
	}
	return "package readme\n\nimport (\n" + head.String() + ")\n\nfunc run() {\n" + body.String() + code[last:] + "}\n"
}
