package exec

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

func TestInsertVerbs(t *testing.T) {
	s := openSession(t, Options{})
	require.EqualValues(t, 1, s.exec("INSERT INTO t (PK, a, b) VALUES (1, 1, 1)"))
	_, err := s.try("INSERT INTO t (PK, a) VALUES (1, 2)")
	require.ErrorIs(t, err, protocol.KeyExists)
	require.EqualValues(t, 1, s.exec("UPSERT INTO t (PK, a, c) VALUES (1, 2, NULL)"))
	require.Equal(t, [][]string{{"2", "1"}}, s.rows("SELECT a, b FROM t WHERE PK = 1"))
	s.exec("UPSERT INTO t (PK, a, b) VALUES (1, 3, NULL)")
	require.Equal(t, [][]string{{"3", "nil"}}, s.rows("SELECT a, b FROM t WHERE PK = 1"), "NULL removes the bin")
	s.exec("REPLACE INTO t (PK, c, d) VALUES (1, 4, NULL)")
	columns, rows := s.query("SELECT * FROM t WHERE PK = 1")
	require.Equal(t, []string{"c"}, columns)
	require.Equal(t, [][]string{{"4"}}, rows)
}

func TestInsertReportsFailedRows(t *testing.T) {
	s := openSession(t, Options{})
	require.EqualValues(t, 1, s.exec("INSERT INTO t (PK, a) VALUES (2, 1)"))
	_, err := s.try("INSERT INTO t (PK, a) VALUES (1, 1), (2, 2), (3, 3)")
	require.ErrorIs(t, err, protocol.KeyExists)
	var partial *PartialError
	require.ErrorAs(t, err, &partial)
	require.EqualValues(t, 2, partial.RowsAffected)
	var batch *cluster.BatchError
	require.ErrorAs(t, err, &batch)
	require.Equal(t, 1, batch.Failed)
	require.NoError(t, batch.Results[0].Err)
	require.ErrorIs(t, batch.Results[1].Err, protocol.KeyExists)
	require.Equal(t, "1", s.one("SELECT a FROM t WHERE PK = 2"))
	require.Equal(t, "3", s.one("SELECT COUNT(*) FROM t"))
	_, err = s.try("UPSERT INTO t (PK, a) VALUES (7, 1), (8, 1), (7, 2)")
	require.ErrorIs(t, err, ast.ErrArguments, "two rows have the same key")
	require.Equal(t, "3", s.one("SELECT COUNT(*) FROM t"), "nothing was sent")
}

func TestUpdateByKey(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, n, f, s, b, gone) VALUES (1, 5, 1.5, 'x', X'01', 1)")
	require.EqualValues(t, 1, s.exec(
		"UPDATE t SET n = n - 2, f = 0.25 + f, s = 'a' || s, b = b || X'02', gone = NULL, new = ?, cnt = cnt + 1 WHERE PK = 1", true))
	columns, rows := s.query("SELECT * FROM t WHERE PK = 1")
	require.Equal(t, "b cnt f n new s", strings.Join(columns, " "))
	require.Equal(t, "0x0102 1 1.75 3 true ax", strings.Join(rows[0], " "))
	require.Equal(t, "2", s.one("SELECT __generation FROM t WHERE PK = 1"), "one command")
	require.EqualValues(t, 0, s.exec("UPDATE t SET n = 1 WHERE PK = 2"))
	require.Empty(t, s.rows("SELECT * FROM t WHERE PK = 2"), "UPDATE creates nothing")
	require.EqualValues(t, 0, s.exec("UPDATE t SET n = 1 WHERE PK = NULL"))
	_, err := s.try("UPDATE t SET s = s + 1 WHERE PK = 1")
	require.ErrorIs(t, err, protocol.BinTypeError)
}

func TestUpdateComputesFromTheRecord(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, b, n) VALUES (1, 2, 3, 1), (2, 20, 30, 1)")
	require.EqualValues(t, 1, s.exec("UPDATE t SET a = b, b = a, c = a * b, n = n + 1 WHERE PK = 1"))
	require.Equal(t, [][]string{{"3", "2", "6", "2"}}, s.rows("SELECT a, b, c, n FROM t WHERE PK = 1"), "from the values before")
	require.EqualValues(t, 2, s.exec("UPDATE t SET c = -a"))
	require.Equal(t, [][]string{{"-3"}, {"-20"}}, s.rows("SELECT c FROM t WHERE PK IN (1, 2)"))
}

func TestUpdateChecksTheWholeCondition(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, b) VALUES ('x', 0, 4), ('y', 0, 5)")
	require.EqualValues(t, 0, s.exec("UPDATE t SET a = 1 WHERE PK = 'x' AND b = 5"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET a = 1 WHERE PK IN ('x', 'y', 'z') AND b = 5"))
	require.EqualValues(t, 0, s.exec("UPDATE t SET a = 1 WHERE PK = 'x' AND PK = 'y'"))
	require.EqualValues(t, 0, s.exec("UPDATE t SET a = 1 WHERE PK = 'x' AND missing <> 5"))
	require.Equal(t, [][]string{{"0"}, {"1"}}, s.rows("SELECT a FROM t WHERE PK IN ('x', 'y')"))
	require.EqualValues(t, 0, s.exec("DELETE FROM t WHERE PK = 'x' AND b = 5"))
	require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE PK = 'x' AND b = 4"))
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM t"))
}

func TestGenerationIsACondition(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a) VALUES (1, 1)")
	require.EqualValues(t, 1, s.exec("UPDATE t SET a = 2 WHERE PK = 1 AND __generation = ?", 1))
	for _, stale := range []any{1, 3, 0, -1, 1 << 40, nil, "2", 1.5} {
		require.EqualValues(t, 0, s.exec("UPDATE t SET a = 3 WHERE PK = 1 AND __generation = ?", stale), "%v", stale)
		require.EqualValues(t, 0, s.exec("DELETE FROM t WHERE PK = 1 AND __generation = ?", stale), "%v", stale)
	}
	require.EqualValues(t, 0, s.exec("UPDATE t SET a = 3 WHERE PK = 9 AND __generation = 0"))
	require.EqualValues(t, 0, s.exec("UPDATE t SET a = 3 WHERE PK = 1 AND __generation = 2 AND a = 3"))
	require.EqualValues(t, 1, s.exec("UPDATE t SET a = 3 WHERE PK = 1 AND __generation = 2.0"))
	require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE PK = 1 AND __generation = 3"))
}

func TestWritesByScan(t *testing.T) {
	s := openSession(t, Options{})
	for i := range 600 {
		s.exec("INSERT INTO t (PK, n) VALUES (?, ?)", i, i)
	}
	s.exec("INSERT INTO other (PK, n) VALUES (1, 1)")
	require.EqualValues(t, 300, s.exec("UPDATE t SET even = TRUE WHERE n % 2 = 0"))
	require.EqualValues(t, 600, s.exec("UPDATE t SET n = n + 1"))
	require.Equal(t, "300", s.one("SELECT COUNT(*) FROM t WHERE even AND n % 2 = 1"))
	require.EqualValues(t, 299, s.exec("DELETE FROM t WHERE even AND n > 2"))
	require.EqualValues(t, 301, s.exec("DELETE FROM t"))
	require.EqualValues(t, 0, s.exec("DELETE FROM t"))
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM other"))
}

func TestWritesByKeys(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, n) VALUES (1, 1), (2, 2), (3, 3)")
	require.EqualValues(t, 2, s.exec("UPDATE t SET n = n + 10 WHERE PK IN (1, 3, 9, NULL, 1)"))
	require.Equal(t, [][]string{{"11"}, {"2"}, {"13"}}, s.rows("SELECT n FROM t WHERE PK IN (1, 2, 3)"))
	require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE PK IN (?)", []any{1, 2, 4}))
	require.EqualValues(t, 1, s.exec("DELETE FROM t WHERE PK = 3"))
	require.EqualValues(t, 0, s.exec("DELETE FROM t WHERE PK = 3"))
}

func TestTruncate(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, n) VALUES (1, 1)")
	s.exec("INSERT INTO other (PK, n) VALUES (1, 1)")
	require.EqualValues(t, 0, s.exec("TRUNCATE TABLE t"))
	require.Equal(t, "1", s.one("SELECT COUNT(*) FROM other"))
}

// No update is lost if many statements compute new values of a record at the same time.
func TestConcurrentGuardedUpdates(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, n, step) VALUES (1, 0, 1)")
	const workers, rounds = 4, 10
	plan := statement(t, s.client, "UPDATE t SET n = n + step WHERE PK = 1")
	byScan := statement(t, s.client, "UPDATE t SET n = n + step WHERE step = 1")
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range rounds {
				p := plan
				if w == 0 {
					p = byScan
				}
				r, err := s.engine.NewSession().Run(context.Background(), p, nil)
				if err != nil || r.Affected != 1 {
					t.Errorf("%+v, %v", r, err)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, "40", s.one("SELECT n FROM t WHERE PK = 1"))
}
