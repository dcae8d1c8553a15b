package exec

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// openStrong starts a cluster with transactions and stores the records 1 to 4.
func openStrong(t *testing.T) *session {
	s := openSessionOn(t, devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}, {Name: "other", StrongConsistency: true}},
	}, Options{})
	s.exec("INSERT INTO t (PK, n) VALUES (1, 10), (2, 20), (3, 30), (4, 40)")
	return s
}

// begin returns a session whose statements belong to a new transaction.
func (s *session) begin() (*session, *cluster.Txn) {
	txn := cluster.NewTxn(cluster.TxnOptions{})
	within := *s
	within.ctx = cluster.WithTxn(s.ctx, txn)
	return &within, txn
}

// content returns the set t as text.
func (s *session) content() string {
	var b strings.Builder
	for _, pk := range []int{1, 2, 3, 4, 5, 6} {
		for _, row := range s.rows("SELECT n FROM t WHERE PK = ?", pk) {
			b.WriteString(" " + protocol.Int(int64(pk)).String() + ":" + row[0])
		}
	}
	return strings.TrimSpace(b.String())
}

// The effect of every kind of statement that writes is visible inside the transaction at once,
// outside after the commit, and never if it is rolled back.
func TestStatementsOfATransaction(t *testing.T) {
	const before = "1:10 2:20 3:30 4:40"
	for sql, test := range map[string]struct {
		affected int64
		after    string
	}{
		"INSERT INTO t (PK, n) VALUES (5, 50)":                    {1, before + " 5:50"},
		"INSERT INTO t (PK, n) VALUES (5, 50), (6, 60)":           {2, before + " 5:50 6:60"},
		"UPSERT INTO t (PK, n) VALUES (1, 11)":                    {1, "1:11 2:20 3:30 4:40"},
		"UPSERT INTO t (PK, n) VALUES (1, 11), (5, 50)":           {2, "1:11 2:20 3:30 4:40 5:50"},
		"REPLACE INTO t (PK, n) VALUES (2, 22)":                   {1, "1:10 2:22 3:30 4:40"},
		"UPDATE t SET n = n + 1 WHERE PK = 1":                     {1, "1:11 2:20 3:30 4:40"},
		"UPDATE t SET n = n * 2 WHERE PK = 1 AND n = 10":          {1, "1:20 2:20 3:30 4:40"},
		"UPDATE t SET n = 7 WHERE PK = 1 AND n = 11":              {0, before},
		"UPDATE t SET n = 1 WHERE PK IN (1, 2, 5)":                {2, "1:1 2:1 3:30 4:40"},
		"UPDATE t SET n = n * 2 WHERE PK IN (1, 2, 3) AND n > 10": {2, "1:10 2:40 3:60 4:40"},
		"UPDATE t SET n = NULL WHERE PK = 3":                      {1, "1:10 2:20 4:40"},
		"DELETE FROM t WHERE PK = 1":                              {1, "2:20 3:30 4:40"},
		"DELETE FROM t WHERE PK = 5":                              {0, before},
		"DELETE FROM t WHERE PK = 1 AND n = 10":                   {1, "2:20 3:30 4:40"},
		"DELETE FROM t WHERE PK IN (1, 2, 3, 6)":                  {3, "4:40"},
		"DELETE FROM t WHERE PK IN (1, 2, 3) AND n > 10":          {2, "1:10 4:40"},
	} {
		t.Run(sql, func(t *testing.T) {
			for _, commit := range []bool{false, true} {
				s := openStrong(t)
				within, txn := s.begin()
				require.Equal(t, test.affected, within.exec(sql))
				require.Equal(t, test.after, within.content())
				require.Equal(t, before, s.content(), "not visible outside")
				after := before
				if commit {
					_, err := s.client.Commit(t.Context(), txn)
					require.NoError(t, err)
					after = test.after
				} else {
					_, err := s.client.Abort(t.Context(), txn)
					require.NoError(t, err)
				}
				require.Equal(t, after, s.content())
			}
		})
	}
}

// A commit fails if a record that the transaction has read, by one key or by several, was changed.
func TestReadsOfATransaction(t *testing.T) {
	for sql, rows := range map[string]int{
		"SELECT n FROM t WHERE PK = 1":                        1,
		"SELECT * FROM t WHERE PK = 1":                        1,
		"SELECT PK FROM t WHERE PK = 1 AND n > 10":            0,
		"SELECT COUNT(*) FROM t WHERE PK IN (1, 2)":           1,
		"SELECT n FROM t WHERE PK IN (1, 2, 5)":               2,
		"SELECT GENERATION FROM t WHERE PK IN (1, 2) LIMIT 1": 1,
	} {
		t.Run(sql, func(t *testing.T) {
			s := openStrong(t)
			within, txn := s.begin()
			require.Len(t, within.rows(sql), rows)
			within.exec("UPDATE t SET n = 0 WHERE PK = 4")
			s.exec("UPDATE t SET n = n + 1 WHERE PK = 1")
			_, err := s.client.Commit(t.Context(), txn)
			require.ErrorIs(t, err, protocol.TransactionVersionMismatch)
			require.Equal(t, "1:11 2:20 3:30 4:40", s.content())
		})
	}
}

// In a transaction a guarded plan does not read a changed record again, because the transaction
// can't be committed any more.
func TestConflictWithinATransaction(t *testing.T) {
	s := openStrong(t)
	within, _ := s.begin()
	require.Equal(t, "10", within.one("SELECT n FROM t WHERE PK = 1"))
	s.exec("UPDATE t SET n = 5 WHERE PK = 1")
	for _, sql := range []string{
		"SELECT n FROM t WHERE PK = 1", "UPDATE t SET n = n * 2 WHERE PK = 1", "UPDATE t SET n = n + 1 WHERE PK = 1", "DELETE FROM t WHERE PK = 1",
		"UPDATE t SET n = n * 2 WHERE PK IN (1, 2)",
	} {
		_, err := within.try(sql)
		require.ErrorIs(t, err, protocol.TransactionVersionMismatch, sql)
	}
	other, _ := s.begin()
	other.exec("UPDATE t SET n = 1 WHERE PK = 2")
	_, err := s.try("UPDATE t SET n = n * 2 WHERE PK = 2")
	require.ErrorIs(t, err, protocol.TransactionBlocked)
	require.Equal(t, "20", s.one("SELECT n FROM t WHERE PK = 2"), "reads are not blocked")
}

func TestPlansThatCannotBelongToATransaction(t *testing.T) {
	s := openStrong(t)
	within, _ := s.begin()
	for _, sql := range []string{
		"SELECT * FROM t", "SELECT COUNT(*) FROM t", "SELECT n FROM t WHERE n = 1", "UPDATE t SET n = 1", "DELETE FROM t WHERE n = 10", "TRUNCATE TABLE t",
	} {
		_, err := within.try(sql)
		require.ErrorIs(t, err, cluster.ErrTxnQuery, sql)
		require.ErrorIs(t, err, ast.ErrUnsupported, sql)
	}
	require.Equal(t, "1:10 2:20 3:30 4:40", s.content())
	_, rows := within.query("EXPLAIN SELECT * FROM t")
	require.NotEmpty(t, rows, "EXPLAIN is allowed")
	require.Equal(t, "2", within.one("SELECT 1 + 1"))
	_, err := within.try("INSERT INTO t (PK, n) VALUES (5, 1)")
	require.NoError(t, err, "the transaction is still usable")
	_, err = within.try("INSERT INTO other.t (PK, n) VALUES (5, 1)")
	require.ErrorIs(t, err, cluster.ErrTxnNamespace)
}

// A statement that writes several records by their keys is one transaction, if the namespace has
// strong consistency.
func TestStatementsAreAtomic(t *testing.T) {
	s := openStrong(t)
	const before = "1:10 2:20 3:30 4:40"
	for _, sql := range []string{
		"INSERT INTO t (PK, n) VALUES (5, 1), (1, 1), (6, 1)",
		"UPDATE t SET n = n || 'x' WHERE PK IN (1, 2)",
		"UPDATE t SET n = 1 / (n - 20) + (SELECT n FROM t WHERE PK IN (3, 4)) WHERE PK IN (1, 2)",
	} {
		_, err := s.try(sql)
		require.Error(t, err, sql)
		require.Equal(t, before, s.content(), sql)
	}
	_, err := s.try("INSERT INTO t (PK, n) VALUES (5, 1), (1, 1) WITH (atomic = off)")
	require.ErrorIs(t, err, protocol.KeyExists)
	require.Equal(t, before+" 5:1", s.content())
	require.EqualValues(t, 2, s.exec("DELETE FROM t WHERE PK IN (5, 4, 6)"))
	require.EqualValues(t, 3, s.exec("UPSERT INTO t (PK, n) VALUES (1, 11), (4, 44), (5, 55)"))
	require.Equal(t, "1:11 2:20 3:30 4:44 5:55", s.content())

	var group sync.WaitGroup // the transactions conflict, and all of them succeed
	for range 4 {
		group.Go(func() {
			for range 5 {
				if n, err := s.try("UPDATE t SET n = n + 1 WHERE PK IN (1, 2, 3)"); n != 3 || err != nil {
					t.Errorf("affected %d, %v", n, err)
				}
			}
		})
	}
	group.Wait()
	require.Equal(t, "1:31 2:40 3:50 4:44 5:55", s.content())
}
