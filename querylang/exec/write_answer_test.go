package exec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
)

// RETURNING of pseudo columns gives what a SELECT after the statement does, whether one record or
// several are written, by the server's operations or after reading them.
func TestReturningOfPseudoColumns(t *testing.T) {
	s := openSession(t, Options{})
	r := &recorder{Client: s.client}
	s.engine = New(r, s.engine.options)
	t.Cleanup(s.engine.Close)
	const columns = "PK, __generation, __void_time, __last_update, __digest, __set, a"
	for _, c := range []struct{ sql, commands string }{
		{"INSERT INTO t (PK, a) VALUES (1, 1)", "operate"},
		{"INSERT INTO t (PK, a) VALUES (1, 1), (2, 2), (3, 3)", "batch write"},
		{"INSERT IGNORE INTO t (PK, a) VALUES (9, 1)", "operate"},
		{"INSERT INTO t (PK, a) SELECT PK + 10, a FROM old WHERE PK = 1", ""},
		{"UPSERT INTO t (PK, a) VALUES (1, 5)", "operate"},
		{"UPSERT INTO old (PK, a) VALUES (1, 5), (2, 6), (7, 8)", "batch write"},
		{"REPLACE INTO old (PK, b) VALUES (1, 5)", "operate"},
		{"REPLACE INTO old (PK, b) VALUES (1, 5), (8, 6)", "batch write"},
		{"INSERT INTO old (PK, a) VALUES (1, 5) ON CONFLICT DO UPDATE SET a = a + excluded.a", "operate"},
		{"INSERT INTO old (PK, a) VALUES (6, 5) ON CONFLICT DO UPDATE SET a = a + excluded.a", "operate"},
		{"INSERT INTO old (PK, a) VALUES (1, 5), (6, 7) ON CONFLICT DO UPDATE SET a = a + excluded.a", "batch write"},
		{"INSERT INTO old (PK, a) VALUES (1, 5) ON CONFLICT DO UPDATE SET b = 7", "operate operate"},
		{"INSERT INTO old (PK, a) VALUES (1, 5) ON CONFLICT DO UPDATE SET b = old.a * 2", "operate get operate"},
		{"INSERT INTO old (PK, a) VALUES (1, 5) ON CONFLICT DO UPDATE SET b = 7 WHERE old.a < 9", "operate get operate"},
		{"UPDATE old SET b = 5 WHERE PK = 1", "operate"},
		{"UPDATE old SET a = a + 1 WHERE PK IN (1, 2)", "batch write"},
		{"UPDATE old SET b = a * 2 WHERE PK = 1", "get operate"},
		{"UPDATE old SET b = a * 2 WHERE PK IN (1, 2)", "batch read batch write"},
		{"UPDATE old SET b = a * 2 WHERE a > 0", "batch write"},
		{"UPDATE old SET b = 3 WHERE a > 0", "batch write"},
		{"UPDATE old SET b = __ttl, c = __generation WHERE __ttl > 5 AND PK = 1", "get operate"},
		{"UPDATE old SET b = 3 ORDER BY a DESC LIMIT 1", "operate"},
	} {
		for _, ttl := range []string{"'1h'", "never", "default"} {
			s.exec("TRUNCATE t")
			s.exec("TRUNCATE old")
			s.exec("INSERT INTO old (PK, a) VALUES (1, 1), (2, 2), (3, 3) WITH (ttl = 60)")
			s.exec("UPDATE old SET a = a + 1 WITH (ttl = 100)")
			before := r.commands
			r.commands = nil
			got := s.rows(c.sql + " RETURNING " + columns + ", __ttl, __ttl > 0 AND __void_time > __last_update WITH (ttl = " + ttl + ")")
			if c.commands != "" {
				assert.Equal(t, c.commands, strings.Join(r.commands, " "), "%s (ttl %s)", c.sql, ttl)
			}
			r.commands = before
			require.NotEmpty(t, got, c.sql)
			set := got[0][5]
			for _, row := range got {
				wantTTL, limited := "-1", "false"
				if ttl == "'1h'" {
					wantTTL, limited = "3600", "true"
				}
				want := s.rows("SELECT " + columns + " FROM " + set + " WHERE PK = " + row[0])
				require.Len(t, want, 1)
				assert.Equal(t, append(want[0], wantTTL), row[:8], "%s (ttl %s)", c.sql, ttl)
				if ttl == "'1h'" {
					assert.Equal(t, limited, row[8], c.sql)
				}
			}
		}
	}
}

// RETURNING of a DELETE has the metadata that the record had.
func TestReturningOfDeleted(t *testing.T) {
	s := openSession(t, Options{})
	const columns = "PK, __generation, __void_time, __last_update, __size, __digest, __set, a"
	for _, condition := range []string{"PK = 1", "PK IN (1, 2)", "a > 0", "TRUE ORDER BY a LIMIT 2"} {
		s.exec("TRUNCATE t")
		s.exec("INSERT INTO t (PK, a) VALUES (1, 1), (2, 2) WITH (ttl = 60)")
		s.exec("UPDATE t SET a = a + 1 WITH (ttl = 100)")
		want := s.rows("SELECT " + columns + " FROM t WHERE " + condition)
		require.NotEmpty(t, want)
		require.ElementsMatch(t, want, s.rows("DELETE FROM t WHERE "+condition+" RETURNING "+columns), condition)
	}
}

// The size of a record that is written is not in the server's answer.
func TestReturningOfSize(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 1)")
	for _, sql := range []string{
		"INSERT INTO t (PK, a) VALUES (2, 1)", "UPSERT INTO t (PK, a) VALUES (1, 1)", "REPLACE INTO t (PK, a) VALUES (1, 1)",
		"UPDATE t SET a = 1 WHERE PK = 1", "INSERT INTO t (PK, a) VALUES (1, 1) ON CONFLICT DO UPDATE SET a = 5",
	} {
		_, err := s.try(sql + " RETURNING a, __size + 1")
		require.ErrorIs(t, err, ast.ErrUnsupported, sql)
		require.ErrorContains(t, err, "__size in RETURNING is supported for DELETE only", sql)
	}
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM t"))
}

// An error in RETURNING that depends on the answer says that the record is written.
func TestReturningFailsAfterWrite(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 1), (2, 1)")
	const item = "(SELECT x.a FROM t AS x WHERE x.a + 776 = t.__ttl)"
	require.Equal(t, "nil", s.one("INSERT INTO t (PK, a) VALUES (3, 1) RETURNING "+item))
	_, err := s.try("INSERT INTO t (PK, a) VALUES (4, 1) RETURNING " + item + " WITH (ttl = 777)")
	require.ErrorContains(t, err, "the record was written, but RETURNING failed")
	require.Equal(t, "4", s.one("SELECT COUNT(*) FROM t"))
}
