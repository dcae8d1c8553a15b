package cluster

import (
	"context"
	"fmt"
	"iter"

	"github.com/aerosql/aerosql/protocol"
)

// A Statement says what a query reads.
type Statement struct {
	Namespace string
	// Set is the set to read; "" reads the whole namespace.
	Set string
	// Bins are the bins to return, all if empty. A record that has none of them is left out.
	Bins []string
	// NoBins returns generation and void time alone.
	NoBins bool
	// Ops are operations that read, in place of Bins; the records' bins are their results (server 8.1.2).
	Ops []protocol.Operation
	// Filter says which records, by a secondary index. The zero Filter reads all.
	Filter Filter
	// Partitions says which partitions; the zero PartitionFilter reads all. It excludes a Cursor.
	Partitions PartitionFilter
}

// Scan reads a set, or with an empty set a whole namespace, with the named bins or all of
// them. It is Query with a Statement of these.
func (c *Client) Scan(ctx context.Context, p *QueryPolicy, namespace, set string, bins ...string) iter.Seq2[*protocol.Record, error] {
	return c.queryAll(ctx, p, "Scan", Statement{Namespace: namespace, Set: set, Bins: bins})
}

// Query returns the records that a statement describes, in no order, from all
// partitions of all nodes at the same time:
//
//	for rec, err := range client.Query(ctx, nil, stmt) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// A record with a value that can't be read comes with an error of its own, which has a [*RecordError] in its chain: the record
// has its key and what can be read, and the bins that can't are of protocol.KindInvalid. It counts as any other record, and
// the loop goes on behind it. Any other error is the last thing that the loop gets; without one the result is complete. A
// partition that moves or whose node fails is asked for again from the last record that came of it, so that
// no record of it is lost and none comes twice. A filter whose index does not exist, or not yet on all nodes, is
// tried again as well, and in the end protocol.IndexNotFound or protocol.IndexNotReadable.
//
// Nothing happens until the loop starts. A slow loop slows the nodes down: little
// is read ahead; a node gives up a query whose reader stops for longer than the policy's SocketTimeout, and the
// rest is asked for again then. Leaving the loop early ends the work on all
// nodes and waits for nothing but the closing of connections. Small records share memory with those next to them: who keeps one keeps
// up to 32 KiB.
func (c *Client) Query(ctx context.Context, p *QueryPolicy, stmt Statement) iter.Seq2[*protocol.Record, error] {
	return c.queryAll(ctx, p, "Query", stmt)
}

func (c *Client) queryAll(ctx context.Context, p *QueryPolicy, op string, stmt Statement) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		cur, err := NewCursor(stmt.Partitions)
		c.query(ctx, p, op, stmt, cur, err, yield)
	}
}

// QueryFrom is Query from the place of a cursor on. The cursor moves on with each record that the loop gets, so that
// a later QueryFrom, with the same statement and filter expression, returns what this one has not: after the loop was left, after an
// error, or when the policy's MaxRecords was reached, which makes pages:
//
//	cursor, _ := cluster.NewCursor(cluster.AllPartitions())
//	for !cursor.Done() {
//		for rec, err := range client.QueryFrom(ctx, &cluster.QueryPolicy{MaxRecords: 100}, stmt, cursor) {
//			...
//		}
//		saved, _ := cursor.MarshalBinary() // to go on in another process
//	}
//
// The last page may be empty. A cursor of another query is ErrCursor.
func (c *Client) QueryFrom(ctx context.Context, p *QueryPolicy, stmt Statement, from *Cursor) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		var err error
		switch {
		case from == nil:
			err = clientError(fmt.Errorf("%w: the Cursor is nil; make one with NewCursor", ErrCursor))
		case stmt.Partitions != (PartitionFilter{}):
			err = clientError(configError("Statement.Partitions is set beside a Cursor; give the partitions to NewCursor"))
		}
		c.query(ctx, p, "QueryFrom", stmt, from, err, yield)
	}
}

// query runs a query unless there is an error already. Without a loop body, which only a direct call of the iterator leaves out, it
// does nothing.
func (c *Client) query(ctx context.Context, p *QueryPolicy, op string, stmt Statement, from *Cursor, err error, yield func(*protocol.Record, error) bool) {
	if yield == nil {
		return
	}
	fail := func(err error) {
		c.about(&err, op, stmt.Namespace, stmt.Set)
		yield(nil, err)
	}
	if begun := c.calls.begin(ctx); begun != nil {
		fail(begun)
		return
	}
	defer c.calls.end()
	if err == nil {
		err = outsideTxn(ctx)
	}
	var q *queryRun
	if err == nil {
		q, err = c.newQuery(ctx, p, stmt, from)
	}
	if err != nil {
		fail(err)
		return
	}
	defer from.put()
	q.op = op
	q.run(yield)
}
