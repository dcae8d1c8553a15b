package driver

import "errors"

// Failures of the driver itself.
var (
	// ErrNoTransactions means that BeginTx can't begin a transaction, as the namespace has no strong consistency or a
	// server is older than version 8. tx=autocommit in the data source name lets the statements of a Tx take effect one
	// by one instead.
	ErrNoTransactions = errors.New("transactions need strong consistency and servers of version 8 or later; " +
		"with tx=autocommit in the data source name each statement takes effect by itself")
	// ErrIsolation means an isolation level other than the default one and, for transactions of the cluster, serializable.
	ErrIsolation = errors.New("isolation level not supported")
	// ErrNotRolledBack means a Rollback, in the mode tx=autocommit, after statements that took effect.
	ErrNotRolledBack = errors.New("not rolled back: the statements have taken effect, one by one")
	// ErrReadOnly means a statement that writes in a transaction that only reads.
	ErrReadOnly = errors.New("the transaction is read-only")
	// ErrClosed means that the connector was closed.
	ErrClosed = errors.New("the data source is closed")
)
