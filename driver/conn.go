package driver

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A Conn is a session: database/sql gives it to one goroutine at a time. It holds
// no connection to a node.
type Conn struct {
	client  *cluster.Client
	runner  *exec.Runner
	cfg     *Config
	plans   *planCache // shared by all sessions of the Connector
	options querylang.Options
	owned   *Connector // closed with the session; nil for a session of a pool
	closed  bool
	tx      *tx // the transaction that is open, or nil
}

var (
	_ driver.Conn               = (*Conn)(nil)
	_ driver.ConnPrepareContext = (*Conn)(nil)
	_ driver.ConnBeginTx        = (*Conn)(nil)
	_ driver.QueryerContext     = (*Conn)(nil)
	_ driver.ExecerContext      = (*Conn)(nil)
	_ driver.Pinger             = (*Conn)(nil)
	_ driver.SessionResetter    = (*Conn)(nil)
	_ driver.Validator          = (*Conn)(nil)
	_ driver.NamedValueChecker  = (*Conn)(nil)
)

// Client returns the cluster's native client. It is shared by all sessions of
// the Connector and must not be closed; it may be used after the session.
func (c *Conn) Client() *cluster.Client { return c.client }

// Namespace returns the namespace of tables that are written without one, the
// data source name's; "" if it has none.
func (c *Conn) Namespace() string { return c.options.Namespace }

// SendKey reports whether statements store user keys with the records that they write, as the data
// source name says.
func (c *Conn) SendKey() bool { return !c.cfg.NoSendKey }

// Ping asks a node for its status.
func (c *Conn) Ping(ctx context.Context) error {
	if c.closed {
		return driver.ErrBadConn
	}
	return c.client.Ping(ctx)
}

// Close ends the session. A transaction that is open is rolled back.
func (c *Conn) Close() error {
	err := c.rollBack()
	c.closed = true
	if c.owned != nil {
		err = errors.Join(err, c.owned.Close())
	}
	return err
}

// IsValid reports whether the session can be used again.
func (c *Conn) IsValid() bool { return !c.closed && c.tx == nil }

// ResetSession prepares the session for its next user. A transaction that is open is rolled back.
func (c *Conn) ResetSession(context.Context) error {
	if c.closed {
		return driver.ErrBadConn
	}
	return c.rollBack()
}

// Prepare is PrepareContext without a context.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext parses and plans a statement; nothing is sent.
func (c *Conn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	plan, err := c.plan(query)
	if err != nil {
		return nil, err
	}
	return &Stmt{conn: c, plan: plan}, nil
}

func (c *Conn) plan(query string) (querylang.Plan, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	if plan := c.plans.get(query); plan != nil {
		return plan, nil
	}
	plan, err := querylang.Prepare(query, c.options)
	if err == nil {
		c.plans.add(query, plan)
	}
	return plan, err
}

// QueryContext runs a statement for its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	plan, err := c.plan(query)
	if err != nil {
		return nil, err
	}
	return c.query(ctx, plan, args)
}

// query runs a plan for its rows.
func (c *Conn) query(ctx context.Context, plan querylang.Plan, args []driver.NamedValue) (driver.Rows, error) {
	ctx, values, err := c.begin(ctx, plan, args)
	if err != nil {
		return nil, err
	}
	rows, err := c.runner.Query(ctx, plan, values)
	if err != nil {
		return nil, err
	}
	return newRows(rows, c.cfg.Collections), nil
}

// ExecContext runs a statement, or without arguments several, for their effect. The
// result of several has the rows that all of them have changed.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	plans, err := c.planAll(query)
	if err != nil {
		return nil, err
	}
	if len(plans) > 1 && len(args) > 0 {
		return nil, &querylang.Error{Kind: querylang.ErrArguments, Message: "several statements together can't have arguments"}
	}
	var last result
	for i, plan := range plans {
		done, err := c.exec(ctx, plan, args)
		if err != nil {
			return nil, numbered(err, i, len(plans))
		}
		last = result{affected: last.affected + done.affected, lastID: done.lastID}
	}
	return last, nil
}

// planAll plans the statements of a text; none is run before all have been checked.
func (c *Conn) planAll(query string) ([]querylang.Plan, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	if plan := c.plans.get(query); plan != nil {
		return []querylang.Plan{plan}, nil
	}
	all, err := querylang.ParseAll(query, c.options.Dialect)
	if err != nil {
		return nil, err
	}
	plans := make([]querylang.Plan, len(all))
	for i, parsed := range all {
		if plans[i], err = querylang.NewPlan(parsed, c.options); err != nil {
			return nil, numbered(err, i, len(all))
		}
	}
	if len(plans) == 1 {
		c.plans.add(query, plans[0])
	}
	return plans, nil
}

// numbered says which of several statements an error is about.
func numbered(err error, i, count int) error {
	if count == 1 {
		return err
	}
	return fmt.Errorf("statement %d of %d: %w", i+1, count, err)
}

// exec runs a plan for its effect.
func (c *Conn) exec(ctx context.Context, plan querylang.Plan, args []driver.NamedValue) (result, error) {
	ctx, values, err := c.begin(ctx, plan, args)
	if err != nil {
		return result{}, err
	}
	affected, err := c.runner.Exec(ctx, plan, values)
	if err != nil {
		return result{}, err
	}
	return result{affected: affected, lastID: lastID(plan, values)}, nil
}

// begin binds a plan's arguments, tells the open transaction, if there is one, what comes, and returns the context for it.
func (c *Conn) begin(ctx context.Context, plan querylang.Plan, args []driver.NamedValue) (context.Context, []protocol.Value, error) {
	if c.closed {
		return nil, nil, driver.ErrBadConn
	}
	var values []protocol.Value
	if _, explain := plan.(*querylang.ExplainPlan); !explain || len(args) > 0 {
		bound, err := c.bind(plan.Parameters(), args)
		if err != nil {
			return nil, nil, err
		}
		values = bound
	}
	return c.tx.within(ctx), values, c.tx.note(plan)
}
