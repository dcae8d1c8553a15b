package driver_test

import "testing"

// A join that gives all columns of a PRIMARY KEY reads by keys, and returns what a join on other
// columns returns.
func TestJoinsOnCompositeKeys(t *testing.T) {
	db := open(t, nil)
	const rows = "a 1 11; b 2 12; e 1 10"
	runCases(t, db, []statementCase{
		{"CREATE TABLE o (x INT, y TEXT, day DATE, n INT, PRIMARY KEY (x, y))", ""},
		{"CREATE TABLE d (day DATE, x INT, n INT, PRIMARY KEY (day, x))", ""},
		{"CREATE TABLE l (id TEXT PRIMARY KEY, x INT, y TEXT, day DATE)", ""},
		{"INSERT INTO o VALUES (1, 'p/q', '2026-01-01', 10), (1, 'r', '2026-01-02', 11), (2, 'p/q', '2026-01-03', 12), (3, 'z', '2026-01-04', 13)", ""},
		{"INSERT INTO d VALUES ('2026-01-01', 1, 20), ('2026-01-02', 1, 21)", ""},
		{"INSERT INTO l VALUES ('a', 1, 'r', '2026-01-01'), ('b', 2, 'p/q', '2026-01-02'), ('c', 9, 'r', NULL), ('d', 1, NULL, '2026-01-02'), ('e', 1, 'p/q', '2026-01-09')", ""},
		{"UPSERT INTO u (PK, x, y) VALUES ('f', 1.0, 'r'), ('g', '1', 'r'), ('h', 1, 7), ('i', 3, 'z')", ""},
		{"SELECT l.id, o.x, o.n FROM l JOIN o ON o.x = l.x AND o.y = l.y ORDER BY 1", rows},
		{"SELECT l.id, o.x, o.n FROM l JOIN o USING (x, y) ORDER BY 1", rows},
		{"SELECT l.id, o.x, o.n FROM l, o WHERE l.y = o.y AND o.x = l.x ORDER BY 1", rows},
		{"SELECT l.id, o.x, o.n FROM l JOIN o ON o.x + 0 = l.x AND o.y || '' = l.y ORDER BY 1", rows},
		{"SELECT l.id, o.n FROM l LEFT JOIN o ON o.x = l.x AND o.y = l.y AND o.n > 10 ORDER BY 1", "a 11; b 12; c <nil>; d <nil>; e <nil>"},
		{"SELECT l.id, d.n FROM l LEFT JOIN d ON d.x = 1 AND d.day = l.day ORDER BY 1", "a 20; b 21; c <nil>; d 21; e <nil>"},
		{"SELECT u.PK, o.n FROM u JOIN o ON o.x = u.x AND o.y = u.y ORDER BY 1", "f 11; i 13"},
		{"SELECT o.n, d.n FROM o JOIN d ON d.day = o.day AND d.x = o.x ORDER BY 1", "10 20; 11 21"},
		{"EXPLAIN SELECT o.n, d.n FROM o JOIN d ON d.day = o.day AND d.x = o.x",
			"client: compute o.n, d.n;   client: lookup join on COMPOSITE_KEY(o.day, o.x) = COMPOSITE_KEY(d.day, d.x);     filter: d.day = o.day AND d.x = o.x;     scan test.o;       bins: day, x, n;       estimate: 4 records;     read test.d"},
	})
}
