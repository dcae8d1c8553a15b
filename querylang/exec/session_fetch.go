package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// Bounds of the number of records that a FETCH of n rows asks for at once if the servers return
// records that the client drops.
const (
	minFetchPage = 100
	maxFetchPage = 10000
)

// fetched is the operator of the rows of a FETCH. The cursor moves with each row that is read: rows
// that the program has left are returned by the next FETCH.
type fetched struct {
	cursor *sessionCursor
	rows   *Rows
	left   int64 // rows, -1 for all
	stop   func() bool
}

// fetchRows returns the rows of a FETCH.
func (c *sessionCursor) fetchRows(ctx context.Context, left int64) *Rows {
	f := &fetched{cursor: c, left: left}
	// The context of a FETCH ends a cursor without a position, because its operators can't continue
	// after an error.
	if c.queries == nil {
		f.stop = context.AfterFunc(ctx, c.cancel)
	}
	c.fetch = f
	f.rows = &Rows{columns: c.columns, root: f, x: &execution{ctx: ctx, run: &bind.Run{}}}
	return f.rows
}

func (f *fetched) open(context.Context) error { return nil }

func (f *fetched) row() []protocol.Value { return f.cursor.root.row() }

func (f *fetched) next(ctx context.Context) (bool, error) {
	c := f.cursor
	switch {
	case c.err != nil:
		return false, c.err
	case f.left == 0:
		return false, nil
	}
	more, err := c.next(ctx, f.left)
	if err != nil || !more {
		return false, err
	}
	c.rows++
	if f.left > 0 {
		f.left--
	}
	return true, nil
}

// close ends the FETCH.
func (f *fetched) close() {
	c := f.cursor
	if c.fetch != f {
		return
	}
	c.fetch = nil
	if f.stop != nil {
		f.stop()
	}
	if f.rows.ahead != nil {
		c.pending = f.rows.ahead
		c.rows--
	}
	if c.queries != nil {
		c.queries.pause()
	}
}

// next computes the next row of the cursor, of which at least wanted are going to be read, or all
// of them if it is negative.
func (c *sessionCursor) next(ctx context.Context, wanted int64) (bool, error) {
	if c.pending != nil {
		copy(c.root.row(), c.pending)
		c.pending = nil
		return true, nil
	}
	if c.ended {
		return false, nil
	}
	if c.queries == nil {
		return c.nextOpen(ctx)
	}
	c.x.ctx = ctx
	c.queries.page = c.pageOf(wanted)
	more, err := c.root.next(ctx)
	if c.x.run.Err != nil {
		c.err = c.x.run.Err
		return false, c.err
	}
	if err != nil {
		c.queries.pause() // the next FETCH continues here
		return false, err
	}
	c.ended = !more
	return more, nil
}

// nextOpen computes the next row of a cursor without a position.
func (c *sessionCursor) nextOpen(ctx context.Context) (bool, error) {
	more, err := c.root.next(c.x.ctx)
	if err == nil {
		err = c.x.run.Err
	}
	if err != nil && ctx.Err() != nil {
		err = contextError(ctx)
	}
	if c.err = err; err != nil {
		return false, err
	}
	c.ended = !more
	return more, nil
}

// pageOf returns the number of records of the next query, 0 for no limit.
func (c *sessionCursor) pageOf(wanted int64) int64 {
	switch {
	case wanted < 0:
		return c.queries.reader.engine.options.FetchRows
	case len(c.queries.reader.access.Residual) > 0:
		return min(max(4*wanted, minFetchPage), max(maxFetchPage, wanted))
	}
	return wanted
}
