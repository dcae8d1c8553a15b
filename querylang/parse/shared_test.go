package parse_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// TestShared checks which literals are parameters. They are shown in the statement as ?, and after
// it with their values.
func TestShared(t *testing.T) {
	golden(t, "shared.txt", func(input string) string {
		var lines []string
		for _, line := range strings.Split(input, "\n") {
			key, literals, ok := parse.Normalize(line, parse.Standard)
			one, shared := parse.Shared(line, parse.Standard)
			if !shared {
				lines = append(lines, "not shared")
				continue
			}
			require.True(t, ok, line)
			require.NotEmpty(t, key)
			out := one.Statement.String()
			for i, v := range literals {
				sep := ", "
				if i == 0 {
					sep = " -- "
				}
				out += sep + (&ast.Literal{Value: v}).String()
			}
			require.Equal(t, dumpWith(one, literals), dumpPlain(t, line), line)
			lines = append(lines, out)
		}
		return strings.Join(lines, "\n")
	})
}

// dumpWith returns the tree of a shared statement with the literals in their places.
func dumpWith(one *parse.Parsed, literals []protocol.Value) string {
	ast.Inspect(one.Statement, func(n ast.Node) bool {
		if p, ok := n.(*ast.Param); ok && p.Kind != protocol.KindNil {
			v := literals[p.Index-one.Params.Count]
			if v.Kind() == p.Kind {
				p.Text = (&ast.Literal{Value: v}).String()
			}
			p.Kind, p.Index = protocol.KindNil, 0
		}
		return true
	})
	return one.Statement.String()
}

func dumpPlain(t *testing.T, sql string) string {
	one, err := parse.One(sql, parse.Standard)
	require.NoError(t, err)
	return one.Statement.String()
}

func TestKeys(t *testing.T) {
	key := func(sql string) string {
		k, _, ok := parse.Normalize(sql, parse.Standard)
		require.True(t, ok, sql)
		return k
	}
	same := [][2]string{
		{"SELECT a FROM t WHERE b = 1", "SELECT  a\nFROM t /* x */ WHERE b=2;"},
		{"SELECT a FROM t WHERE b = -1", "SELECT a FROM t WHERE b = 1"},
		{"SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = 'it''s'"},
		{"INSERT INTO t (a, b) VALUES (1, 'x')", "INSERT INTO t (a, b) VALUES (2, '')"},
		{"UPDATE t SET a = a - 1 WHERE PK = 'x'", "UPDATE t SET a = a - 2 WHERE PK = 'y'"},
	}
	for _, s := range same {
		require.Equal(t, key(s[0]), key(s[1]))
	}
	texts := []string{
		"SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 1.0", "SELECT a FROM t WHERE b = '1'", "SELECT a FROM t WHERE b = X'01'",
		"SELECT a FROM t WHERE b = :i", "SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE b = - ?", "SELECT a FROM t WHERE b = NULL",
		"SELECT a FROM t WHERE b = TRUE", "SELECT a FROM t WHERE b = - 'x'", "SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN (1)",
		"SELECT 1 FROM t", "SELECT 2 FROM t", "SELECT a FROM t LIMIT 1", "SELECT a FROM t LIMIT 2", `SELECT "a" FROM t`, "SELECT `a` FROM t",
		"SELECT 'a' FROM t", "SELECT A FROM t", "SELECT a FROM t WHERE b = DATE '2026-01-01'", "SELECT a FROM t WHERE b = DATE '2026-01-02'",
		"SELECT a FROM t WHERE b[0] = 1", "SELECT a FROM t WHERE b[1] = 1", "SELECT a FROM t WHERE b - 1 = 1", "SELECT a FROM t WHERE b = f(1)",
	}
	seen := map[string]string{}
	for _, sql := range texts {
		require.Empty(t, seen[key(sql)], sql)
		seen[key(sql)] = sql
	}
	k, _, _ := parse.Normalize("SELECT a FROM t", parse.AQL)
	require.NotEqual(t, k, key("SELECT a FROM t"))
}

// FuzzShared checks that texts with one key have one tree: the literals that are parameters are
// those that Normalize returns, in their order and with their values.
func FuzzShared(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		one, ok := parse.Shared(text, parse.Standard)
		_, literals, normalized := parse.Normalize(text, parse.Standard)
		if !ok {
			return
		}
		require.True(t, normalized)
		plain, err := parse.One(text, parse.Standard)
		require.NoError(t, err)
		require.Equal(t, plain.Params.Count, one.Params.Count)
		var params int
		ast.Inspect(one.Statement, func(n ast.Node) bool {
			if p, ok := n.(*ast.Param); ok && p.Kind != protocol.KindNil {
				require.Equal(t, literals[p.Index-one.Params.Count].Kind(), p.Kind)
				params++
			}
			return true
		})
		require.Equal(t, len(literals), params)
		if !strings.Contains(plain.Statement.String(), "-(") { // a sign and its number print differently
			require.Equal(t, plain.Statement.String(), dumpWith(one, literals))
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	const text = "UPDATE users SET name = 'Anna', age = 31, tags = 'x' WHERE id = 'u-1' AND version = 5"
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := parse.Normalize(text, parse.Standard); !ok {
			b.Fatal("not shared")
		}
	}
}
