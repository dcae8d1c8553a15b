package driver_test

import (
	"context"
	"database/sql/driver"
	"io"
)

// A constantConnector opens connections whose queries return one row of four numbers. It does
// nothing else, so that a benchmark of it is one of database/sql.
type constantConnector struct{}

func (constantConnector) Connect(context.Context) (driver.Conn, error) { return constantConn{}, nil }
func (constantConnector) Driver() driver.Driver                        { return nil }

type constantConn struct{}

func (constantConn) Prepare(string) (driver.Stmt, error) { return constantStmt{}, nil }
func (constantConn) Close() error                        { return nil }
func (constantConn) Begin() (driver.Tx, error)           { return nil, driver.ErrSkip }

type constantStmt struct{}

func (constantStmt) Close() error                               { return nil }
func (constantStmt) NumInput() int                              { return -1 }
func (constantStmt) CheckNamedValue(*driver.NamedValue) error   { return nil }
func (constantStmt) Exec([]driver.Value) (driver.Result, error) { return nil, driver.ErrSkip }
func (constantStmt) Query([]driver.Value) (driver.Rows, error)  { return nil, driver.ErrSkip }
func (constantStmt) QueryContext(context.Context, []driver.NamedValue) (driver.Rows, error) {
	return &constantRows{}, nil
}

var constantColumns = []string{"a", "b", "c", "d"}

type constantRows struct{ done bool }

func (*constantRows) Columns() []string { return constantColumns }
func (*constantRows) Close() error      { return nil }

func (r *constantRows) Next(row []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done = true
	for i := range row {
		row[i] = int64(i)
	}
	return nil
}
