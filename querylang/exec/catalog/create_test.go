package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

func TestCreateTable(t *testing.T) {
	b := openBench(t, Options{})
	require.Nil(t, b.table("people"))
	b.run(`CREATE TABLE people (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x', price DECIMAL(10, 2),
		any_thing, CHECK (price > 0 AND people.name <> ''), a_rather_long_name TEXT, "a:b" INT DEFAULT -1)`)
	people := b.table("people")
	require.Same(t, people, b.table("people"))
	require.Equal(t, 0, people.Key)
	require.False(t, people.GeneratedKey)
	names, bins := []string{}, []string{}
	for _, c := range people.Columns {
		names, bins = append(names, c.Name), append(bins, c.Bin)
	}
	require.Equal(t, []string{"id", "name", "price", "any_thing", "a_rather_long_name", "a:b"}, names)
	require.Equal(t, []string{"", "name", "price", "any_thing", "a_rather~4e118c", "a_b~bc72d0"}, bins)
	require.Equal(t, function.Type{Family: function.Strings, Name: "VARCHAR(20)", Length: 20}, people.Columns[1].Type)
	require.True(t, people.Columns[0].NotNull && people.Columns[1].NotNull)
	require.Equal(t, "'x'", people.Columns[1].Default.String())
	require.Equal(t, "-1", people.Columns[5].Default.String())
	require.Equal(t, 2, people.Columns[2].Type.Scale)
	require.Zero(t, people.Columns[3].Type)
	require.Len(t, people.Checks, 1)
	require.Equal(t, "price > 0 AND people.name <> ''", people.Checks[0].String())

	require.ErrorIs(t, define(t.Context(), b.catalog, "CREATE TABLE people (a INT)"), ast.ErrExists)
	b.run("CREATE TABLE IF NOT EXISTS people (a INT)")
	require.Len(t, b.table("people").Columns, 6)
}

func TestKeysOfTables(t *testing.T) {
	b := openBench(t, Options{})
	for sql, want := range map[string]bind.Table{
		"CREATE TABLE k (a INT, b TEXT)":                               {Key: -1, GeneratedKey: true},
		"CREATE TABLE k (a INT, b TEXT, PRIMARY KEY (b))":              {Key: 1},
		"CREATE TABLE k (pk INTEGER PRIMARY KEY, b TEXT)":              {Key: 0},
		"CREATE TABLE k (a TEXT, id SERIAL PRIMARY KEY)":               {Key: 1, GeneratedKey: true},
		"CREATE TABLE k (id TEXT AUTO_INCREMENT PRIMARY KEY)":          {Key: 0, GeneratedKey: true},
		"CREATE TABLE k (id BLOB AUTO_INCREMENT PRIMARY KEY)":          {Key: 0, GeneratedKey: true},
		"CREATE TABLE k (id UUID UNIQUE PRIMARY KEY, UNIQUE (id))":     {Key: 0},
		"CREATE TABLE k (id INT GENERATED ALWAYS AS IDENTITY, x TEXT)": {Key: -2},
	} {
		err := define(t.Context(), b.catalog, sql)
		if want.Key == -2 {
			require.ErrorIs(t, err, ast.ErrUnsupported, sql)
			continue
		}
		require.NoError(t, err, sql)
		table := b.table("k")
		require.Equal(t, want.Key, table.Key, sql)
		require.Equal(t, want.GeneratedKey, table.GeneratedKey, sql)
		b.run("DROP TABLE k")
		require.Nil(t, b.table("k"))
	}
}

// A DEFAULT or a CHECK that can't be computed is an error of the definition. Otherwise no row could
// be written.
func TestExpressionsOfDefinitionsAreBound(t *testing.T) {
	b := openBench(t, Options{})
	for _, sql := range []string{
		"CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT (nosuch(1)))", "CREATE TABLE t (id INT PRIMARY KEY, a TEXT CHECK (nosuch(a) > 1))",
		"CREATE TABLE t (id INT PRIMARY KEY, a TEXT, CHECK (LENGTH(a, 5, 6) > 1))", "CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b), CHECK (nosuch(a) = b))",
		"CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT (COUNT(1)))", "CREATE TABLE t (id INT PRIMARY KEY, a INT CHECK (MAX(a) > 1))",
	} {
		require.Error(t, define(t.Context(), b.catalog, sql), sql)
	}
	b.run("CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP DEFAULT (DATETIME('now')), averyveryverylongname TEXT, CHECK (LENGTH(averyveryverylongname) > LENGTH('a')))")
	require.Error(t, define(t.Context(), b.catalog, "ALTER TABLE t ADD COLUMN b INT DEFAULT (nosuch(1))"))
	require.Error(t, define(t.Context(), b.catalog, "ALTER TABLE t ADD COLUMN b INT CHECK (nosuch(b))"))
	require.Error(t, define(t.Context(), b.catalog, "ALTER TABLE t ALTER COLUMN a SET DEFAULT (nosuch(1))"))
	b.run("ALTER TABLE t ADD COLUMN another_very_long_name TEXT CHECK (another_very_long_name <> '')")
}
