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

// A Conn is a session, which database/sql uses in one goroutine at a time. It holds no connection
// to a node.
type Conn struct {
	client  *cluster.Client
	runner  *exec.Runner
	cfg     *Config
	plans   *planCache // shared by all sessions of the Connector
	options querylang.Options
	owned   *Connector // closed with the session; nil in a pool
	closed  bool
	tx      *tx // the open transaction, or nil
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

// Client returns the cluster's native client. It is shared by all sessions of the Connector and
// must not be closed. It stays usable after the session is closed.
func (c *Conn) Client() *cluster.Client { return c.client }

// Namespace returns the namespace of tables that a statement names without one, or "".
func (c *Conn) Namespace() string { return c.options.Namespace }

// SendKey reports whether statements store the user key with the records that they write.
func (c *Conn) SendKey() bool { return !c.cfg.NoSendKey }

// Ping asks one node for its status.
func (c *Conn) Ping(ctx context.Context) error {
	if c.closed {
		return driver.ErrBadConn
	}
	return c.client.Ping(ctx)
}

// Close ends the session and rolls back an open transaction.
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

// ResetSession prepares the session for its next use. It rolls back an open transaction.
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

// PrepareContext parses and plans a statement. It sends nothing.
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

// QueryContext runs one statement and returns its rows.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	plan, err := c.plan(query)
	if err != nil {
		return nil, err
	}
	return c.query(ctx, plan, args)
}

// query runs a plan and returns its rows.
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

// ExecContext runs one statement or, without arguments, several. Several are all checked before the
// first runs, and run one after the other until one fails; RowsAffected is their sum.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	plans, err := c.planAll(query)
	if err != nil {
		return nil, err
	}
	if len(plans) > 1 && len(args) > 0 {
		return nil, &querylang.Error{Kind: querylang.ErrArguments, Message: "arguments can't be used with several statements"}
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

// planAll plans all statements of a text.
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

// numbered adds the number of the failed statement to an error if there are several.
func numbered(err error, i, count int) error {
	if count == 1 {
		return err
	}
	return fmt.Errorf("statement %d of %d: %w", i+1, count, err)
}

// exec runs a plan and returns its result.
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

// begin binds a plan's arguments and registers the plan with the open transaction. The context that
// it returns carries that transaction.
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
