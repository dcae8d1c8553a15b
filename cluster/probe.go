package cluster

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A probe follows one command for the client's meter and its observer. Where nobody wants to know there is none: a nil probe
// is told of everything and does nothing.
type probe struct {
	meter    *meter   // nil if it does not count
	observer Observer // nil if there is none
	ctx      context.Context
	start    CommandStart
	tries    atomic.Int32
	again    bool // what is tried now was tried before
}

// observed reports whether a command needs a probe.
func (c *Client) observed() bool {
	return c.env.Observer != nil || c.env.meter != nil && c.env.meter.on.Load()
}

// begin starts a probe and returns the context of the command.
func (p *probe) begin(ctx context.Context, c *Client, start CommandStart) context.Context {
	if c.env.meter.on.Load() {
		p.meter = c.env.meter
	}
	p.observer = c.env.Observer
	p.start = start
	p.start.Time = time.Now()
	if p.observer != nil {
		ctx = p.observer.CommandStart(ctx, p.start)
	}
	p.ctx = ctx
	return ctx
}

// probe returns the probe of a command, nil if nobody wants to know of it, and the command's context.
func (c *Client) probe(ctx context.Context, start CommandStart) (*probe, context.Context) {
	if !c.observed() {
		return nil, ctx
	}
	p := new(probe)
	return p, p.begin(ctx, c, start)
}

// tried is told how a try ended that began at a moment. The node is nil if there was none to ask.
func (p *probe) tried(node *Node, began time.Time, f *failure) {
	if p != nil {
		p.noteTry(node, began, f)
	}
}

func (p *probe) noteTry(node *Node, began time.Time, f *failure) {
	number := int(p.tries.Add(1))
	took := time.Since(began)
	if p.meter != nil && node == nil {
		p.meter.noNode.Add(1)
	} else if p.meter != nil {
		s := p.meter.space(node.name, p.start.Namespace)
		s.latency[p.start.Family].add(took)
		if p.again {
			s.retries.Add(1)
		}
		if f.err != nil {
			s.failed(f)
		}
	}
	if p.observer != nil {
		p.observer.CommandTry(p.ctx, CommandTry{Node: node, Number: number, Time: began, Duration: took, Err: f.err})
	}
}

// retries is told, between tries, whether those that follow repeat others.
func (p *probe) retries(again bool) {
	if p != nil {
		p.again = again
	}
}

// rowRefused is told of each row of a batch that the server has refused.
func (p *probe) rowRefused(node *Node, namespace string, code protocol.ResultCode) {
	if p != nil && p.meter != nil {
		p.meter.space(node.name, namespace).refused(code)
	}
}

// doubtful is told of each command, or row of a batch, that has failed for good with an error in doubt.
func (p *probe) doubtful(namespace string, err error) {
	e, ok := err.(*protocol.Error)
	if ok && e.InDoubt && p != nil && p.meter != nil && e.Node != "" {
		p.meter.space(e.Node, namespace).inDoubt.Add(1)
	}
}

// end is told that the command is over.
func (p *probe) end(err error, records int64) {
	if p == nil || p.observer == nil {
		return
	}
	p.observer.CommandEnd(p.ctx, CommandEnd{
		CommandStart: p.start, Duration: time.Since(p.start.Time), Tries: int(p.tries.Load()), Records: records, Err: err,
	})
}
