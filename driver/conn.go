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
	"github.com/aerosql/aerosql/querylang/parse"
)

// A Conn is a session, which database/sql uses in one goroutine at a time. It holds no connection
// to a node.
type Conn struct {
	client  *cluster.Client
	engine  *exec.Engine
	session *exec.Session
	cfg     *Config
	plans   *planCache // shared by all sessions of the Connector
	options querylang.Options
	owned   *Connector // closed with the session; nil in a pool
	closed  bool
	tx      *tx // the open transaction, or nil
	// given are the Options among the arguments of the next statement, nil for none.
	given Options
	// space is the memory of the arguments of a statement that does not keep them, if they are few.
	space [8]protocol.Value
	// bound is the memory of the arguments of a statement while they are put in order.
	bound []querylang.Arg
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

// Engine returns the engine that runs the session's statements, without the session's settings.
func (c *Conn) Engine() *exec.Engine { return c.engine }

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
	c.session.Reset()
	err := c.rollBack()
	c.closed = true
	if c.owned != nil {
		err = errors.Join(err, c.owned.Close())
	}
	return err
}

// IsValid reports whether the session can be used again. A session with an open transaction or
// cursor is closed instead.
func (c *Conn) IsValid() bool { return !c.closed && c.tx == nil && !c.session.HasCursors() }

// ResetSession prepares the session for its next use. It rolls back an open transaction, closes the
// cursors and removes the settings.
func (c *Conn) ResetSession(context.Context) error {
	if c.closed {
		return driver.ErrBadConn
	}
	c.session.Reset()
	c.given = nil
	return c.rollBack()
}

// Prepare is PrepareContext without a context.
func (c *Conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext parses and plans a statement. It reads what is declared about its tables.
func (c *Conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return &Stmt{conn: c, text: query, statement: s}, nil
}

// QueryContext runs one statement or, without arguments, several, and returns their rows. A
// statement that returns no rows, such as an INSERT, runs too, and its result has no columns.
func (c *Conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	ctx, w := c.watch(ctx, query, args)
	rows, err := c.queryText(ctx, query, args)
	c.given = nil
	return watched(w, rows, err)
}

// watched makes the end of the rows that of the statement.
func watched(w *watch, rows *Rows, err error) (driver.Rows, error) {
	if err != nil {
		w.end(0, 0, err)
		return nil, err
	}
	rows.watch = w
	return rows, nil
}

// queryText runs the statements of a text and returns their rows.
func (c *Conn) queryText(ctx context.Context, query string, args []driver.NamedValue) (*Rows, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		if all, parseErr := parse.All(query, c.options.Dialect); parseErr == nil && len(all) != 1 && len(args) == 0 {
			if err := c.notSeveral(); err != nil {
				return nil, err
			}
			return c.queryAll(ctx, all)
		}
		return nil, err
	}
	return c.query(ctx, s, args)
}

// query runs a statement and returns its rows.
func (c *Conn) query(ctx context.Context, s *statement, args []driver.NamedValue) (*Rows, error) {
	done, err := c.run(ctx, s, args, s.readsByKey)
	if err != nil {
		return nil, err
	}
	r := &Rows{collections: c.cfg.Collections, affected: done.Affected}
	r.reset(done.Rows, s.names(done.Rows))
	return r, nil
}

// ExecContext runs one statement or, without arguments, several. The text of all is checked before
// the first runs. They run one after the other until one fails; RowsAffected is their sum.
func (c *Conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	ctx, w := c.watch(ctx, query, args)
	done, err := c.execText(ctx, query, args)
	c.given = nil
	w.end(0, done.affected, err)
	if err != nil {
		return nil, err
	}
	return done, nil
}

// execText runs the statements of a text.
func (c *Conn) execText(ctx context.Context, query string, args []driver.NamedValue) (result, error) {
	if s, err := c.cached(ctx, query); s != nil || err != nil {
		if err != nil {
			return result{}, err
		}
		return c.exec(ctx, s, args)
	}
	all, err := parse.All(query, c.options.Dialect)
	if err != nil {
		return result{}, err
	}
	if len(all) == 0 { // a migration may consist of comments
		return result{}, nil
	}
	if len(all) == 1 {
		s, err := c.prepare(ctx, query)
		if err != nil {
			return result{}, err
		}
		return c.exec(ctx, s, args)
	}
	if len(args) > 0 {
		return result{}, &querylang.Error{Kind: querylang.ErrArguments, Message: "arguments can't be used with several statements"}
	}
	if err := c.notSeveral(); err != nil {
		return result{}, err
	}
	var last result
	for i, parsed := range all {
		done, err := c.execParsed(ctx, parsed)
		if err != nil {
			return result{}, numbered(err, i, len(all))
		}
		last = result{affected: last.affected + done.affected, lastID: done.lastID}
	}
	return last, nil
}

// execParsed runs one of several statements. It is bound when those before it have run, because it
// may use what they define.
func (c *Conn) execParsed(ctx context.Context, parsed *parse.Parsed) (result, error) {
	p, err := querylang.PrepareParsed(ctx, parsed, c.engine.Catalog(), c.options)
	if err != nil {
		return result{}, err
	}
	return c.exec(ctx, newStatement(p), nil)
}

// numbered adds the number of the failed statement to an error if there are several.
func numbered(err error, i, count int) error {
	if count == 1 {
		return err
	}
	return fmt.Errorf("statement %d of %d: %w", i+1, count, err)
}

// exec runs a statement and returns its result. Rows that it has are discarded.
func (c *Conn) exec(ctx context.Context, s *statement, args []driver.NamedValue) (result, error) {
	done, err := c.run(ctx, s, args, s.readsByKey || s.Writes())
	if err != nil {
		return result{}, err
	}
	if done.Rows != nil {
		if err := done.Rows.Close(); err != nil {
			return result{}, err
		}
	}
	return newResult(done), nil
}

// run runs a statement in the open transaction, if there is one. drops means that nothing refers to
// the arguments after the run, so that they can be in the session's memory.
func (c *Conn) run(ctx context.Context, s *statement, args []driver.NamedValue, drops bool) (*exec.Result, error) {
	if c.closed {
		return nil, driver.ErrBadConn
	}
	var space []protocol.Value
	if drops {
		space = c.space[:0]
		defer clear(c.space[:])
	}
	values, err := c.bind(s, args, space)
	given := c.given
	c.given = nil
	if err != nil {
		return nil, err
	}
	if err := c.tx.note(s); err != nil {
		return nil, err
	}
	if given != nil {
		return c.session.RunWith(c.tx.within(ctx), s.run, values, given.values())
	}
	return c.session.Run(c.tx.within(ctx), s.run, values)
}
