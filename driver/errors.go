package driver

import "errors"

// Errors of the driver itself, for errors.Is. See the package comment for the others.
var (
	// ErrNoTransactions means that BeginTx can't begin a transaction: the namespace does not have
	// strong consistency, or a server is older than version 8. With tx=autocommit in the data
	// source name BeginTx succeeds, and each statement takes effect at once.
	ErrNoTransactions = errors.New("transactions need strong consistency and server 8 or later; " +
		"with tx=autocommit in the data source name each statement takes effect at once")
	// ErrIsolation means that BeginTx was called with an isolation level other than the default
	// and, for a transaction of the cluster, serializable.
	ErrIsolation = errors.New("isolation level not supported")
	// ErrNotRolledBack is returned by Rollback with tx=autocommit if a statement has written: its
	// effect stays.
	ErrNotRolledBack = errors.New("not rolled back: with tx=autocommit each statement has taken effect already")
	// ErrReadOnly means that a statement that writes was run in a read-only transaction.
	ErrReadOnly = errors.New("the transaction is read-only")
	// ErrNoTransaction means that COMMIT or ROLLBACK ran in a session without an open transaction.
	// Statements of an sql.DB can run in different sessions; use an sql.Conn, or BeginTx.
	ErrNoTransaction = errors.New("no transaction is open in this session; run BEGIN and what belongs to it on one sql.Conn, or use BeginTx")
	// ErrBeginTx means that COMMIT or ROLLBACK ran in a session whose transaction was begun with
	// BeginTx.
	ErrBeginTx = errors.New("the transaction was begun with BeginTx; end it with Commit or Rollback of the sql.Tx")
	// ErrClosed means that the Connector, and with it the sql.DB, was closed.
	ErrClosed = errors.New("the database is closed")
	// ErrOtherDriver means that an sql.DB, sql.Conn or sql.Tx belongs to another driver.
	ErrOtherDriver = errors.New("opened with another driver")
)
