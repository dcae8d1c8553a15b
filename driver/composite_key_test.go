package driver_test

import "testing"

// A PRIMARY KEY of several columns: the user key is made from their values, so that it is unique, and
// conditions that give all of them read by key.
func TestCompositeKeys(t *testing.T) {
	db := open(t, nil)
	runCases(t, db, []statementCase{
		{"CREATE TABLE o (cust INT, day DATE, no TEXT, n INT, PRIMARY KEY (cust, day, no))", ""},
		{"INSERT INTO o VALUES (1, '2026-01-02', 'a/b', 5), (1, '2026-01-03', 'a', 6), (2, '2026-01-02', 'a', 7)", ""},
		{"INSERT INTO o VALUES (1, '2026-01-02', 'a/b', 5)", "error:KEY_EXISTS"},
		{"INSERT INTO o (cust, day, n) VALUES (1, '2026-01-02', 5)", "error:the column no can't be NULL"},
		{"INSERT INTO o (PK, cust, day, no) VALUES ('x', 1, '2026-01-02', 'a/b')", "error:the key can't be given"},
		{"SELECT PK FROM o ORDER BY PK", `1/1767312000000000000/a\/b; 1/1767398400000000000/a; 2/1767312000000000000/a`},
		{"SELECT n FROM o WHERE cust = 1 AND day = '2026-01-03' AND no = 'a'", "6"},
		{"SELECT n FROM o WHERE 'a' = no AND day = DATE '2026-01-02' AND cust = 2.0", "7"},
		{"SELECT n FROM o WHERE cust = '1' AND day = '2026-01-03' AND no = 'a'", "error:of different types, which do not compare"},
		{"SELECT n FROM o WHERE cust = 1 AND day = '2026-01-03' AND no = 'a' AND n > 6", ""},
		{"SELECT n FROM o WHERE cust = 2 AND day = '2026-01-02' AND no = 'a' OR n = 6 ORDER BY n", "6; 7"},
		{"SELECT x.n FROM o x, o y WHERE x.cust = 1 AND x.day = '2026-01-03' AND x.no = 'a' AND y.n = 5", "6"},
		{"EXPLAIN SELECT 1 FROM o WHERE cust = 1 AND day = '2026-01-03' AND no = 'a'",
			"client: compute 1;   get from test.o;     key: PK = '1/1767398400000000000/a';     bins: cust, day, no;     client: filter: o.cust = 1 AND o.day = 1767398400000000000 AND o.no = 'a'"},
		{"UPDATE o SET n = n + 1 WHERE cust = 1 AND day = '2026-01-02' AND no = 'a/b' RETURNING n", "6"},
		{"UPDATE o SET cust = 5 WHERE n = 7", "error:the column cust of the PRIMARY KEY can't be changed"},
		{"INSERT INTO o VALUES (1, '2026-01-02', 'a/b', 5) ON CONFLICT (cust, day, no) DO UPDATE SET n = o.n + excluded.n RETURNING n", "11"},
		{"INSERT INTO o VALUES (1, '2026-01-02', 'a/b', 5) ON CONFLICT (cust) DO NOTHING", "error:ON CONFLICT needs all columns of the PRIMARY KEY"},
		{"UPSERT INTO o VALUES (1, '2026-01-02', 'a/b', 50)", ""},
		{"SELECT n FROM o WHERE PK = COMPOSITE_KEY(1, 1767312000000000000, 'a/b')", "50"},
		{"SHOW CREATE TABLE o", "o CREATE TABLE o (cust INT NOT NULL, day DATE NOT NULL, no TEXT NOT NULL, n INT, PRIMARY KEY (cust, day, no))"},
		{"SELECT column_name, ordinal_position FROM information_schema.key_column_usage WHERE table_name = 'o' ORDER BY 2", "cust 1; day 2; no 3"},
		{"ALTER TABLE o RENAME COLUMN no TO number", ""},
		{"SELECT n FROM o WHERE number = 'a' AND day = '2026-01-02' AND cust = 2", "7"},
		{"ALTER TABLE o DROP COLUMN number", "error:of the PRIMARY KEY can't be dropped"},
		{"DELETE FROM o WHERE cust = 1 AND day = '2026-01-02' AND number = 'a/b'", ""},
		{"SELECT COUNT(*) FROM o", "2"},
		{"CREATE TABLE p (a INT, b BOOL, PRIMARY KEY (a, b))", "error:needs a type: an integer, a string"},
		{"CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, a))", "error:the PRIMARY KEY has the column a already"},
		{"CREATE TABLE p (a INT, b INT, PRIMARY KEY (a, c))", "error:the PRIMARY KEY c is not a column of the table"},
		{"CREATE TABLE p (a INT UNIQUE, b INT, PRIMARY KEY (a, b))", "error:UNIQUE beside a PRIMARY KEY is not supported"},
		{"CREATE TABLE p (a INT PRIMARY KEY, b INT PRIMARY KEY)", "error:a PRIMARY KEY of several columns is written as PRIMARY KEY (a, b)"},
		{"UPSERT INTO full_set (PK, a) VALUES (1, 1)", ""},
		{"CREATE TABLE full_set (a INT, b INT, PRIMARY KEY (a, b))", "error:the set test.full_set has records, whose keys are not made"},
	})
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT n FROM o WHERE cust = ? AND day = ? AND number = ?", 2, "2026-01-02", "a").Scan(&n); err != nil || n != 7 {
		t.Fatal(n, err)
	}
}
