package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The statement of a table creates an equal one.
func TestStatement(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE VIEW v (`a b`, c) AS SELECT 1, 'x'", "CREATE TABLE keyless (a INT, b)", "CREATE TABLE u (a INT, b TEXT NOT NULL, UNIQUE (B))",
		`CREATE TABLE t (id SERIAL PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'it''s', "the ""price" DECIMAL(10, 2), any_thing,
			at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP, CHECK (name <> '' OR "the ""price" IS NULL))`)
	for _, set := range []string{"v", "t", "keyless", "u"} {
		before := b.table(set)
		text := Statement(before).String()
		if before.View != nil {
			b.run("DROP VIEW " + set)
		} else {
			b.run("DROP TABLE " + set)
		}
		require.Nil(t, b.table(set))
		b.run(text)
		after := b.table(set)
		require.Equal(t, text, Statement(after).String())
		require.Equal(t, columns(before), columns(after))
		require.Equal(t, before.GeneratedKey, after.GeneratedKey)
		require.Equal(t, before.UniqueColumn(), after.UniqueColumn())
	}
	require.Equal(t, "CREATE TABLE keyless (a INT, b)", Statement(b.table("keyless")).String())
	require.Equal(t, "CREATE TABLE u (a INT, b TEXT NOT NULL UNIQUE)", Statement(b.table("u")).String())
}
