package cluster

import (
	"context"
	"fmt"
	"time"
)

const (
	// fairShare is the part of TendInterval that every node may take to answer once others have
	// answered.
	fairShare = 10
	// fairFactor is how many times longer than usual an answer may take in that case.
	fairFactor = 3
)

// inquire asks nodes at the same time and applies their answers. ask must not change the tender's
// state of the node; the function that it returns does. inquire returns when all nodes have
// answered or failed, or when some have answered and the fair time of the others has passed:
// changes must not wait for a node that hangs. Such a node has failed in this round, and is not
// asked again until the inquiry has ended. A late answer is discarded.
func (t *tender) inquire(ctx context.Context, nodes []*Node, what string, ask func(context.Context, *Node) (take func(), err error)) {
	ended := make(chan *inquiry, len(nodes))
	var open []*inquiry
	for _, n := range nodes {
		if n.tend.settled() {
			open = append(open, t.begin(ctx, n, ended, ask))
		} else {
			t.failed(n, what, errNotAnswered)
		}
	}
	began := time.Now()
	var fair *time.Timer
	var over <-chan time.Time
	for waiting := len(open); waiting > 0; {
		if fair == nil && t.hurried() {
			fair = time.NewTimer(t.fairTime(open) - time.Since(began))
			defer fair.Stop()
			over = fair.C
		}
		select {
		case q := <-ended:
			waiting--
			t.conclude(q, what)
		case <-over:
			for _, q := range open {
				if !q.node.tend.settled() {
					t.failed(q.node, what, errNotAnswered)
				}
			}
			return
		}
	}
}

var errNotAnswered = fmt.Errorf("%w: it has not answered in time", ErrNode)

// hurried reports whether a node has answered in this round, so that its answer waits to be used.
func (t *tender) hurried() bool { return t.begun && t.heard && len(t.nodes) > 1 }

// fairTime returns how long the slowest of the nodes that have not answered may take.
func (t *tender) fairTime(open []*inquiry) time.Duration {
	fair := t.env.TendInterval / fairShare
	for _, q := range open {
		if q.node.tend.inquiry == q {
			fair = max(fair, fairFactor*q.node.tend.usual)
		}
	}
	return fair
}

// begin starts an inquiry.
func (t *tender) begin(ctx context.Context, n *Node, ended chan<- *inquiry, ask func(context.Context, *Node) (func(), error)) *inquiry {
	q := &inquiry{node: n, done: make(chan struct{})}
	ctx, q.cancel = context.WithCancel(ctx)
	n.tend.inquiry = q
	t.inquiries.Go(func() {
		defer q.cancel()
		began := time.Now()
		q.take, q.err = ask(ctx, n)
		q.took = time.Since(began)
		close(q.done)
		ended <- q
	})
	return q
}

// conclude applies the outcome of an inquiry.
func (t *tender) conclude(q *inquiry, what string) {
	tend := &q.node.tend
	tend.inquiry = nil
	if q.err != nil {
		tend.hangUp()
		t.failed(q.node, what, q.err)
		return
	}
	tend.answeredAfter(q.took)
	t.heard = true
	q.take()
}

// failed counts a failure of a node.
func (t *tender) failed(n *Node, what string, err error) {
	n.tend.failures++
	t.env.Logger.Warn("aerospike: "+what, "node", n.name, "address", n.Address(), "failures", n.tend.failures, "error", err)
}

// giveUp cancels the inquiry of a node that is not tended any more, and closes its connection for
// tending.
func (t *tender) giveUp(n *Node) {
	q := n.tend.inquiry
	if q == nil {
		n.tend.hangUp()
		return
	}
	q.cancel()
	t.inquiries.Go(func() {
		<-q.done
		n.tend.hangUp()
	})
}
