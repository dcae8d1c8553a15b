package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUniqueColumns(t *testing.T) {
	b := openBench(t, Options{})
	for sql, want := range map[string]string{
		"CREATE TABLE t (a INTEGER UNIQUE)":                                          "a",
		"CREATE TABLE t (x INT, a VARCHAR(20) UNIQUE NOT NULL)":                      "a",
		"CREATE TABLE t (a BLOB, x INT, UNIQUE (a))":                                 "a",
		"CREATE TABLE t (Ab TEXT UNIQUE, UNIQUE (aB))":                               "Ab",
		"CREATE TABLE t (a_rather_long_name INT, UNIQUE KEY k (a_rather_long_name))": "a_rather_long_name",
		"CREATE TABLE t (a INT PRIMARY KEY UNIQUE)":                                  "",
		"CREATE TABLE t (a INT)":                                                     "",
	} {
		b.run(sql)
		table := b.table("t")
		if column := table.UniqueColumn(); want == "" {
			require.Nil(t, column, sql)
		} else {
			require.Equal(t, want, column.Name, sql)
			require.NotEmpty(t, column.Bin, sql)
			require.Equal(t, -1, table.Key, sql)
			require.True(t, table.GeneratedKey, sql)
		}
		b.run("DROP TABLE t")
	}
}

// A set with records can't get a UNIQUE column, except if it is declared with it already.
func TestUniqueColumnOfFilledSet(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (a INT UNIQUE)")
	b.put("t", 1, map[string]any{"a": 1})
	b.run("CREATE TABLE IF NOT EXISTS t (a INT UNIQUE)", "DROP TABLE t", "CREATE TABLE t (a INT UNIQUE)")
}

func TestUniqueColumnIsRenamed(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (a INT UNIQUE, x INT)", "ALTER TABLE t RENAME a TO b", "ALTER TABLE t DROP x", "ALTER TABLE t ADD y INT")
	other := New(b.connect(), nil, Options{})
	table, err := other.Table(t.Context(), "test", "t")
	require.NoError(t, err)
	require.Equal(t, "b", table.UniqueColumn().Name)
	require.Equal(t, "a", table.UniqueColumn().Bin)
	require.Equal(t, "CREATE TABLE t (b INT UNIQUE, y INT)", Statement(table).String())
}
