package cluster

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A probe records one command for the client's metrics and observer. It is nil if neither is
// enabled; its methods do nothing then.
type probe struct {
	meter    *meter   // nil if metrics are off
	observer Observer // nil if there is none
	ctx      context.Context
	start    CommandStart
	tries    atomic.Int32
	isRetry  bool // the current tries repeat earlier ones
}

var probePool = sync.Pool{New: func() any { return new(probe) }}

// observed reports whether the commands of a context need a probe.
func (c *Client) observed(ctx context.Context) bool {
	return c.env.Observer != nil || c.env.meter != nil && c.env.meter.on.Load() ||
		c.observing.Load() && observerOf(ctx) != nil
}

// begin starts the probe and returns the context for the command.
func (p *probe) begin(ctx context.Context, c *Client, start CommandStart) context.Context {
	if c.env.meter.on.Load() {
		p.meter = c.env.meter
	}
	p.observer = c.env.Observer
	if c.observing.Load() {
		if o := observerOf(ctx); o != nil && p.observer != nil {
			p.observer = Observers(p.observer, o)
		} else if o != nil {
			p.observer = o
		}
	}
	p.start = start
	p.start.Time = time.Now()
	if p.observer != nil {
		ctx = p.observer.CommandStart(ctx, p.start)
	}
	p.ctx = ctx
	return ctx
}

// probe returns a probe for a command and the command's context. The probe is nil if neither
// metrics nor an observer is enabled.
func (c *Client) probe(ctx context.Context, start CommandStart) (*probe, context.Context) {
	if !c.observed(ctx) {
		return nil, ctx
	}
	p := new(probe)
	return p, p.begin(ctx, c, start)
}

// recordTry records a try that has ended. The node is nil if none was available.
func (p *probe) recordTry(node *Node, began time.Time, f *failure) {
	p.recordAnswer(node, began, f, 0, 0)
}

// recordAnswer records a try that has ended, with the number of records and bytes of the answer.
func (p *probe) recordAnswer(node *Node, began time.Time, f *failure, records, bytes int64) {
	if p != nil {
		p.observeTry(node, began, f, records, bytes)
	}
}

func (p *probe) observeTry(node *Node, began time.Time, f *failure, records, bytes int64) {
	number := int(p.tries.Add(1))
	took := time.Since(began)
	if p.meter != nil && node == nil {
		p.meter.noNode.Add(1)
	} else if p.meter != nil {
		s := p.meter.namespace(node.name, p.start.Namespace)
		s.latency[p.start.Family].add(took)
		if p.isRetry {
			s.retries.Add(1)
		}
		if f.err != nil {
			s.countFailure(f)
		}
	}
	if p.observer != nil {
		p.observer.CommandTry(p.ctx, CommandTry{
			Node: node, Number: number, Time: began, Duration: took, Retry: p.isRetry, Records: records, Bytes: bytes, Err: f.err,
		})
	}
}

// setRetry sets whether the next tries count as retries. It must not be called while tries are
// running.
func (p *probe) setRetry(again bool) {
	if p != nil {
		p.isRetry = again
	}
}

// countHedge counts a read that was sent to a second node, or the answer of the second node if that
// came first.
func (p *probe) countHedge(second *Node, namespace string, won bool) {
	if p == nil || p.meter == nil {
		return
	}
	if s := p.meter.namespace(second.name, namespace); won {
		s.hedgesWon.Add(1)
	} else {
		s.hedges.Add(1)
	}
}

// countRefusedRow counts a row of a batch that the server refused.
func (p *probe) countRefusedRow(node *Node, namespace string, code protocol.ResultCode) {
	if p != nil && p.meter != nil {
		p.meter.namespace(node.name, namespace).countRefusal(code)
	}
}

// countInDoubt counts a command, or a row of a batch, whose final error is in doubt.
func (p *probe) countInDoubt(namespace string, err error) {
	e, ok := err.(*protocol.Error)
	if ok && e.InDoubt && p != nil && p.meter != nil && e.Node != "" {
		p.meter.namespace(e.Node, namespace).inDoubt.Add(1)
	}
}

// end records the end of the command.
func (p *probe) end(err error, records int64) {
	if p == nil || p.observer == nil {
		return
	}
	p.observer.CommandEnd(p.ctx, CommandEnd{
		CommandStart: p.start, Duration: time.Since(p.start.Time), Tries: int(p.tries.Load()), Records: records, Err: err,
	})
}
