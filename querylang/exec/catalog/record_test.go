package catalog

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// The stored form is the one that the package comment describes.
func TestStoredForm(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (id SERIAL PRIMARY KEY, a_rather_long_name TEXT NOT NULL DEFAULT 'x', x, CHECK (x > 0))",
		"CREATE VIEW v (a) AS SELECT x FROM t", "ALTER TABLE t ADD y INT", "ALTER TABLE t DROP y",
		"CREATE TABLE u (a INT UNIQUE)", "CREATE TABLE w (a INT COMMENT 'x', b TEXT, PRIMARY KEY (b, a)) COMMENT 'y'")
	for set, want := range map[string]map[string]any{
		"t": {
			"format": int64(1), "kind": "table", "key": "id", "generated": true, "checks": []any{"x > 0"}, "retired": []any{"y"},
			"columns": []any{
				map[string]any{"name": "id", "type": "BIGINT", "not_null": true},
				map[string]any{"name": "a_rather_long_name", "bin": "a_rather~4e118c", "type": "TEXT", "not_null": true, "default": "'x'"},
				map[string]any{"name": "x", "bin": "x"},
			},
		},
		"u": {
			"format": int64(2), "kind": "table", "generated": true, "unique": "a",
			"columns": []any{map[string]any{"name": "a", "bin": "a", "type": "INT"}},
		},
		"w": {
			"format": int64(3), "kind": "table", "generated": true, "keys": []any{"b", "a"}, "comment": "y",
			"columns": []any{
				map[string]any{"name": "a", "bin": "a", "type": "INT", "not_null": true, "comment": "x"},
				map[string]any{"name": "b", "bin": "b", "type": "TEXT", "not_null": true},
			},
		},
		"v": {"format": int64(1), "kind": "view", "columns": []any{map[string]any{"name": "a"}}, "query": "SELECT x FROM t", "query_ns": "test"},
	} {
		record, err := b.client.Get(t.Context(), nil, protocol.MustKey("test", bind.ReservedSet, set))
		require.NoError(t, err)
		require.Equal(t, want, record.Bins.Map())
		require.EqualValues(t, protocol.NeverExpires, record.TTL(b.catalog.start))
	}
	keys := 0
	for record, err := range b.client.Scan(t.Context(), nil, "test", bind.ReservedSet) {
		require.NoError(t, err)
		require.Contains(t, []string{"t", "u", "v", "w"}, record.Key.UserKey().String())
		keys++
	}
	require.Equal(t, 4, keys)
}

// A declaration that is stored and read is the same.
func TestDeclarationRoundTrip(t *testing.T) {
	text := rapid.String()
	texts := rapid.SliceOfN(rapid.StringN(1, 10, -1), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		d := &declaration{
			namespace: "test", set: "t", view: rapid.Bool().Draw(t, "view"), key: text.Draw(t, "key"), generated: rapid.Bool().Draw(t, "generated"),
			unique: text.Draw(t, "unique"), keys: texts.Draw(t, "keys"), comment: text.Draw(t, "comment"), checks: texts.Draw(t, "checks"), retired: texts.Draw(t, "retired"), query: text.Draw(t, "query"), queryNamespace: text.Draw(t, "ns"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "columns") {
			d.columns = append(d.columns, column{
				name: rapid.StringN(1, 20, -1).Draw(t, "name"), bin: text.Draw(t, "bin"), typeName: text.Draw(t, "type"),
				notNull: rapid.Bool().Draw(t, "not null"), defaultValue: text.Draw(t, "default"),
			})
		}
		back, err := decode("test", "t", &protocol.Record{Bins: d.encode(), Generation: 3})
		require.NoError(t, err)
		require.True(t, d.equal(back))
		require.EqualValues(t, 3, back.generation)
		require.True(t, d.equal(d.clone()))
	})
}

// Whatever a record of the set holds, it is a declaration or an error that names the bin.
func TestDamagedRecords(t *testing.T) {
	values := []any{nil, 0, -1, 1, math.MaxInt64, 1.5, "text", "", true, []byte{1}, []any{}, []any{1}, []any{"x"}, map[string]any{"name": 5},
		[]any{map[string]any{"name": 5}}, []any{map[string]any{}}, []any{map[string]any{"name": "a", "type": "WRONG"}},
		[]any{map[string]any{"name": "a", "default": "1 +"}}, protocol.GeoJSON("{}"), protocol.HLL([]byte{1}), protocol.InvalidValue(fmt.Errorf("bad"))}
	good := (&declaration{columns: []column{{name: "a", bin: "a"}}, checks: []string{"a > 0"}}).encode()
	for _, d := range []*declaration{
		{columns: []column{{name: "a"}}}, {columns: []column{{name: "a", bin: "a"}}, key: "b"}, {columns: []column{{name: "a", bin: "a"}}, view: true},
		{columns: []column{{name: "a", bin: "a"}}, generated: true, unique: "b"}, {columns: []column{{name: "a", bin: "a"}}, unique: "a"},
		{columns: []column{{name: "a", bin: "a"}, {name: "b"}}, key: "b", generated: true, unique: "a"},
	} {
		require.ErrorIs(t, newEntry("test", "t", &protocol.Record{Bins: d.encode()}).err, ast.ErrUnsupported)
	}
	bins := []string{binFormat, binKind, binColumns, binKey, binGenerated, binUnique, binChecks, binRetired, binQuery, binQueryNamespace}
	for _, bin := range bins {
		for _, v := range values {
			record := &protocol.Record{}
			for _, b := range good {
				if b.Name != bin {
					record.Bins = append(record.Bins, b)
				}
			}
			record.Bins = append(record.Bins, protocol.NewBin(bin, v))
			e := newEntry("test", "t", record)
			require.Equal(t, e.err == nil, e.table != nil, "%s=%v", bin, v)
			if e.err != nil {
				require.ErrorIs(t, e.err, ast.ErrUnsupported, "%s=%v", bin, v)
				require.ErrorContains(t, e.err, "test.t")
			}
		}
	}
}
