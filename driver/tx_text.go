package driver

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
)

// nested returns the error of a transaction that is begun within t.
func (t *tx) nested() error {
	if t.text {
		return fmt.Errorf("%w: BEGIN has begun a transaction in this session; COMMIT or ROLLBACK ends it", cluster.ErrTxnNested)
	}
	return fmt.Errorf("%w: BeginTx has begun a transaction in this session", cluster.ErrTxnNested)
}

// textTransactions runs BEGIN, COMMIT and ROLLBACK on a session.
type textTransactions struct{ conn *Conn }

// Begin begins a transaction as BeginTx does. It outlives the statement's context, and its timeout
// is the server's default.
func (t textTransactions) Begin(ctx context.Context, readOnly bool) error {
	c := t.conn
	if c.tx != nil {
		return c.tx.nested()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := c.BeginTx(context.WithoutCancel(ctx), driver.TxOptions{ReadOnly: readOnly}); err != nil {
		return err
	}
	c.tx.text = true
	return nil
}

// Commit commits the transaction that BEGIN has begun. With tx=autocommit there may be none,
// because statements of an sql.DB can run in different sessions, and each has taken effect already.
func (t textTransactions) Commit(ctx context.Context) error {
	if t.conn.tx == nil && t.conn.cfg.Tx == TxAutocommit {
		return nil
	}
	open, err := t.open()
	if err != nil {
		return err
	}
	return open.commit(cluster.WithTxn(ctx, nil))
}

// Rollback rolls back the transaction that BEGIN has begun.
func (t textTransactions) Rollback(context.Context) error {
	open, err := t.open()
	if err != nil {
		return err
	}
	return open.Rollback()
}

// open returns the transaction that BEGIN has begun.
func (t textTransactions) open() (*tx, error) {
	switch open := t.conn.tx; {
	case open == nil:
		return nil, ErrNoTransaction
	case !open.text:
		return nil, ErrBeginTx
	default:
		return open, nil
	}
}
