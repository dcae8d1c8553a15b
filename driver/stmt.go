package driver

import (
	"context"
	"database/sql/driver"
)

// A Stmt is a prepared statement: its text has been parsed and planned. It is planned again if a
// declaration has changed since.
type Stmt struct {
	conn      *Conn
	text      string
	statement *statement
}

var (
	_ driver.Stmt              = (*Stmt)(nil)
	_ driver.StmtExecContext   = (*Stmt)(nil)
	_ driver.StmtQueryContext  = (*Stmt)(nil)
	_ driver.NamedValueChecker = (*Stmt)(nil)
)

// Close does nothing: the servers know nothing about the statement.
func (s *Stmt) Close() error { return nil }

// NumInput returns -1. The number of arguments is checked when the statement runs; a wrong number
// is an error of kind querylang.ErrArguments.
func (s *Stmt) NumInput() int { return -1 }

// CheckNamedValue converts an argument to the value that is stored; see the package comment.
func (s *Stmt) CheckNamedValue(nv *driver.NamedValue) error { return s.conn.CheckNamedValue(nv) }

// ExecContext runs the statement and returns its result.
func (s *Stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	ctx, w := s.conn.watch(ctx, s.text, args)
	var done result
	current, err := s.current(ctx)
	if err == nil {
		done, err = s.conn.exec(ctx, current, args)
	}
	s.conn.given = nil
	w.end(0, done.affected, err)
	if err != nil {
		return nil, err
	}
	return done, nil
}

// QueryContext runs the statement and returns its rows.
func (s *Stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	ctx, w := s.conn.watch(ctx, s.text, args)
	var rows *Rows
	current, err := s.current(ctx)
	if err == nil {
		rows, err = s.conn.query(ctx, current, args)
	}
	s.conn.given = nil
	return watched(w, rows, err)
}

// current returns the statement, planned again if a declaration has changed.
func (s *Stmt) current(ctx context.Context) (*statement, error) {
	ok, err := s.conn.isCurrent(ctx, s.statement)
	if err != nil || ok {
		return s.statement, err
	}
	s.statement, err = s.conn.prepare(ctx, s.text)
	return s.statement, err
}

// Exec is ExecContext without a context and without names of arguments.
func (s *Stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), namedValues(args))
}

// Query is QueryContext without a context and without names of arguments.
func (s *Stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), namedValues(args))
}

func namedValues(args []driver.Value) []driver.NamedValue {
	named := make([]driver.NamedValue, len(args))
	for i, v := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return named
}
