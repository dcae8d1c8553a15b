package driver_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// startStrong starts a cluster whose namespace "sc" has strong consistency and whose namespace
// "test" does not. The namespace of the Config is "sc".
func startStrong(t testing.TB, clock func() time.Time) (*devserver.Server, driver.Config) {
	server, err := devserver.Start(devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise, Clock: clock,
		Namespaces: []devserver.NamespaceOptions{{Name: "sc", StrongConsistency: true}, {Name: "test"}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return server, driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "sc", Timeout: time.Minute}
}

// openStrong opens a database with transactions. The set t has the records 1 to 3.
func openStrong(t testing.TB, change func(*driver.Config)) *sql.DB {
	_, cfg := startStrong(t, nil)
	if change != nil {
		change(&cfg)
	}
	db := openConfig(t, cfg)
	execute(t, db, "INSERT INTO sc.t (PK, n) VALUES (1, 10), (2, 20), (3, 30)")
	return db
}

func openConfig(t testing.TB, cfg driver.Config) *sql.DB {
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// A querier is an sql.DB, an sql.Conn or an sql.Tx.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// numbers returns the bin n of the records that exist, by key.
func numbers(t testing.TB, db querier, keys ...int) map[int]int {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), "SELECT PK, n FROM sc.t WHERE PK IN (?)", keys)
	require.NoError(t, err)
	defer rows.Close()
	found := make(map[int]int)
	for rows.Next() {
		var pk, n int
		require.NoError(t, rows.Scan(&pk, &n))
		found[pk] = n
	}
	require.NoError(t, rows.Err())
	return found
}

func TestTransactionTakesEffectAtOnce(t *testing.T) {
	db := openStrong(t, nil)
	before, after := map[int]int{1: 10, 2: 20, 3: 30}, map[int]int{1: 11, 2: 20, 4: 40, 5: 50}
	raise, err := db.Prepare("UPDATE t SET n = n + 1 WHERE PK = ?")
	require.NoError(t, err)
	defer raise.Close()
	for _, commit := range []bool{false, true} {
		tx, err := db.Begin()
		require.NoError(t, err)
		execute(t, tx, "INSERT INTO t (PK, n) VALUES (4, 40), (5, 50)")
		_, err = tx.Stmt(raise).Exec(1)
		require.NoError(t, err)
		require.EqualValues(t, 1, execute(t, tx, "DELETE FROM t WHERE PK = 3"))
		require.Equal(t, after, numbers(t, tx, 1, 2, 3, 4, 5))
		require.Equal(t, before, numbers(t, db, 1, 2, 3, 4, 5), "not visible outside")
		if commit {
			require.NoError(t, tx.Commit())
			require.ErrorIs(t, tx.Rollback(), sql.ErrTxDone)
			before = after
		} else {
			require.NoError(t, tx.Rollback())
			require.ErrorIs(t, tx.Commit(), sql.ErrTxDone)
		}
		require.Equal(t, before, numbers(t, db, 1, 2, 3, 4, 5))
	}
}

// Commit fails if a record that the transaction has read was changed.
func TestReadsOfTransactionAreVerified(t *testing.T) {
	db := openStrong(t, nil)
	tx, err := db.Begin()
	require.NoError(t, err)
	var n int
	require.NoError(t, tx.QueryRow("SELECT n FROM t WHERE PK = 1").Scan(&n))
	execute(t, tx, "UPDATE t SET n = ? WHERE PK = 2", n+1)
	_, err = db.Exec("UPDATE t SET n = 0 WHERE PK = 2")
	require.ErrorIs(t, err, protocol.TransactionBlocked, "a written record is locked")
	execute(t, db, "UPDATE t SET n = 0 WHERE PK = 1")
	err = tx.Commit()
	require.ErrorIs(t, err, protocol.TransactionVersionMismatch)
	var ce *cluster.CommitError
	require.ErrorAs(t, err, &ce)
	require.Equal(t, cluster.CommitVerifyFailed, ce.Status)
	require.False(t, ce.InDoubt)
	require.NotErrorIs(t, err, sqldriver.ErrBadConn)
	require.Equal(t, map[int]int{1: 0, 2: 20}, numbers(t, db, 1, 2))
	execute(t, db, "UPDATE t SET n = 0 WHERE PK = 2")
}

func TestScansDoNotBelongToTransactions(t *testing.T) {
	db := openStrong(t, nil)
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Query("SELECT * FROM t")
	require.ErrorIs(t, err, cluster.ErrTxnQuery)
	require.ErrorContains(t, err, `not supported: the statement queries sc.t, which can't be done in a transaction; `)
	require.ErrorContains(t, err, `select records by PK, or run the statement outside the transaction`)
	_, err = tx.Exec("TRUNCATE TABLE t")
	require.ErrorIs(t, err, cluster.ErrTxnQuery)
	_, err = tx.Exec("INSERT INTO test.t (PK, n) VALUES (1, 1)")
	require.ErrorIs(t, err, cluster.ErrTxnUnsupported)
	execute(t, tx, "UPDATE t SET n = 1 WHERE PK = 1")
	require.NoError(t, tx.Commit(), "the transaction is still usable")
	require.Equal(t, map[int]int{1: 1}, numbers(t, db, 1))
}

// database/sql rolls back when the context of BeginTx ends, and then releases the session. There is
// only one session, so the next statement waits for it.
func TestContextEndsTransaction(t *testing.T) {
	db := openStrong(t, nil)
	db.SetMaxOpenConns(1)
	ctx, cancel := context.WithCancel(t.Context())
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	execute(t, tx, "UPDATE t SET n = 0 WHERE PK = 1")
	cancel()
	require.EqualValues(t, 1, execute(t, db, "UPDATE t SET n = n + 1 WHERE PK = 1"), "the record is not locked")
	require.Error(t, tx.Commit())
	require.Equal(t, map[int]int{1: 11}, numbers(t, db, 1))
}

// The timeout of a transaction on the server is the deadline of its context, or 10 seconds.
func TestDeadlineIsTheTimeout(t *testing.T) {
	var passed atomic.Int64
	_, cfg := startStrong(t, func() time.Time { return time.Now().Add(time.Duration(passed.Load())) })
	db := openConfig(t, cfg)
	for timeout, committed := range map[time.Duration]bool{0: false, 30 * time.Second: false, 90 * time.Second: true, time.Hour: true} {
		ctx := t.Context()
		if timeout != 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, timeout)
			defer cancel()
		}
		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		execute(t, tx, "UPSERT INTO t (PK, n) VALUES (1, 1)")
		passed.Add(int64(time.Minute))
		err = tx.Commit()
		require.Equal(t, committed, err == nil, "%v: %v", timeout, err)
		if err != nil {
			require.ErrorIs(t, err, protocol.TransactionAborted)
		}
	}
}

// The driver retries a commit in doubt. If that fails the program can retry it with the error's
// Txn.
func TestCommitInDoubt(t *testing.T) {
	server, cfg := startStrong(t, nil)
	once := cluster.TxnPolicy{MaxRetries: cluster.NoRetries}
	client, err := cluster.Open(t.Context(), cluster.Config{
		Seeds: cfg.Seeds, Dial: cfg.Dial, Policies: cluster.Policies{TxnRoll: once, TxnVerify: once},
	})
	require.NoError(t, err)
	db := sql.OpenDB(driver.NewClientConnector(client, cfg))
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.NoError(t, client.Close())
	})
	isMark := func(r *devserver.Request) bool {
		return r.Message != nil && len(r.Message.Ops) == 1 && string(r.Message.Ops[0].Name) == "fwd"
	}
	for _, fault := range []devserver.Fault{
		{Match: isMark, Count: 2, Do: devserver.CutAnswer(0)},
		{Match: isMark, Do: devserver.Break()},
	} {
		tx, err := db.Begin()
		require.NoError(t, err)
		execute(t, tx, "UPSERT INTO t (PK, n) VALUES (1, 1)")
		remove := server.Inject(fault)
		err = tx.Commit()
		remove()
		if fault.Count > 0 {
			require.NoError(t, err)
			continue
		}
		require.NotErrorIs(t, err, sqldriver.ErrBadConn)
		var ce *cluster.CommitError
		require.ErrorAs(t, err, &ce)
		require.True(t, ce.InDoubt)
		_, err = db.Exec("UPDATE t SET n = 2 WHERE PK = 1")
		require.ErrorIs(t, err, protocol.TransactionBlocked)
		status, err := client.Commit(t.Context(), ce.Txn)
		require.NoError(t, err)
		require.Equal(t, cluster.CommitOK, status)
		execute(t, db, "UPDATE t SET n = 2 WHERE PK = 1")
	}
}

func TestTransactionOptions(t *testing.T) {
	db := openStrong(t, nil)
	for level := sql.LevelDefault; level <= sql.LevelLinearizable; level++ {
		tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
		if level == sql.LevelDefault || level == sql.LevelSerializable {
			require.NoError(t, err, level)
			require.NoError(t, tx.Rollback())
			continue
		}
		require.ErrorIs(t, err, driver.ErrIsolation)
		require.ErrorContains(t, err, level.String())
	}
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	require.Equal(t, map[int]int{1: 10}, numbers(t, tx, 1))
	_, err = tx.Exec("UPDATE t SET n = 1 WHERE PK = 1")
	require.ErrorIs(t, err, driver.ErrReadOnly)
	require.NoError(t, tx.Commit())
}

// Transactions depend on the namespace. Without a default namespace the first statement of the
// transaction reports the error.
func TestNamespacesWithoutTransactions(t *testing.T) {
	_, err := openStrong(t, func(c *driver.Config) { c.Namespace = "test" }).Begin()
	require.ErrorIs(t, err, driver.ErrNoTransactions)
	require.ErrorContains(t, err, "namespace test: ")

	db := openStrong(t, func(c *driver.Config) { c.Namespace = "" })
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec("INSERT INTO test.t (PK, n) VALUES (4, 40)")
	require.ErrorIs(t, err, cluster.ErrTxnUnsupported)
	execute(t, tx, "INSERT INTO sc.t (PK, n) VALUES (4, 40)")
	require.NoError(t, tx.Rollback())
	require.Empty(t, numbers(t, db, 4))

	db = openStrong(t, func(c *driver.Config) { c.Tx = driver.TxAutocommit })
	tx, err = db.Begin()
	require.NoError(t, err)
	execute(t, tx, "INSERT INTO sc.t (PK, n) VALUES (4, 40)")
	require.Equal(t, map[int]int{4: 40}, numbers(t, db, 4), "takes effect at once")
	require.ErrorIs(t, tx.Rollback(), driver.ErrNotRolledBack)
}

// A session with an open transaction is not valid for another use. Closing or resetting it rolls
// the transaction back.
func TestSessionWithOpenTransaction(t *testing.T) {
	_, cfg := startStrong(t, nil)
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	defer connector.Close()
	write := func(end func(*driver.Conn) error) {
		raw, err := connector.Connect(t.Context())
		require.NoError(t, err)
		conn := raw.(*driver.Conn)
		tx, err := conn.Begin()
		require.NoError(t, err)
		require.False(t, conn.IsValid())
		_, err = conn.Begin()
		require.ErrorIs(t, err, cluster.ErrTxnNested)
		_, err = conn.ExecContext(t.Context(), "INSERT INTO t (PK, n) VALUES (1, 1)", nil)
		require.NoError(t, err)
		require.NoError(t, end(conn))
		require.NoError(t, tx.Rollback(), "it is rolled back already")
		_, err = conn.Client().Get(t.Context(), nil, protocol.MustKey("sc", "t", 1))
		require.ErrorIs(t, err, protocol.KeyNotFound)
	}
	write((*driver.Conn).Close)
	write(func(c *driver.Conn) error {
		err := c.ResetSession(t.Context())
		require.True(t, c.IsValid())
		return err
	})
}

// With strong consistency a DELETE outside transactions needs durable_delete.
func TestDurableDelete(t *testing.T) {
	db := openStrong(t, nil)
	_, err := db.Exec("DELETE FROM t WHERE PK = 1")
	require.ErrorIs(t, err, protocol.Forbidden)
	db = openStrong(t, func(c *driver.Config) { c.DurableDelete = true })
	require.EqualValues(t, 1, execute(t, db, "DELETE FROM t WHERE PK = 1"))
	require.EqualValues(t, 2, execute(t, db, "DELETE FROM t WHERE n > 0"))
}
