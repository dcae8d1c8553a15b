package driver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/aerosql/aerosql/querylang"
)

// A tx stands for a transaction in the mode tx=autocommit: it remembers whether a
// statement in it may have changed something.
type tx struct {
	conn     *Conn
	readOnly bool
	wrote    bool
}

var _ driver.Tx = (*tx)(nil)

// Begin is BeginTx with default options.
func (c *Conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx fails with ErrNoTransactions, unless the mode is tx=autocommit.
func (c *Conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.cfg.Tx != TxAutocommit {
		return nil, ErrNoTransactions
	}
	if level := sql.IsolationLevel(o.Isolation); level != sql.LevelDefault {
		return nil, fmt.Errorf("%w: %s", ErrIsolation, level)
	}
	c.tx = &tx{conn: c, readOnly: o.ReadOnly}
	return c.tx, nil
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

// writes reports whether a plan may change records.
func writes(plan querylang.Plan) bool {
	switch plan.(type) {
	case *querylang.ReadPlan, *querylang.ValuesPlan, *querylang.ExplainPlan:
		return false
	}
	return true
}

// Commit does nothing: all has taken effect.
func (t *tx) Commit() error {
	t.conn.tx = nil
	return nil
}

// Rollback fails with ErrNotRolledBack if a statement in the transaction has written.
func (t *tx) Rollback() error {
	t.conn.tx = nil
	if t.wrote {
		return ErrNotRolledBack
	}
	return nil
}
