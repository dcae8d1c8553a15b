package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang"
)

// A tx is what a session has open between BEGIN and COMMIT: a transaction of the cluster, or, in the mode tx=autocommit,
// a pretence of one that remembers whether a statement in it may have changed something.
type tx struct {
	conn     *Conn
	ctx      context.Context // BeginTx's, which a commit has to keep to
	txn      *cluster.Txn    // nil in the mode tx=autocommit
	readOnly bool
	wrote    bool
}

var _ driver.Tx = (*tx)(nil)

// Begin is BeginTx with default options.
func (c *Conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx begins a transaction; the package comment tells what belongs to it. Nothing is sent. It fails with
// ErrNoTransactions where the namespace has none.
func (c *Conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.tx != nil || cluster.TxnFrom(ctx) != nil {
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

// mayTransact reports whether a transaction can be begun. Where no namespace is the default one the first statement finds out.
func (c *Conn) mayTransact() bool {
	return c.options.Namespace == "" || c.client.SupportsTxn(c.options.Namespace)
}

// isolates reports whether the transaction has an isolation level. Those of the cluster have only the strictest.
func (t *tx) isolates(level sql.IsolationLevel) bool {
	return level == sql.LevelDefault || level == sql.LevelSerializable && t.txn != nil
}

// timeoutOf is how long a transaction may last whose context has a deadline, 0 for one that has none. So the server lets
// go of its locks too, if the program no longer can.
func timeoutOf(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return min(max(time.Until(deadline), time.Second), cluster.MaxTxnTimeout)
}

// note takes down a plan that is about to run, outside a transaction too.
func (t *tx) note(plan querylang.Plan) error {
	if t == nil || !writes(plan) {
		return nil
	}
	if t.readOnly {
		return ErrReadOnly
	}
	t.wrote = true
	return nil
}

// within returns the context under which a statement belongs to the transaction, if there is one.
func (t *tx) within(ctx context.Context) context.Context {
	if t == nil || t.txn == nil {
		return ctx
	}
	return cluster.WithTxn(ctx, t.txn)
}

// writes reports whether a plan may change records.
func writes(plan querylang.Plan) bool {
	switch plan.(type) {
	case *querylang.ReadPlan, *querylang.ValuesPlan, *querylang.ExplainPlan:
		return false
	}
	return true
}

// Commit commits the transaction. An error with InDoubt is a *cluster.CommitError that has what is needed to
// find out; after any other one nothing of it has stayed. In the mode tx=autocommit all has taken effect already.
func (t *tx) Commit() error {
	t.conn.tx = nil
	if t.txn == nil {
		return nil
	}
	return t.conn.client.CommitOrAbort(t.ctx, t.txn)
}

// Rollback rolls back, also if the context has ended. In the mode tx=autocommit it fails with ErrNotRolledBack if a
// statement has written.
func (t *tx) Rollback() error {
	if t.txn == nil && t.wrote {
		t.conn.tx = nil
		return ErrNotRolledBack
	}
	return t.conn.rollBack()
}

// rollBack rolls back what is open.
func (c *Conn) rollBack() error {
	t := c.tx
	c.tx = nil
	if t == nil || t.txn == nil {
		return nil
	}
	_, err := c.client.Abort(context.WithoutCancel(t.ctx), t.txn)
	return err
}
