package exec

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/plan"
)

// copyWriters is the number of batches that a copy has under way.
const copyWriters = 4

// Copy runs an INSERT of one row for each list of arguments, in batches of 1,000 rows or 1 MiB, of
// which four are under way at a time. It reads the next arguments when one of them is done, so that
// its memory is limited. The arguments' slice may be used again, but what their strings and blobs
// refer to must not change.
//
// It stops at the first error, of the arguments or of a batch, and returns the number of records
// that were written. Rows that were read before may have been written although an earlier one
// failed.
func (s *Session) Copy(ctx context.Context, stmt *Statement, args iter.Seq2[[]protocol.Value, error]) (int64, error) {
	p, ok := stmt.Plan.(*plan.Insert)
	if !ok || p.Insert.Source != nil || len(p.Rows) != 1 || p.Returning != nil {
		return 0, ast.Errorf(ast.ErrUnsupported, "only an INSERT of one row without RETURNING can be run for many rows")
	}
	c := &copier{engine: s.engine, stmt: stmt, plan: p}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	defer c.cancel(nil)
	writers := copyWriters
	if cluster.TxnFrom(ctx) != nil {
		writers = 1
	}
	if err := c.start(writers); err != nil {
		return 0, err
	}
	err := func() error {
		defer close(c.full)
		return c.read(args)
	}()
	c.running.Wait()
	if c.err != nil {
		err = c.err
	}
	return c.affected, partial(c.affected, err)
}

// A copier is a running Copy.
type copier struct {
	engine *Engine
	stmt   *Statement
	plan   *plan.Insert
	ctx    context.Context // ends with the first error
	cancel context.CancelCauseFunc
	// full are the batches to write, and empty those that are written. A batch is written by the
	// inserter that it belongs to.
	full, empty chan *inserter
	running     sync.WaitGroup

	mu       sync.Mutex
	affected int64
	err      error // the first error of a batch
}

// start starts the writers.
func (c *copier) start(writers int) error {
	c.full, c.empty = make(chan *inserter), make(chan *inserter, writers+1)
	for range writers + 1 { // one is filled while the others are written
		x := c.engine.execution(c.ctx, c.stmt, nil)
		i, err := x.newInserter(c.plan)
		if err != nil {
			return err
		}
		i.copying = true
		i.rows = make([]newRow, 0, batchKeys)
		i.bins = make(protocol.Bins, 0, batchKeys*c.plan.MostBins())
		c.empty <- i
	}
	for range writers {
		c.running.Go(c.write)
	}
	return nil
}

// write writes batches until there are no more.
func (c *copier) write() {
	for i := range c.full {
		var n int64
		err := context.Cause(c.ctx)
		if err == nil {
			n, err = i.flush(c.ctx)
		}
		c.mu.Lock()
		c.affected += n
		if err != nil && c.err == nil {
			c.err = err
			c.cancel(err)
		}
		c.mu.Unlock()
		c.empty <- i
	}
}

// read reads the arguments and gives batches to the writers.
func (c *copier) read(args iter.Seq2[[]protocol.Value, error]) error {
	i := <-c.empty
	source := make([]protocol.Value, len(c.plan.Rows[0]))
	n := 0
	for values, err := range args {
		n++
		if err == nil {
			err = context.Cause(c.ctx)
		}
		if err != nil {
			return err
		}
		i.x.run.Args = values
		if err := i.addRow(source); err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
		if len(i.rows) == batchKeys || i.size >= insertChunk {
			c.full <- i
			i = <-c.empty
		}
	}
	if len(i.rows) > 0 {
		c.full <- i
	}
	return context.Cause(c.ctx)
}

// addRow adds the row of the statement with the arguments of the run.
func (i *inserter) addRow(source []protocol.Value) error {
	if err := evaluate(source, i.plan.Rows[0], i.env); err != nil {
		return err
	}
	_, err := i.add(source, i.policy.Exists != cluster.CreateOnly)
	return err
}
