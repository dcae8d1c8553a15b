package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// TestDiffOfClusters compares the same set of two clusters.
func TestDiffOfClusters(t *testing.T) {
	second, first := newDevserver(t, "it needs two clusters"), newTool(t)
	rows := "INSERT INTO s (PK, n, m) VALUES (1, 1, MAP{'a': 1, 'b': 2}), (2, 2, NULL), (3, 3, NULL), ('k', 4, NULL);"
	first.ok("sql", rows)
	second.ok("sql", "-dsn", second.dsn, rows)
	r := first.run("diff", first.dsn, second.dsn)
	require.Equal(t, command.ExitOK, r.code, r.err)
	require.Equal(t, "4 and 4 records compared, no differences\n", r.err)
	first.ok("sql", "DELETE FROM s WHERE PK = 3; INSERT INTO s (PK, n) VALUES (5, 5); UPDATE s SET x = 1 WHERE PK = 'k'")
	second.ok("sql", "-dsn", second.dsn, "UPDATE s SET n = 7 WHERE PK = 2; INSERT INTO t (PK, n) VALUES (9, 9)")
	r = first.run("diff", "-set", "s", first.dsn, second.dsn)
	require.Equal(t, command.ExitFound, r.code, r.err)
	require.ElementsMatch(t, []string{"s 2: n differs", "s 3: only in the second", "s 5: only in the first", "s k: x only in the first", ""}, strings.Split(r.out, "\n"))
	require.Equal(t, "4 and 4 records compared: 1 only in the first, 1 only in the second, 2 differ\n", r.err)
	r = first.run("diff", "-limit", "1", first.dsn, second.dsn)
	require.Equal(t, 1, strings.Count(r.out, "\n"))
	require.Contains(t, r.err, "4 and 5 records")
	first.ok("sql", "UPDATE s SET n = 2 WHERE PK = 2 WITH (ttl = '1h')")
	require.Contains(t, first.run("diff", "-ttl", "-set", "s", first.dsn, second.dsn).out, "s 2: n differs, only one of them expires")
}

// TestDiffOfSets compares sets of different names, by their keys.
func TestDiffOfSets(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "INSERT INTO cli_a (PK, n) VALUES (1, 1), (2, 2); INSERT INTO cli_b (PK, n) VALUES (2, 3), (3, 3)")
	r := u.run("diff", "-set", "cli_a", "-to-set", "cli_b", u.dsn)
	require.Equal(t, command.ExitFound, r.code, r.err)
	require.ElementsMatch(t, []string{"cli_a 1: only in the first", "cli_a 2: n differs", "cli_b 3: only in the second", ""}, strings.Split(r.out, "\n"))
	u.ok("sql", "INSERT INTO cli_a (PK, n) VALUES (4, 1) WITH (send_key = off)")
	require.Contains(t, u.run("diff", "-set", "cli_a", "-to-set", "cli_b", u.dsn).err, "1 can't be compared because their keys are not stored")
	u.fails(command.ExitUsage, "compared with itself", "diff", u.dsn)
	u.fails(command.ExitUsage, "name one or two sides", "diff")
	u.fails(command.ExitUsage, "-to-set needs -set", "diff", "-to-set", "b", u.dsn)
	u.fails(command.ExitUsage, `"nosuch" is not in`, "diff", "nosuch", u.dsn)
	u.fails(command.ExitUnreachable, "127.0.0.1:1", "diff", u.dsn, "127.0.0.1:1/test")
}

// TestExplain draws a plan, and shows the place of a mistake in the statement as it was given.
func TestExplain(t *testing.T) {
	u := newTool(t)
	u.ok("sql", "INSERT INTO cli_s (PK, n) VALUES (1, 1)")
	require.Equal(t, "client: compute cli_s.n\n└─ get from "+namespace+".cli_s\n   ├─ key: PK = 1\n   └─ bins: n\n", u.ok("explain", "SELECT n FROM cli_s WHERE PK = 1"))
	require.Equal(t, "client: compute cli_s.n\n  get from "+namespace+".cli_s\n    key: PK = 1\n    bins: n\n", u.ok("explain", "-format", "text", "SELECT n FROM cli_s WHERE PK = 1"))
	r := u.with("SELECT n FROM cli_s WHERE PK = 1", "explain", "-format", "json", "-")
	require.Equal(t, command.ExitOK, r.code, r.err)
	require.True(t, strings.HasPrefix(r.out, "{"), r.out)
	require.Contains(t, u.ok("explain", "-analyze", "DELETE FROM cli_s WHERE PK = 1"), "delete")
	require.Equal(t, "n\n", u.ok("sql", "-format", "csv", "SELECT n FROM cli_s WHERE PK = 1"))
	u.fails(command.ExitFailure, "syntax error at line 1, column 1", "explain", "SELEC 1")
	u.fails(command.ExitUsage, "give one statement", "explain")
	u.fails(command.ExitUsage, `unknown format "xml"`, "explain", "-format", "xml", "SELECT 1")
}
