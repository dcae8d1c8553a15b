package cluster

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Aggregate runs a stream function of a registered UDF module on the records that a statement
// describes, and returns the results. The function runs once for each partition that has such
// records. Each run returns one value if the function has a reduce, otherwise any number of values.
// Steps after the first reduce are not run. Use Reduce to combine the values:
//
//	total, err := cluster.Reduce(client.Aggregate(ctx, nil, stmt, "stats", "total"), cluster.ReduceSum)
//
// An error ends the iteration. If a node fails, the whole aggregation fails, because the node's
// part can't be separated from the others'. It also fails if a node is seen joining or leaving.
// While data migrates, some records may still be counted twice or not at all. Of the statement only
// Namespace, Set and Filter may be set. Of the policy only the timeouts and MaxConcurrentNodes
// apply; MaxRecords, RecordsPerSecond, Filter and ShortQuery are errors.
func (c *Client) Aggregate(ctx context.Context, p *QueryPolicy, stmt Statement, pkg, function string, args ...protocol.Value) iter.Seq2[protocol.Value, error] {
	return func(yield func(protocol.Value, error) bool) {
		if yield == nil {
			return
		}
		if err := c.calls.begin(ctx); err != nil {
			c.about(&err, "Aggregate", stmt.Namespace, stmt.Set)
			yield(protocol.Value{}, err)
			return
		}
		defer c.calls.end()
		a, err := c.newAggregation(ctx, p, stmt, &wire.UDFCall{Package: pkg, Function: function, Args: args})
		if err != nil {
			c.about(&err, "Aggregate", stmt.Namespace, stmt.Set)
			yield(protocol.Value{}, err)
			return
		}
		a.run(yield)
	}
}

// An aggregation is a running Aggregate call.
type aggregation struct {
	most    int // limit of nodes used at the same time
	message []byte
	span    link.Span
	nodes   []*Node
	ctx     context.Context
	cancel  context.CancelFunc
	fail    atomic.Pointer[protocol.Error] // the first failure; it cancels the other nodes
	explain func(error) error              // adds details to an error
	probe   *probe
}

func (c *Client) newAggregation(ctx context.Context, p *QueryPolicy, stmt Statement, call *wire.UDFCall) (*aggregation, error) {
	p, err := policyOr(p, &c.env.Policies.Query)
	if err != nil {
		return nil, err
	}
	if p.MaxRecords > 0 || p.RecordsPerSecond > 0 || p.Filter != nil || p.ExpectedDuration == ShortQuery {
		return nil, clientError(configError("QueryPolicy has MaxRecords, RecordsPerSecond, Filter or ShortQuery, which an aggregation does not support; leave them unset"))
	}
	if err := c.checkWhole(ctx, &stmt, "an aggregation"); err != nil {
		return nil, err
	}
	l := p.limits().resolve(0, DefaultSocketTimeout, 0)
	r := wire.Query{Kind: wire.QueryAggregate, UDF: call, Scan: wire.Scan{
		Namespace: stmt.Namespace, Set: stmt.Set, TaskID: rand.Uint64(), SocketTimeout: uint32(l.socket.Milliseconds()),
	}}
	a := &aggregation{most: p.MaxConcurrentNodes, span: newSpan(ctx, &l), nodes: c.Nodes()}
	if r.Where, err = stmt.Filter.request(); err == nil {
		a.message, err = r.AppendMessage(nil)
	}
	if err != nil {
		return nil, clientError(err)
	}
	if len(a.nodes) == 0 {
		return nil, c.noNode("the cluster has no active node")
	}
	a.probe, ctx = c.probe(ctx, CommandStart{Name: "Aggregate", Family: FamilyQuery, Namespace: stmt.Namespace, Set: stmt.Set})
	a.ctx, a.cancel = context.WithCancel(ctx)
	a.explain = func(err error) error {
		err = c.explainIndex(ctx, stmt.Namespace, stmt.Set, r.Where, err)
		c.about(&err, "Aggregate", stmt.Namespace, stmt.Set)
		return err
	}
	return a, nil
}

func (a *aggregation) run(yield func(protocol.Value, error) bool) {
	defer a.cancel()
	whole := fanOut(a.cancel, a.nodes, a.most, a.ask, func(values []protocol.Value) bool {
		for _, v := range values {
			if !yield(v, nil) {
				return false
			}
		}
		return true
	})
	var err error
	if e := a.fail.Load(); whole && e != nil {
		err = a.explain(e)
	}
	a.probe.end(err, 0)
	if err != nil {
		yield(protocol.Value{}, err)
	}
}

// ask runs the function on one node.
func (a *aggregation) ask(n *Node, parts chan<- []protocol.Value) {
	began := time.Now()
	f := a.stream(n, parts)
	if f.err != nil && f.outcome == retry.Stale && !f.final {
		f = a.stream(n, parts)
	}
	a.probe.recordTry(n, began, &f)
	if f.err == nil {
		return
	}
	if a.fail.CompareAndSwap(nil, f.report(n, 1)) {
		a.cancel()
	}
}

func (a *aggregation) stream(n *Node, parts chan<- []protocol.Value) (f failure) {
	now := time.Now()
	if f = n.admit(now); f.err != nil {
		return f
	}
	defer func() {
		if f.err != nil {
			n.withdraw(now)
		}
	}()
	write := func(buf []byte) ([]byte, error) { return append(buf, a.message...), nil }
	return n.exchange(a.ctx, &a.span, now, write, func(c *link.Conn) failure { return a.receive(n, c, parts) })
}

// receive reads the bodies of a response up to the last message.
func (a *aggregation) receive(n *Node, c *link.Conn, parts chan<- []protocol.Value) failure {
	detail := ""
	in := link.NewPieces(c)
	for {
		body, err := in.Next()
		if err != nil {
			return n.failed(a.ctx, c, err)
		}
		var part []protocol.Value
		for len(body) > 0 {
			var resp wire.Response
			if resp, body, err = wire.ParseResponse(body); err == nil && resp.ResultCode == protocol.OK && !resp.Last() {
				err = resp.Err
			}
			if err != nil {
				c.Unusable = true
				return failure{err: err, outcome: retry.Broken}
			}
			if resp.Last() || resp.ResultCode != protocol.OK {
				if len(body) > 0 || in.Drained() != nil || !resp.Last() {
					c.Unusable = true
				}
				if !a.deliver(part, parts) {
					return ended(contextError(a.ctx), true)
				}
				return aggregateResult(&resp, detail)
			}
			if text, failed := resp.UDFFailure(); failed {
				detail = text
				continue
			}
			part = append(part, resp.UDFResult())
		}
		if !a.deliver(part, parts) {
			c.Unusable = true
			return ended(contextError(a.ctx), true)
		}
		c.Arm(time.Now())
	}
}

// aggregateResult returns the result of the last message, with the function's error text from a
// message before it.
func aggregateResult(last *wire.Response, detail string) failure {
	f := verdict(last)
	if detail != "" {
		f = failure{err: protocol.UDFError, outcome: retry.Refused, code: protocol.UDFError, detail: detail}
	}
	return f
}

// deliver passes values to the loop. It returns false if the loop has ended.
func (a *aggregation) deliver(part []protocol.Value, parts chan<- []protocol.Value) bool {
	if len(part) == 0 {
		return true
	}
	select {
	case parts <- part:
		return true
	case <-a.ctx.Done():
		return false
	}
}

// A Reducer combines two results into one.
type Reducer func(a, b protocol.Value) (protocol.Value, error)

// Reduce combines the results of an aggregation. It returns nil if there are none, and ignores nil
// results.
func Reduce(results iter.Seq2[protocol.Value, error], join Reducer) (protocol.Value, error) {
	var all protocol.Value
	if results == nil || join == nil {
		return all, clientError(fmt.Errorf("%w: the results or the Reducer of Reduce are nil", ErrArgument))
	}
	for v, err := range results {
		if err != nil {
			return protocol.Value{}, err
		}
		if all, err = joinResults(all, v, join); err != nil {
			return protocol.Value{}, clientError(fmt.Errorf("reducing %v and %v: %w", all.Kind(), v.Kind(), err))
		}
	}
	return all, nil
}

func joinResults(a, b protocol.Value, join Reducer) (protocol.Value, error) {
	switch {
	case a.IsNil():
		return b, nil
	case b.IsNil():
		return a, nil
	}
	return join(a, b)
}
