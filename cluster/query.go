package cluster

import (
	"context"
	"fmt"
	"iter"

	"github.com/aerosql/aerosql/protocol"
)

// A Statement describes what a query reads.
type Statement struct {
	Namespace string
	// Set is the set to read; "" reads the whole namespace.
	Set string
	// Bins are the bins to return, all if empty. Records that have none of them are left out.
	Bins []string
	// NoBins returns only generation and void time.
	NoBins bool
	// Ops are read operations to run instead of reading Bins. The bins of the returned records are
	// their results. Needs server 8.1.2.
	Ops []protocol.Operation
	// Filter selects records by a secondary index. The zero Filter reads all records.
	Filter Filter
	// Partitions selects partitions. The zero PartitionFilter reads all of them. It can't be
	// combined with a Cursor.
	Partitions PartitionFilter
}

// Scan reads a set, or the whole namespace if set is "", with the named bins or all bins. It is a
// shortcut for Query.
func (c *Client) Scan(ctx context.Context, p *QueryPolicy, namespace, set string, bins ...string) iter.Seq2[*protocol.Record, error] {
	return c.queryAll(ctx, p, "Scan", Statement{Namespace: namespace, Set: set, Bins: bins})
}

// Query returns the records that a statement describes, in no particular order, and reads all
// partitions in parallel:
//
//	for rec, err := range client.Query(ctx, nil, stmt) {
//		if err != nil {
//			return err
//		}
//		...
//	}
//
// If a record has a value that can't be read, it is returned together with an error that has a
// [*RecordError] in its chain. The record then has its key and all values that can be read; the
// others are of protocol.KindInvalid. Such a record counts like any other, and the iteration
// continues. Any other error ends the iteration; if there is none, the result is complete.
//
// If a partition moves, or its node fails, the query continues after the last record that it
// received from the partition. No record is lost or returned twice. If the filter's index does not
// exist, or not yet on all nodes, the query is retried as well, and finally fails with
// protocol.IndexNotFound or protocol.IndexNotReadable.
//
// Query sends nothing until the iteration starts. A slow loop slows down the nodes, as little is
// read ahead. If the loop stops reading for longer than the policy's SocketTimeout, the node ends
// its part of the query, and the client requests the rest again. Leaving the loop early ends the
// work on all nodes, and waits only until the connections are closed. Small records share memory
// with their neighbors: keeping one keeps up to 32 KiB alive.
func (c *Client) Query(ctx context.Context, p *QueryPolicy, stmt Statement) iter.Seq2[*protocol.Record, error] {
	return c.queryAll(ctx, p, "Query", stmt)
}

func (c *Client) queryAll(ctx context.Context, p *QueryPolicy, op string, stmt Statement) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		cur, err := NewCursor(stmt.Partitions)
		c.query(ctx, p, op, stmt, cur, err, yield)
	}
}

// QueryFrom is Query from the position of a cursor. The cursor advances with each record that the
// loop receives. Another call of QueryFrom with the same statement and filter expression returns
// the remaining records, whether the previous loop was left, failed, or reached the policy's
// MaxRecords. With MaxRecords the result comes in pages:
//
//	cursor, _ := cluster.NewCursor(cluster.AllPartitions())
//	for !cursor.Done() {
//		for rec, err := range client.QueryFrom(ctx, &cluster.QueryPolicy{MaxRecords: 100}, stmt, cursor) {
//			...
//		}
//		saved, _ := cursor.MarshalBinary() // to continue in another process
//	}
//
// The last page may be empty. A cursor of another query fails with ErrCursor.
func (c *Client) QueryFrom(ctx context.Context, p *QueryPolicy, stmt Statement, from *Cursor) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		c.query(ctx, p, "QueryFrom", stmt, from, checkFrom(stmt, from), yield)
	}
}

// checkFrom returns the error of a query from a cursor that can't run.
func checkFrom(stmt Statement, from *Cursor) error {
	switch {
	case from == nil:
		return clientError(fmt.Errorf("%w: the Cursor is nil; make one with NewCursor", ErrCursor))
	case stmt.Partitions != (PartitionFilter{}):
		return clientError(configError("Statement.Partitions is set together with a Cursor; pass the partitions to NewCursor"))
	}
	return nil
}

// query runs a query, or yields err if it is not nil. If yield is nil, which happens only if the
// iterator is called directly, query does nothing.
func (c *Client) query(ctx context.Context, p *QueryPolicy, op string, stmt Statement, from *Cursor, err error, yield func(*protocol.Record, error) bool) {
	if yield == nil {
		return
	}
	take := func(q *queryRun, b *block) bool { return q.deliver(b, yield) }
	c.queryBlocks(ctx, p, op, stmt, from, err, nil, take, func(err error) { yield(nil, err) })
}

// deliver yields the records of a block. It returns false if the caller left the loop.
func (q *queryRun) deliver(b *block, yield func(*protocol.Record, error) bool) bool {
	for n := range b.chunks {
		c := &b.chunks[n]
		for i := range c.records {
			if q.cursor.Full() {
				return true
			}
			rec := &c.records[i]
			// A record that was yielded counts as delivered, even if the caller leaves the loop at
			// it.
			if q.cursor.Note(rec.Key.Digest(), c.bval(i)) && !yield(rec, c.err(i)) {
				return false
			}
		}
	}
	return true
}

// queryBlocks runs a query, unless err is not nil. take gets its records in blocks, and fail its
// error. If take returns false, the query ends without an error. spare is nil if the caller may
// keep records.
func (c *Client) queryBlocks(
	ctx context.Context, p *QueryPolicy, op string, stmt Statement, from *Cursor, err error,
	spare chan *block, take func(*queryRun, *block) bool, fail func(error),
) {
	refuse := func(err error) {
		c.about(&err, op, stmt.Namespace, stmt.Set)
		fail(err)
	}
	if begun := c.calls.begin(ctx); begun != nil {
		refuse(begun)
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
		refuse(err)
		return
	}
	defer from.release()
	q.op, q.spare = op, spare
	q.run(func(b *block) bool { return take(q, b) })
	if q.err != nil {
		fail(q.err)
	}
}
