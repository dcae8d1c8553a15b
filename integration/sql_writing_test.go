package integration

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// The tests of this file hold that writing has none of the faults that drivers for this server have
// had, as sql_reading_test.go does for reading.

// A condition beside the key decides whether the record is written, in every form of UPDATE and
// DELETE.
func TestUpdateByKeyChecksTheWholeCondition(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(2, "INSERT INTO $t (PK, a, b) VALUES ('x', 0, 5), ('y', 0, 6)")
		sh.exec(0, "UPDATE $t SET a = 1 WHERE PK = 'x' AND b = 6")
		sh.exec(0, "UPDATE $t SET a = b WHERE PK = 'x' AND b = 6")
		sh.exec(0, "UPDATE $t SET a = 1 WHERE b = 6 AND PK = 'x' AND LENGTH(b || '') > 0")
		sh.exec(1, "UPDATE $t SET a = 1 WHERE PK IN ('x', 'y') AND b = 6")
		sh.exec(0, "DELETE FROM $t WHERE PK = 'x' AND b <> 5")
		sh.exec(0, "DELETE FROM $t WHERE PK = 'x' AND NOT (b = 5 AND a = 0)")
		require.Equal(t, []string{"0", "1"}, sh.query("SELECT a FROM $t ORDER BY b"))
		sh.exec(1, "UPDATE $t SET a = 1 WHERE PK = 'x' AND b = 5")
	})
}

// A batch that fails in part reports the rows that failed, and counts only those that were written.
func TestBatchesReportFailedRows(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(2, "INSERT INTO $t (PK, a) VALUES (1, 1), (3, 'text')")
		err := sh.fails(protocol.KeyExists, "INSERT INTO $t (PK, a, b) VALUES (0, 0, NULL), (1, 1, 1), (2, 2, 2)")
		partial, ok := errors.AsType[*exec.PartialError](err)
		require.True(t, ok)
		require.EqualValues(t, 2, partial.RowsAffected)
		err = sh.fails(protocol.BinTypeError, "UPDATE $t SET a = a + 1 WHERE PK IN (0, 1, 2, 3)")
		require.ErrorContains(t, err, "key 3")
		require.Equal(t, []string{"text"}, sh.query("SELECT a FROM $t WHERE PK = 3"))
	})
}

// Commit and Rollback report what happened. Rollback takes back; where that is not possible it is
// an error, and no setting commits silently.
func TestTheEndOfATransactionIsReported(t *testing.T) {
	address, _ := strongServer(t)
	db, err := sql.Open("aerospike", "aerospike://"+address+"/test")
	require.NoError(t, err)
	defer db.Close()
	sh := &shell{t, db, "t"}
	sh.exec(1, "INSERT INTO t (PK, a) VALUES (1, 1)")
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.Exec("UPDATE t SET a = 2 WHERE PK = 1")
	require.NoError(t, err)
	require.NoError(t, tx.Rollback())
	require.Equal(t, []string{"1"}, sh.query("SELECT a FROM t WHERE PK = 1"))

	onEachSQL(t, "?tx=autocommit", func(t *testing.T, sh *shell) {
		tx, err := sh.db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.Exec(sh.text("INSERT INTO $t (PK, a) VALUES (1, 1)"))
		require.NoError(t, err)
		require.ErrorIs(t, tx.Rollback(), driver.ErrNotRolledBack)
	})
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		_, err := sh.db.BeginTx(t.Context(), nil)
		require.ErrorIs(t, err, driver.ErrNoTransactions)
	})
}

// A statement that writes what a scan finds checks its condition in each write, so that a record
// that others have changed meanwhile is not written. It obeys scan=deny, and a failure is an error.
func TestScanWritesCheckEachRecordAgain(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(400)
		var wg sync.WaitGroup
		counts := make([]int64, 4)
		for i := range counts {
			wg.Go(func() {
				// All want the same records; each record belongs to one of them.
				result, err := sh.db.ExecContext(context.Background(), sh.text("UPDATE $t SET m = 100, n = n * 1 WHERE m = 7"))
				if err != nil {
					t.Error(err)
					return
				}
				counts[i], _ = result.RowsAffected()
			})
		}
		wg.Wait()
		require.EqualValues(t, 40, counts[0]+counts[1]+counts[2]+counts[3])
		sh.exec(1, "UPDATE $t SET n = 'text' WHERE PK = 5")
		err := sh.fails(protocol.BinTypeError, "UPDATE $t SET n = n + 1 WHERE m < 100")
		partial, ok := errors.AsType[*exec.PartialError](err)
		require.True(t, ok)
		_, isBatch := errors.AsType[*cluster.BatchError](err)
		require.True(t, isBatch || partial.RowsAffected >= 0)
	})
	onEachSQL(t, "?scan=deny", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, a) VALUES (1, 1)")
		sh.fails(querylang.ErrScanDenied, "UPDATE $t SET a = 2 WHERE a = 1")
		sh.fails(querylang.ErrScanDenied, "DELETE FROM $t")
		sh.fails(querylang.ErrScanDenied, "DELETE FROM $t WHERE a = 1 WITH (background)")
	})
}
