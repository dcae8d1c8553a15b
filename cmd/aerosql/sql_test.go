package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

const someRows = "INSERT INTO cli_users (PK, name, n, tags) VALUES (1, 'Ada', 36, ARRAY['a', 2]), (2, 'Bob\x1b[31m|', NULL, NULL);"

// TestSQLFormats prints the same rows in each format.
func TestSQLFormats(t *testing.T) {
	u := newTool(t)
	require.Equal(t, "2 rows changed\n", u.ok("sql", someRows))
	for _, test := range []struct{ format, want string }{
		{"table", "┌────┬──────┬────────────────┬─────────┐\n│ PK │    n │ name           │ tags    │\n├────┼──────┼────────────────┼─────────┤\n" +
			"│  1 │   36 │ Ada            │ [\"a\",2] │\n│  2 │ NULL │ Bob\\u001b[31m| │ NULL    │\n└────┴──────┴────────────────┴─────────┘\n"},
		{"json", "[{\"PK\":1,\"n\":36,\"name\":\"Ada\",\"tags\":[\"a\",2]},\n {\"PK\":2,\"n\":null,\"name\":\"Bob\\u001b[31m|\",\"tags\":null}]\n"},
		{"jsonl", "{\"PK\":1,\"n\":36,\"name\":\"Ada\",\"tags\":[\"a\",2]}\n{\"PK\":2,\"n\":null,\"name\":\"Bob\\u001b[31m|\",\"tags\":null}\n"},
		{"csv", "PK,n,name,tags\n1,36,Ada,\"[\"\"a\"\",2]\"\n2,,Bob\x1b[31m|,\n"},
		{"markdown", "| PK | n | name | tags |\n|---|---|---|---|\n| 1 | 36 | Ada | [\"a\",2] |\n| 2 | NULL | Bob\\u001b[31m\\| | NULL |\n"},
		{"expanded", "─[ 1 ]────────\nPK   │ 1\nn    │ 36\nname │ Ada\ntags │ [\"a\",2]\n─[ 2 ]────────\nPK   │ 2\nn    │ NULL\nname │ Bob\\u001b[31m|\ntags │ NULL\n"},
	} {
		require.Equal(t, test.want, u.ok("sql", "-format", test.format, "SELECT PK, * FROM cli_users ORDER BY PK"), test.format)
	}
}

// TestSQLSources runs statements from arguments, a file and a pipe.
func TestSQLSources(t *testing.T) {
	u := newTool(t)
	require.Equal(t, "a\n1\n", u.ok("sql", "-format", "csv", "-e", "SELECT 1 AS a"))
	require.Equal(t, "1\n1\nb\n2\n", u.ok("sql", "-format", "csv", "-e", "SELECT 1;", "-e", "SELECT 2 AS b"))
	script := u.file("a.sql", "-- a comment; with a semicolon\nSELECT\n  ';' AS x;\n\\format jsonl\nSELECT 2 AS y")
	require.Equal(t, "x\n;\n{\"y\":2}\n", u.ok("sql", "-format", "csv", "-f", script))
	require.Equal(t, "a\n3\n", u.with("SELECT 3 AS a", "sql", "-format", "csv").out)
	require.Equal(t, "a\n4\n", u.with("SELECT 4 AS a;\n\\q\nSELECT 5;", "sql", "-format", "csv", "-f", "-").out)
	out := filepath.Join(t.TempDir(), "out.csv")
	require.Empty(t, u.ok("sql", "-format", "csv", "-o", out, "SELECT 6 AS a"))
	require.Equal(t, "a\n6\n", u.read(out))
}

// TestSQLErrors checks messages, places and exit codes of what fails.
func TestSQLErrors(t *testing.T) {
	u := newTool(t)
	script := u.file("a.sql", "SELECT 1 AS a;\n\nSELECT\n nope(2);\nSELECT 3 AS a;\n")
	r := u.run("sql", "-format", "csv", "-f", script)
	require.Equal(t, command.ExitFailure, r.code)
	require.Equal(t, "a\n1\n", r.out)
	require.Equal(t, "error: "+script+": unknown name at line 4, column 2: there is no function nope\n   nope(2)\n   ^\n", r.err)
	r = u.run("sql", "-format", "csv", "-continue", "-f", script)
	require.Equal(t, command.ExitFailure, r.code)
	require.Equal(t, "a\n1\na\n3\n", r.out)
	u.fails(command.ExitFailure, "error: syntax error at line 1, column 1", "sql", "SELEC 1")
	u.fails(command.ExitFailure, "the string is not closed", "sql", "SELECT 'a")
	u.fails(command.ExitFailure, "no such command: \\nope", "sql", `\nope`)
	u.fails(command.ExitFailure, "nowhere.sql", "sql", "-f", "nowhere.sql")
	u.fails(command.ExitFailure, "is a directory", "sql", "-f", t.TempDir())
	u.fails(command.ExitUsage, `unknown format "xml"`, "sql", "-format", "xml", "SELECT 1")
	u.fails(command.ExitUsage, "more than one statement", "sql", "SELECT 1", "SELECT 2")
	u.fails(command.ExitUsage, "exclude each other", "sql", "-f", script, "-e", "SELECT 1")
	u.fails(command.ExitUnreachable, "127.0.0.1:1", "sql", "-dsn", "127.0.0.1:1/test", "SELECT 1")
	u.fails(command.ExitUsage, `there is no key "timeuot"; did you mean timeout?`, "sql", "-dsn", "127.0.0.1:1/test?timeuot=1s", "SELECT 1")
}

// TestSQLCommands runs the commands of the shell.
func TestSQLCommands(t *testing.T) {
	u := newTool(t)
	u.ok("sql", someRows)
	dir := t.TempDir()
	require.Contains(t, u.ok("sql", `\d`), "│ cli_users ")
	require.Contains(t, u.ok("sql", `\d cli_users`), "│ name │")
	require.Contains(t, u.ok("sql", `\dn`), "│ "+namespace+" ")
	require.Contains(t, u.ok("sql", `\df list%`), "LIST_")
	require.Contains(t, u.ok("sql", `\?`), `\watch [SECONDS]`)
	require.Regexp(t, `\d nodes? \(`, u.ok("sql", `\conninfo`))
	require.Contains(t, u.with("\\x\nSELECT 1 AS a;", "sql").out, "a │ 1")
	require.Contains(t, u.ok("sql", `\explain SELECT name FROM cli_users WHERE PK = 1`), "└─ get from "+namespace+".cli_users\n   ├─ key: PK = 1\n")
	require.Contains(t, u.ok("sql", "EXPLAIN SELECT name FROM cli_users WHERE PK = 1"), "└─ get from "+namespace+".cli_users\n")
	for _, file := range []string{"u.csv", "u.jsonl", "u.asb"} {
		path := filepath.Join(dir, file)
		u.ok("sql", `\copy cli_users TO `+path)
		require.Contains(t, u.ok("sql", `\copy cli_again FROM `+path), "2 records stored")
		require.Equal(t, u.ok("sql", "SELECT PK, * FROM cli_users ORDER BY PK"), u.ok("sql", "SELECT PK, * FROM cli_again ORDER BY PK"))
		u.ok("sql", "TRUNCATE cli_again")
	}
	path := filepath.Join(dir, "q.md")
	u.ok("sql", `\copy (SELECT name, n FROM cli_users WHERE PK = 1) TO '`+path+`'`)
	require.Equal(t, "| name | n |\n|---|---|\n| Ada | 36 |\n", u.read(path))
	for _, test := range []struct{ command, want string }{
		{`\copy cli_users`, `use \copy TABLE FROM FILE`},
		{`\copy cli_users TO x.doc`, "x.doc"},
		{`\copy (SELECT 1) TO x.doc`, ".csv, .json"},
		{`\copy cli_users FROM nowhere.csv`, "nowhere.csv"},
		{`\timing maybe`, "use on or off"},
		{`\watch often`, "use a number of seconds"},
		{`\watch 1`, "no statement to run again"},
		{`\q now`, "has no arguments"},
		{`\i nowhere.sql`, "nowhere.sql"},
		{`\c nosuch`, `"nosuch" is not in`},
		{`\format xml`, `unknown format "xml"`},
	} {
		u.fails(command.ExitFailure, test.want, "sql", test.command)
	}
	loop := u.file("loop.sql", "")
	require.NoError(t, writeText(loop, `\i `+loop))
	u.fails(command.ExitFailure, "include each other more than 16 deep", "sql", "-f", loop)
}

// TestSQLAsAQL runs statements of the aql tool.
func TestSQLAsAQL(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "-aql", "INSERT INTO "+namespace+`.cli_users (PK, name) VALUES ("k", "Ada")`)
	require.Equal(t, "[{\"name\":\"Ada\"}]\n", u.ok("sql", "-aql", "SET OUTPUT JSON; SELECT * FROM "+namespace+`.cli_users WHERE PK = "k"`))
	require.Equal(t, "OUTPUT = MUTE\n", u.ok("sql", "-aql", "SET OUTPUT MUTE; SELECT * FROM "+namespace+".cli_users; GET OUTPUT"))
	require.Contains(t, u.ok("sql", "-aql", "SET ECHO TRUE; SELECT 1 AS a"), "SELECT 1 AS a\n┌")
	require.Equal(t, "hello\n", u.ok("sql", "-aql", "PRINT 'hello'"))
	require.Contains(t, u.ok("sql", "-aql", "SET OUTPUT JSON; RESET OUTPUT; GET ALL"), "OUTPUT = TABLE\nECHO = false\nVERBOSE = false\n┌")
	require.Equal(t, "a\n1\n", u.ok("sql", "-aql", "-format", "csv", "RUN '"+u.file("r.aql", "SELECT 1 AS a")+"'"))
	u.fails(command.ExitFailure, "use TABLE, JSON, RAW or MUTE", "sql", "-aql", "SET OUTPUT XML")
	u.fails(command.ExitFailure, "SYSTEM is not supported", "sql", "-aql", "SYSTEM ls -l")
	require.Equal(t, "a\n1\n", u.with("SELECT 1 AS a;\nquit\nSELECT 2;", "sql", "-format", "csv").out)
}
