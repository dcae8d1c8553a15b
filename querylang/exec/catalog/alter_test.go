package catalog

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// columns returns the columns of a table as name:bin.
func columns(t *bind.Table) (list []string) {
	for _, c := range t.Columns {
		list = append(list, c.Name+":"+c.Bin)
	}
	return list
}

func TestAlterTable(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "CREATE INDEX t_a ON t (a)", "ALTER TABLE t ADD COLUMN b TEXT CHECK (b <> '')")
	require.Equal(t, []string{"id:", "a:a", "b:b"}, columns(b.table("t")))
	require.Len(t, b.table("t").Checks, 1)
	b.run("ALTER TABLE t ADD IF NOT EXISTS a TEXT", "ALTER TABLE t DROP IF EXISTS nosuch", "ALTER TABLE IF EXISTS nosuch ADD a INT")
	b.run("ALTER TABLE t RENAME COLUMN a TO c", "ALTER TABLE t RENAME id TO pk", "ALTER TABLE t ALTER c SET DEFAULT 5")
	table := b.table("t")
	require.Equal(t, []string{"pk:", "c:a", "b:b"}, columns(table))
	require.Equal(t, 0, table.Key)
	require.Equal(t, "5", table.Columns[1].Default.String())
	b.run("ALTER TABLE t ALTER c DROP DEFAULT", "ALTER TABLE t RENAME c TO C")
	require.Nil(t, b.table("t").Columns[1].Default)

	b.run("ALTER TABLE t DROP C")
	require.Empty(t, b.indexNames())
	b.run("ALTER TABLE t ADD a TEXT", "ALTER TABLE t ADD c INT")
	list := columns(b.table("t"))
	require.Equal(t, []string{"pk:", "b:b"}, list[:2])
	require.Regexp(t, "^a:a~[0-9a-f]{6}$", list[2], "the bin a has the values of the dropped column")
	require.Equal(t, "c:c", list[3])
	b.run("DROP TABLE t", "CREATE TABLE t (a INT)")
	require.Equal(t, []string{"a:a"}, columns(b.table("t")))
}

// A column is added to rows with its DEFAULT, which is stored in them. Without rows any column can
// be added.
func TestAddColumnToRows(t *testing.T) {
	var filled []string
	b := openBench(t, Options{FillColumn: func(_ context.Context, namespace, set string, c *bind.TableColumn) error {
		filled = append(filled, namespace+"."+set+"."+c.Bin+" "+c.Default.String())
		if c.Name == "bad" {
			return errors.New("no")
		}
		return nil
	}})
	b.run("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "ALTER TABLE t ADD b INT NOT NULL", "ALTER TABLE t ADD c INT DEFAULT 5")
	require.Empty(t, filled, "there are no rows")
	b.put("t", 1, map[string]any{"a": 1})
	b.run("ALTER TABLE t ADD d INT NOT NULL DEFAULT 5", "ALTER TABLE t ADD e TIMESTAMP DEFAULT CURRENT_TIMESTAMP", "ALTER TABLE t ADD IF NOT EXISTS d INT DEFAULT 6")
	require.Equal(t, []string{"test.t.d 5", "test.t.e CURRENT_TIMESTAMP"}, filled)
	for sql, message := range map[string]string{
		"ALTER TABLE t ADD x INT NOT NULL":           "can't be added without a DEFAULT",
		"ALTER TABLE t ADD x TEXT DEFAULT UUID()":    "differs from row to row",
		"ALTER TABLE t ADD x INT DEFAULT 1 + RANDOM": "a DEFAULT can't use the column RANDOM",
	} {
		require.ErrorContains(t, define(t.Context(), b.catalog, sql), message, sql)
	}
	require.ErrorContains(t, define(t.Context(), b.catalog, "ALTER TABLE t ADD bad INT DEFAULT 1"), "UPDATE test.t SET bad = DEFAULT WHERE bad IS NULL completes it: no")
	require.Len(t, b.table("t").Columns, 7)
	without := New(b.client, nil, Options{})
	require.ErrorIs(t, define(t.Context(), without, "ALTER TABLE t ADD x INT DEFAULT 1"), ast.ErrUnsupported)
}

// A comment on a table, a view or a column is kept with the declaration.
func TestComments(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (id INT PRIMARY KEY COMMENT 'the key', a INT) COMMENT 'first'", "CREATE VIEW v AS SELECT a FROM t",
		"COMMENT ON TABLE t IS 'it''s a table'", "COMMENT ON COLUMN t.A IS 'a number'", "COMMENT ON VIEW v IS 'a view'")
	require.Equal(t, "CREATE TABLE t (id INT PRIMARY KEY COMMENT 'the key', a INT COMMENT 'a number') COMMENT 'it''s a table'", Statement(b.table("t")).String())
	require.Equal(t, "a view", b.table("v").Comment)
	b.run("COMMENT ON COLUMN t.a IS NULL", "COMMENT ON TABLE t IS NULL", "CREATE OR REPLACE VIEW v AS SELECT id FROM t")
	require.Equal(t, "CREATE TABLE t (id INT PRIMARY KEY COMMENT 'the key', a INT)", Statement(b.table("t")).String())
	require.Equal(t, "SELECT id FROM t", b.table("v").ViewText)
	require.Equal(t, "a view", b.table("v").Comment, "a view that is replaced keeps its comment")
	require.ErrorContains(t, define(t.Context(), b.catalog, "COMMENT ON COLUMN t.b IS 'x'"), "has no column b")
	require.ErrorContains(t, define(t.Context(), b.catalog, "COMMENT ON TABLE v IS 'x'"), "is a view")
	require.ErrorContains(t, define(t.Context(), b.catalog, "CREATE OR REPLACE VIEW t AS SELECT 1"), "is a table")
}

func TestViews(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE VIEW v AS SELECT pk, col0 FROM tab0 WHERE NOT ((col3 > 5.5)) OR col0 IN (1,2)", "CREATE VIEW test.w (a, b) AS SELECT 1, 2",
		"CREATE TABLE t (a INT)")
	v := b.table("v")
	require.Equal(t, "SELECT pk, col0 FROM tab0 WHERE NOT col3 > 5.5 OR col0 IN (1, 2)", v.View.String())
	require.Equal(t, v.ViewText, v.View.String())
	require.Equal(t, "test", v.ViewNamespace)
	require.Empty(t, v.Columns)
	require.False(t, v.GeneratedKey)
	require.Equal(t, []string{"a:", "b:"}, columns(b.table("w")))
	tables, err := b.catalog.Tables(t.Context(), "test")
	require.NoError(t, err)
	require.Len(t, tables, 3)
	require.Equal(t, []string{"t", "v", "w"}, []string{tables[0].Set, tables[1].Set, tables[2].Set})
	b.put("records", 1, map[string]any{"a": 1})
	require.ErrorContains(t, define(t.Context(), b.catalog, "CREATE VIEW records AS SELECT 1"), "hide")
	b.run("DROP VIEW IF EXISTS v", "DROP VIEW IF EXISTS v", "DROP VIEW w")
	require.Nil(t, b.table("v"))
	b.run("CREATE TABLE records (a INT)", "CREATE TABLE IF NOT EXISTS records (a INT)")
	require.Equal(t, 1, b.count("records"), "an existing set can be declared")
}

// A table that is not declared is not dropped.
func TestDropUndeclared(t *testing.T) {
	b := openBench(t, Options{})
	b.put("u", 1, map[string]any{"a": 1})
	b.run("DROP TABLE IF EXISTS u, nosuch")
	require.ErrorContains(t, define(t.Context(), b.catalog, "DROP TABLE u"), "TRUNCATE")
	require.Equal(t, 1, b.count("u"))
	b.run("CREATE TABLE u (a INT)", "CREATE TABLE w (a INT)", "DROP TABLE u, w")
	require.Zero(t, b.count("u"))
}
