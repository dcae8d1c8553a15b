package cluster

import (
	"context"
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
}

// Scan reads a set, or with an empty set a whole namespace, with the named bins or all of
// them. It is Query with a Statement of these.
func (c *Client) Scan(ctx context.Context, p *QueryPolicy, namespace, set string, bins ...string) iter.Seq2[*protocol.Record, error] {
	return c.Query(ctx, p, Statement{Namespace: namespace, Set: set, Bins: bins})
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
// An error is the last thing that the loop gets; without one the result is complete. A
// partition that moves or whose node fails is asked for again from the last record that came of it, so that
// no record of it is lost and none comes twice.
//
// Nothing happens until the loop starts. A slow loop slows the nodes down: little
// is read ahead; a node gives up a query whose reader stops for longer than the policy's SocketTimeout, and the
// rest is asked for again then. Leaving the loop early ends the work on all
// nodes and waits for nothing but the closing of connections. Records of one answer of a node, up to 1 MiB, share
// memory: copy what is to be kept for long.
func (c *Client) Query(ctx context.Context, p *QueryPolicy, stmt Statement) iter.Seq2[*protocol.Record, error] {
	return func(yield func(*protocol.Record, error) bool) {
		q, err := c.newQuery(ctx, p, stmt)
		if err != nil {
			yield(nil, err)
			return
		}
		q.run(yield)
	}
}
