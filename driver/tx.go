package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
)

// A tx is the open transaction of a session. With tx=autocommit there is no transaction of the
// cluster, and the tx only remembers whether a statement has written.
type tx struct {
	conn     *Conn
	ctx      context.Context // of BeginTx, used by Commit
	txn      *cluster.Txn    // nil with tx=autocommit
	readOnly bool
	wrote    bool
	text     bool // begun by BEGIN, not by BeginTx
}

var _ driver.Tx = (*tx)(nil)

// Begin is BeginTx with default options.
func (c *Conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx begins a transaction; see the package comment. It sends nothing. It returns
// ErrNoTransactions if the namespace does not support transactions.
func (c *Conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.tx != nil {
		return nil, c.tx.nested()
	}
	if cluster.TxnFrom(ctx) != nil {
		return nil, cluster.ErrTxnNested
	}
	t := &tx{conn: c, ctx: ctx, readOnly: o.ReadOnly}
	if c.cfg.Tx != TxAutocommit {
		if !c.mayTransact() {
			return nil, fmt.Errorf("namespace %s: %w", c.options.Namespace, ErrNoTransactions)
		}
		t.txn = cluster.NewTxn(cluster.TxnOptions{Timeout: timeoutOf(ctx)})
	}
	if level := sql.IsolationLevel(o.Isolation); !t.isolates(level) {
		return nil, fmt.Errorf("%w: %s", ErrIsolation, level)
	}
	c.tx = t
	return t, nil
}

// mayTransact reports whether a transaction can be begun. Without a default namespace it returns
// true, and the first statement of the transaction fails if its namespace has no transactions.
func (c *Conn) mayTransact() bool {
	return c.options.Namespace == "" || c.client.SupportsTxn(c.options.Namespace)
}

// isolates reports whether the transaction provides an isolation level. A transaction of the
// cluster is serializable.
func (t *tx) isolates(level sql.IsolationLevel) bool {
	return level == sql.LevelDefault || level == sql.LevelSerializable && t.txn != nil
}

// timeoutOf returns the timeout of a transaction, from its context's deadline, or 0 for the
// server's default. The server releases the transaction's locks after the timeout even if the
// program has stopped.
func timeoutOf(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return min(max(time.Until(deadline), time.Second), cluster.MaxTxnTimeout)
}

// note records a statement that is about to run in t, which may be nil. It returns ErrReadOnly if
// the transaction is read-only and the statement writes.
func (t *tx) note(s *statement) error {
	if t == nil || !s.Writes() {
		return nil
	}
	if t.readOnly {
		return ErrReadOnly
	}
	t.wrote = true
	return nil
}

// within returns a context that carries the transaction, or ctx itself if there is none.
func (t *tx) within(ctx context.Context) context.Context {
	if t == nil || t.txn == nil {
		return ctx
	}
	return cluster.WithTxn(ctx, t.txn)
}

// Commit commits the transaction. If the error is a *cluster.CommitError with InDoubt, the outcome
// is unknown and Commit of its Txn can be tried again. After any other error the transaction is
// rolled back. With tx=autocommit Commit does nothing.
func (t *tx) Commit() error { return t.commit(t.ctx) }

func (t *tx) commit(ctx context.Context) error {
	t.conn.tx = nil
	if t.txn == nil {
		return nil
	}
	t.conn.session.EndTransaction(t.txn)
	return t.conn.client.CommitOrAbort(ctx, t.txn)
}

// Rollback rolls the transaction back, even if its context has ended. With tx=autocommit it returns
// ErrNotRolledBack if a statement has written.
func (t *tx) Rollback() error {
	if t.txn == nil && t.wrote {
		t.conn.tx = nil
		return ErrNotRolledBack
	}
	return t.conn.rollBack()
}

// rollBack rolls back the session's open transaction, if any.
func (c *Conn) rollBack() error {
	t := c.tx
	c.tx = nil
	if t == nil || t.txn == nil {
		return nil
	}
	c.session.EndTransaction(t.txn)
	_, err := c.client.Abort(context.WithoutCancel(t.ctx), t.txn)
	return err
}
