package driver_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A table that is created again has none of the old one's columns, rows and generated keys.
func TestTableThatIsCreatedAgain(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a TEXT)")
	runCases(t, db, []statementCase{{"INSERT INTO t (a) VALUES ('x'), ('y') RETURNING a", "x; y"}, {"SELECT MAX(id) > 1 FROM t", "true"}})
	old := outcome(t, db, "SELECT MAX(id) FROM t")
	execute(t, db, "DROP TABLE t")
	execute(t, db, "INSERT INTO t (PK, other) VALUES (1, 2)")
	require.Equal(t, "2", outcome(t, db, "SELECT * FROM t"))
	execute(t, db, "DELETE FROM t")
	execute(t, db, "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, b TEXT)")
	runCases(t, db, []statementCase{{"INSERT INTO t (b) VALUES ('z') RETURNING id > " + old, "true"}, {"SELECT b FROM t", "z"}})
}

// DEFAULT takes an expression, also without parentheses. information_schema and SHOW have it.
func TestDefaultExpressions(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY, n INT DEFAULT 1 + 2 * 3 NOT NULL, s VARCHAR(20) DEFAULT 'a' || 'b' CHECK (s <> 'c'), d DECIMAL(8, 2) DEFAULT -1.5, u TEXT DEFAULT UPPER('x') COMMENT 'up')")
	runCases(t, db, []statementCase{
		{"INSERT INTO t (id) VALUES (1) RETURNING n, s, d, u", "7 ab -1.50 X"},
		{"ALTER TABLE t ALTER COLUMN n SET DEFAULT 5 - 1", ""}, {"INSERT INTO t (id, d) VALUES (2, DEFAULT) RETURNING n, d", "4 -1.50"},
		{"SELECT column_name, column_type, column_default, extra, column_comment FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position",
			"id int <nil>  <nil>; n int 5 - 1  <nil>; s varchar(20) 'a' || 'b'  <nil>; d decimal(8,2) -1.5  <nil>; u text UPPER('x')  up"},
		{"SHOW CREATE TABLE t", "t CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL DEFAULT (5 - 1), s VARCHAR(20) DEFAULT ('a' || 'b'), d DECIMAL(8, 2) DEFAULT -1.5, u TEXT DEFAULT UPPER('x') COMMENT 'up', CHECK (s <> 'c'))"},
	})
}

// UPDATE checks the constraints that read what it assigns, and only those keep the servers from
// doing it on their own.
func TestChecksOfUpdates(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT, CHECK (a < b), CHECK (c < 10))")
	execute(t, db, "INSERT INTO t VALUES (1, 1, 5, 2), (2, 2, 6, 3)")
	runCases(t, db, []statementCase{
		{"UPDATE t SET b = 0 WHERE id = 1", "error:CHECK (a < b)"}, {"UPDATE t SET b = 0 WHERE c > 1", "error:CHECK (a < b)"}, {"UPDATE t SET a = a + 3 WHERE id = 1", ""},
		{"UPDATE t SET a = 9, b = 10 WHERE id = 1 RETURNING a, b", "9 10"}, {"UPDATE t SET c = 10", "error:CHECK (c < 10)"},
		{"UPDATE t SET c = 7 WHERE a > 0 WITH (background, wait)", "error:the servers can't check CHECK (c < 10)"},
		{"INSERT INTO t VALUES (1, 1, 5, 2) ON CONFLICT (id) DO UPDATE SET c = 11", "error:CHECK (c < 10)"},
		{"INSERT INTO t VALUES (1, 1, 5, 2) ON CONFLICT (id) DO UPDATE SET c = excluded.c RETURNING c", "2"},
	})
	execute(t, db, "CREATE TABLE u (id INT PRIMARY KEY, a INT, b INT CHECK (b < 10))")
	execute(t, db, "INSERT INTO u VALUES (1, 1, 5)")
	execute(t, db, "UPDATE u SET a = 4 WHERE a > 0 WITH (background, wait)")
	require.Equal(t, "4 5", outcome(t, db, "SELECT a, b FROM u"))
	require.NotContains(t, outcome(t, db, "EXPLAIN UPDATE u SET a = 1 WHERE id = 1"), "guard")
}
