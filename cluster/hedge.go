package cluster

import (
	"context"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// hedgePercent is the number of reads in 100 hedged ones that may be sent a second time.
	hedgePercent = 5
	// hedgeReserve is the number of second requests that are allowed in addition.
	hedgeReserve = 50
)

// strays are the goroutines of the requests of hedged reads. A request whose read was answered by
// another node goes on until its own answer, so that its connection stays usable.
type strays struct {
	mu     sync.Mutex // guards closed
	closed bool
	// running counts the goroutines. None is started once closed is set.
	running sync.WaitGroup
}

// start runs f in a goroutine. It reports false, and runs nothing, after close.
func (g *strays) start(f func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.running.Go(f)
	}
	return !g.closed
}

// close waits for all requests. Their connections must have been closed.
func (g *strays) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.running.Wait()
}

// A hedgeRequest is one of the requests of a hedged read. It has its own copy of everything,
// because it may outlive the read.
type hedgeRequest struct {
	node  *Node
	alone bool
	span  link.Span
	began time.Time
	cmd   wire.Command
	resp  wire.Response
	fail  failure
}

// send sends the request and records how long it took.
func (r *hedgeRequest) send() {
	r.fail = r.node.reads.do(context.Background(), &r.span, r.began, &r.cmd, &r.resp, r.alone)
	if r.fail.err != nil {
		r.node.withdraw(r.began)
	}
	if r.fail.err == nil || r.fail.outcome.Answered() || r.fail.late() {
		r.node.latency.Record(time.Since(r.began))
	}
}

// second returns the node that a read can be sent to besides the first, or nil if there is none.
func (c *Client) second(r *request, first *Node, turn int) *Node {
	if !r.hedge || r.write || !c.elsewhere(r.cmd.Key.Namespace, &r.call) {
		return nil
	}
	node, refusal := c.choose(r.cmd.Key.Namespace, r.cmd.Key.Partition(), &r.call, turn+1)
	if refusal != nil || node == first {
		return nil
	}
	return node
}

// A hedgedRead is one try of a read that may use two nodes.
type hedgedRead struct {
	client        *Client
	alone         bool
	span          link.Span
	cmd           wire.Command
	answers       chan *hedgeRequest
	first, second *hedgeRequest // nil if not sent
	open          int           // requests without an answer
}

// hedged sends a read to the first node and, if the answer does not come in the usual time, to the
// second. If the first node is much slower than the second, it begins with the second. It returns
// the outcome and the node that it is of.
func (c *Client) hedged(ctx context.Context, r *request, now time.Time, first, second *Node) (failure, *Node) {
	c.hedges.Earn()
	h := &hedgedRead{
		client: c, answers: make(chan *hedgeRequest, 2),
		alone: r.alone || r.span.Compress > 0, span: r.span, cmd: r.cmd,
	}
	slow := first.latency.Slow(&second.latency)
	if slow {
		first, second = second, first
	}
	wait := first.latency.Wait()
	if slow && second.latency.Probe() {
		wait = probeNow
	}
	if h.first = h.ask(first, now); h.first == nil {
		return ended(ErrClosed, false), first
	}
	answered, err := h.await(ctx, second, wait, r.probe)
	if err != nil {
		return ended(err, true), first
	}
	r.resp = answered.resp
	return answered.fail, answered.node
}

// probeNow is the wait of a read that is sent to both nodes at once.
const probeNow time.Duration = 1

// ask sends a request to a node. It returns nil if the client is closed.
func (h *hedgedRead) ask(node *Node, now time.Time) *hedgeRequest {
	r := &hedgeRequest{node: node, alone: h.alone, span: h.span, began: now, cmd: h.cmd}
	answers := h.answers
	if !h.client.strays.start(func() {
		r.send()
		answers <- r
	}) {
		return nil
	}
	h.open++
	return r
}

// await returns the first request that was answered, or the last that failed. After wait, which is
// 0 for never, it sends a request to the second node.
func (h *hedgedRead) await(ctx context.Context, second *Node, wait time.Duration, p *probe) (*hedgeRequest, error) {
	var timeout <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		timeout = timer.C
	}
	for {
		select {
		case r := <-h.answers:
			h.open--
			answered := r.fail.err == nil || r.fail.outcome == retry.Refused
			if answered && r == h.second {
				p.countHedge(second, h.cmd.Key.Namespace, true)
			}
			if answered || h.open == 0 {
				return r, nil
			}
		case <-timeout:
			timeout = nil
			if wait != probeNow {
				h.first.node.latency.Late()
			}
			if h.hedge(second) {
				p.countHedge(second, h.cmd.Key.Namespace, false)
			}
		case <-ctx.Done():
			return nil, contextError(ctx)
		}
	}
}

// hedge sends the read to the second node, if the budget allows it. It reports whether it did.
func (h *hedgedRead) hedge(second *Node) bool {
	now := time.Now()
	if !h.client.hedges.Take() || second.admit(now).err != nil {
		return false
	}
	h.second = h.ask(second, now)
	return h.second != nil
}
