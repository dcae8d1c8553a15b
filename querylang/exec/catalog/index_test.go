package catalog

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
)

// createdIndexes are definitions and the indexes that they create.
var createdIndexes = []struct {
	sql  string
	want admin.Index
}{
	{"CREATE INDEX i ON t (n DESC)", admin.Index{Bin: "n"}},
	{"CREATE INDEX i ON t (t.n ASC) TYPE INTEGER WAIT", admin.Index{Bin: "n"}},
	{"CREATE INDEX i ON t (S)", admin.Index{Bin: "s", Type: admin.IndexString}},
	{"CREATE INDEX i ON t (b)", admin.Index{Bin: "b", Type: admin.IndexBlob}},
	{"CREATE INDEX i ON t (at)", admin.Index{Bin: "at"}},
	{"CREATE INDEX i ON t (price)", admin.Index{Bin: "price"}},
	{"CREATE INDEX i ON t (place)", admin.Index{Bin: "place", Type: admin.IndexGeo}},
	{"CREATE INDEX i ON t (a_rather_long_name)", admin.Index{Bin: "a_rather~4e118c"}},
	{"CREATE INDEX i ON t (any_thing) STRING", admin.Index{Bin: "any_thing", Type: admin.IndexString}},
	{"CREATE LIST INDEX i ON t (tags) NUMERIC", admin.Index{Bin: "tags", Collection: cluster.IndexList}},
	{"CREATE INDEX i ON t (MAPVALUES(m)) STRING", admin.Index{Bin: "m", Type: admin.IndexString, Collection: cluster.IndexMapValues}},
	{"CREATE INDEX i ON t (m.k) STRING", admin.Index{Bin: "m", Type: admin.IndexString, Context: cdt.In(cdt.MapKey("k"))}},
	{"CREATE INDEX i ON t (t.m['k'][-1]) STRING", admin.Index{
		Bin: "m", Type: admin.IndexString, Context: cdt.In(cdt.MapKey("k"), cdt.ListIndex(-1))}},
	{"CREATE INDEX i ON t (m[5]) STRING", admin.Index{Bin: "m", Type: admin.IndexString, Context: cdt.In(cdt.MapKey(5))}},
	{"CREATE INDEX i ON t (d.x.y) STRING", admin.Index{
		Bin: "d", Type: admin.IndexString, Context: cdt.In(cdt.MapKey("x"), cdt.MapKey("y"))}},
	{"CREATE INDEX i ON t (tags[0]) BLOB", admin.Index{Bin: "tags", Type: admin.IndexBlob, Context: cdt.In(cdt.ListIndex(0))}},

	{"CREATE INDEX i ON u (i)", admin.Index{Bin: "i"}},
	{"CREATE INDEX i ON u (u.s)", admin.Index{Bin: "s", Type: admin.IndexString}},
	{"CREATE INDEX i ON u (mixed) STRING", admin.Index{Bin: "mixed", Type: admin.IndexString}},
	{"CREATE INDEX i ON u (nosuch) BLOB", admin.Index{Bin: "nosuch", Type: admin.IndexBlob}},
	{"CREATE INDEX i ON u (LIST(l))", admin.Index{Bin: "l", Collection: cluster.IndexList}},
	{"CREATE MAPKEYS INDEX i ON u (m)", admin.Index{Bin: "m", Type: admin.IndexString, Collection: cluster.IndexMapKeys}},
	{"CREATE INDEX i ON u (m.k)", admin.Index{Bin: "m", Type: admin.IndexString, Context: cdt.In(cdt.MapKey("k"))}},
	{"CREATE LIST INDEX i ON u (m.deep)", admin.Index{
		Bin: "m", Type: admin.IndexString, Collection: cluster.IndexList, Context: cdt.In(cdt.MapKey("deep"))}},
	{"CREATE INDEX i ON u (l[1])", admin.Index{Bin: "l", Context: cdt.In(cdt.ListIndex(1))}},
}

func TestCreateIndex(t *testing.T) {
	changes := 0
	b := openBench(t, Options{IndexesChanged: func(namespace string) {
		require.Equal(t, "test", namespace)
		changes++
	}})
	b.run(`CREATE TABLE t (id INT PRIMARY KEY, n INT, s TEXT, b BLOB, at TIMESTAMP, price DECIMAL(10, 2), place GEOJSON,
		tags LIST, m MAP, d JSON, any_thing, a_rather_long_name INT)`)
	for i := range 10 {
		b.put("u", i, map[string]any{
			"i": i, "s": "text", "mixed": i, "f": 1.5, "l": []any{1, 2}, "m": map[string]any{"k": "v", "deep": []any{"x"}},
		})
	}
	b.put("u", "other", map[string]any{"mixed": "text"})
	for _, c := range createdIndexes {
		b.run(c.sql)
		list, err := b.catalog.ListIndexes(t.Context(), "test")
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.True(t, list[0].Readable, c.sql)
		c.want.Namespace, c.want.Name, c.want.Set = "test", "i", list[0].Set
		require.True(t, sameIndex(&list[0], &admin.IndexInfo{Index: c.want}), "%s: %+v", c.sql, list[0].Index)
		b.run("CREATE INDEX IF NOT EXISTS i ON t (n)", "DROP INDEX i")
	}
	require.GreaterOrEqual(t, changes, 2*len(createdIndexes))
	for sql, message := range map[string]string{
		"CREATE INDEX i ON u (mixed)": "several types", "CREATE INDEX i ON u (f)": "float", "CREATE INDEX i ON u (l)": "LIST",
		"CREATE INDEX i ON u (nosuch)": "nothing is known", "CREATE INDEX i ON t (any_thing)": "nothing is known",
	} {
		err := define(t.Context(), b.catalog, sql)
		require.ErrorIs(t, err, ast.ErrType, sql)
		require.ErrorContains(t, err, message)
	}
}

func TestIndexNames(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (n INT, m INT)", "CREATE INDEX ON t (n)", "CREATE SET INDEX ON t", "CREATE INDEX x ON t (m)")
	require.Equal(t, []string{"t_n_idx", "t_set_idx", "x"}, b.indexNames())
	require.ErrorIs(t, define(t.Context(), b.catalog, "CREATE SET INDEX y ON t"), ast.ErrExists)
	b.run("DROP INDEX IF EXISTS nosuch", "DROP INDEX IF EXISTS x ON other", "DROP INDEX t_n_idx ON test.t", "DROP INDEX t_set_idx")
	require.Equal(t, []string{"x"}, b.indexNames())
	b.put("t", 1, map[string]any{"m": 5})
	found := 0
	stmt := cluster.Statement{Namespace: "test", Set: "t", Filter: cluster.FilterRange("m", 0, 9)}
	for _, err := range b.client.Query(t.Context(), nil, stmt) {
		require.NoError(t, err)
		found++
	}
	require.Equal(t, 1, found)
	b.run("DROP TABLE t")
	require.Empty(t, b.indexNames())
	require.Zero(t, b.count("t"))
	require.Equal(t, 0, b.count("__catalog"))
}

// An index of an expression is created as the options translate it.
func TestExpressionIndex(t *testing.T) {
	b := openBench(t, Options{IndexExpression: func(_ context.Context, namespace, set string, e ast.Expr, of admin.IndexType) ([]byte, error) {
		require.Equal(t, []any{"test", "t", "a + 1", admin.IndexNumeric}, []any{namespace, set, e.String(), of})
		return exp.Pack(exp.Add(exp.IntBin("a"), exp.IntVal(1)))
	}})
	b.run("CREATE TABLE t (a INT)")
	require.ErrorIs(t, define(t.Context(), b.catalog, "CREATE INDEX i ON t (a + 1)"), ast.ErrType)
	b.run("CREATE INDEX i ON t (a + 1) NUMERIC")
	require.ErrorIs(t, define(t.Context(), b.catalog, "CREATE INDEX j ON t ((a + 1)) NUMERIC"), ast.ErrExists)
	list, err := b.catalog.ListIndexes(t.Context(), "test")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NotEmpty(t, list[0].Expression)
}

// A client without methods for indexes returns an error that says so.
func TestNoIndexes(t *testing.T) {
	b := openBench(t, Options{})
	c := New(struct{ Client }{b.client}, nil, Options{})
	err := define(t.Context(), c, "CREATE INDEX i ON t (a) STRING")
	require.ErrorIs(t, err, ast.ErrUnsupported)
	_, err = c.ListIndexes(t.Context(), "test")
	require.ErrorIs(t, err, ast.ErrUnsupported)
	require.NotErrorIs(t, err, protocol.IndexNotFound)
}
