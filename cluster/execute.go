package cluster

import (
	"context"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/partmap"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/cluster/internal/route"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A call has the parameters of a single-record command that are not part of the command itself.
type call struct {
	name    string // of the Client's method
	limits  limits
	replica ReplicaPolicy
	modeSC  ReadModeSC
	write   bool
	hedge   bool // it may be sent to a second node
	alone   bool // the command is too large or too slow to be sent together with others
	txn     *Txn // the command's transaction, nil if there is none
	// unsettled is set if a write has succeeded and an earlier try of it may still be applied.
	unsettled bool
}

// execute runs a single-record command. If the error is nil, r.resp has the answer. Otherwise the
// error is a *protocol.Error.
func (c *Client) execute(ctx context.Context, r *request) error {
	switch {
	case r.txn != nil:
		if err := c.executeInTxn(ctx, r); err != nil {
			return c.aboutKey(err, r.name, &r.cmd.Key)
		}
		return nil
	case c.observed(ctx):
		return c.runObserved(ctx, r)
	}
	return c.run(ctx, r)
}

// executeInTxn is like execute, for a command of a transaction.
func (c *Client) executeInTxn(ctx context.Context, r *request) error {
	if err := c.calls.begin(ctx); err != nil {
		return err
	}
	defer c.calls.end()
	if err := contextError(ctx); err != nil {
		return clientError(err)
	}
	if err := r.cmd.Check(); err != nil {
		return clientError(err)
	}
	return r.txn.execute(withinCall(ctx), c, r)
}

// perform runs a command, with the fields that its transaction adds, and reports it to the metrics
// and the observer.
func (c *Client) perform(ctx context.Context, r *request) error {
	if c.observed(ctx) {
		return c.runObserved(ctx, r)
	}
	return c.run(ctx, r)
}

// runObserved is run for a command that the metrics or an observer see.
func (c *Client) runObserved(ctx context.Context, r *request) error {
	p := probePool.Get().(*probe)
	ctx = p.begin(ctx, c, CommandStart{Name: r.name, Family: r.family(&r.cmd), Namespace: r.cmd.Key.Namespace, Set: r.cmd.Key.Set})
	r.probe = p
	err := c.run(ctx, r)
	p.countInDoubt(r.cmd.Key.Namespace, err)
	p.end(err, 0)
	r.probe, *p = nil, probe{}
	probePool.Put(p)
	return err
}

// run sends a command to a node, and retries as the limits allow.
func (c *Client) run(ctx context.Context, r *request) error {
	if err := c.begin(ctx, r); err != nil {
		return c.aboutKey(err, r.name, &r.cmd.Key)
	}
	defer c.calls.end()
	now := r.span.Start
	for turn := 0; ; {
		node, refusal := c.choose(r.cmd.Key.Namespace, r.cmd.Key.Partition(), &r.call, turn)
		if refusal != nil {
			refusal.Attempts, refusal.InDoubt = r.state.Tries(), r.state.InDoubt()
			return c.aboutKey(refusal, r.name, &r.cmd.Key)
		}
		if node = c.try(ctx, r, node, now, turn); r.fail.err == nil {
			r.unsettled = r.state.Unsettled()
			return nil
		}
		step, err := c.prepareRetry(ctx, r, node)
		if err != nil {
			return err
		}
		if step.NextReplica {
			turn++
		}
		now = time.Now()
	}
}

// begin starts a call. It fails if the call can't be sent to any node. Otherwise c.calls.end must
// be called.
func (c *Client) begin(ctx context.Context, r *request) error {
	if err := c.calls.begin(ctx); err != nil {
		return err
	}
	err := contextError(ctx)
	if err == nil {
		err = r.cmd.Check()
	}
	if err != nil {
		c.calls.end()
		return clientError(err)
	}
	c.retries.Earn()
	r.limits.start(ctx, &r.span)
	r.state.Write, r.state.MaxRetries = r.write, r.limits.retries
	return nil
}

// try sends a command once and sets r.fail. The node is nil if none is available. It returns the
// node that has answered, which is another one for some hedged reads.
func (c *Client) try(ctx context.Context, r *request, node *Node, now time.Time, turn int) *Node {
	if node == nil {
		r.fail = failure{outcome: retry.NoNode, err: ErrNoNode}
	} else {
		c.limitTry(r, now)
		if r.fail = node.admit(now); r.fail.err == nil {
			if second := c.second(r, node, turn); second != nil {
				r.fail, node = c.hedged(ctx, r, now, node, second)
			} else {
				r.fail = node.stage(r.write).do(ctx, &r.span, now, &r.cmd, &r.resp, r.alone || r.span.Compress > 0)
				if r.fail.err != nil {
					node.withdraw(now)
				}
			}
		}
	}
	if r.probe != nil {
		records := int64(0)
		if r.fail.err == nil && !r.write {
			records = 1
		}
		r.probe.recordAnswer(node, now, &r.fail, records, 0)
	}
	return node
}

// prepareRetry decides what follows a failure, and pauses before another try. It returns an error
// if there is none.
func (c *Client) prepareRetry(ctx context.Context, r *request, node *Node) (retry.Step, error) {
	step := c.advance(&r.state, &r.fail)
	if !step.Again {
		return step, c.failed(&r.state, &r.fail, node, r.name, &r.cmd)
	}
	if err := c.pause(ctx, &r.span, r.limits.pause(r.state.Tries()), step); err != nil {
		r.fail.err = fmt.Errorf("%w, after %w", err, r.fail.err)
		return step, c.failed(&r.state, &r.fail, node, r.name, &r.cmd)
	}
	r.probe.setRetry(true)
	return step, nil
}

// stage returns the coalescer for reads or for writes.
func (n *Node) stage(write bool) *coalescer {
	if write {
		return n.writes
	}
	return n.reads
}

// family returns the family of commands with which the command is counted.
func (cl *call) family(cmd *wire.Command) CommandFamily {
	switch {
	case cmd.IsUDF():
		return FamilyUDF
	case cl.write:
		return FamilyWrite
	}
	return FamilyRead
}

// advance records a failure and returns how to proceed.
func (c *Client) advance(state *retry.State, f *failure) retry.Step {
	if f.final {
		state.Interrupt(f.sent)
		return retry.Step{}
	}
	if f.outcome == retry.NoNode || f.outcome == retry.NoConn || f.outcome == retry.Lost {
		// Later commands need a new partition map, even if this one is not retried.
		c.tender.refreshSoon()
	}
	return state.Fail(f.outcome, f.code)
}

// failed returns the error of a command that is not retried.
func (c *Client) failed(state *retry.State, f *failure, node *Node, op string, cmd *wire.Command) error {
	e := f.report(node, state.Tries())
	if f.outcome == retry.Unreadable && !f.final {
		e.Err = &RecordError{Key: cmd.Key, Err: e.Err}
	}
	e.InDoubt = state.InDoubt()
	if f.outcome == retry.NoNode && !f.final {
		e.Message = fmt.Sprintf("no active node holds partition %d", cmd.Key.Partition())
	}
	nameBin(e, cmd)
	c.describe(e, op, &cmd.Key)
	return e
}

// pause waits before a retry. An error means that a retry is not possible, because the time or the
// retry budget is exhausted.
func (c *Client) pause(ctx context.Context, s *link.Span, sleep time.Duration, step retry.Step) error {
	if step.Costs && !c.retries.Take() {
		return ErrRetryBudget
	}
	var refreshed <-chan struct{}
	if step.Refresh {
		// A retry with the same partition map would probably fail in the same way.
		refreshed = c.tender.refreshSoon()
		sleep = max(sleep, c.env.TendInterval)
	}
	if !step.Sleep {
		sleep = 0
	}
	if left := time.Until(s.Deadline); !s.Deadline.IsZero() && left <= sleep {
		if refreshed == nil || left <= 0 {
			return s.Timeout()
		}
		sleep = left
	}
	if sleep == 0 {
		return contextError(ctx)
	}
	timer := time.NewTimer(sleep)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-refreshed:
	case <-c.done:
	case <-ctx.Done():
	}
	if s.Over(time.Now()) {
		return s.Timeout()
	}
	return contextError(ctx)
}

// choose returns the node for a try of a command. turn is the number of times that the command has
// changed replicas. The node is nil if none is available now; an unknown namespace is an error.
func (c *Client) choose(namespace string, partition uint16, cl *call, turn int) (*Node, *protocol.Error) {
	v := c.seen()
	space := v.parts.Space(namespace)
	if space == nil {
		if v.parts.Empty() && namespace != "" && !c.isClosed() {
			// No node has been reached yet.
			return nil, nil
		}
		return nil, c.unknownNamespace(v, namespace)
	}
	return c.chooseIn(v, space, namespace, partition, cl, turn)
}

// chooseIn is choose for a namespace whose part of the partition map is known.
func (c *Client) chooseIn(v *view, space *partmap.Space[*Node], namespace string, partition uint16, cl *call, turn int) (*Node, *protocol.Error) {
	w := cl.routeRequest(space)
	w.Turn = turn
	if w.PrefersMaster() && space.Replicas() > 0 { // the usual case
		if node := space.Node(0, partition); node.health() == route.Healthy {
			return node, nil
		}
	}
	return c.chooseAmong(v, space, namespace, partition, w)
}

// chooseAmong is chooseIn for a request that may go to a node other than the master.
func (c *Client) chooseAmong(v *view, space *partmap.Space[*Node], namespace string, partition uint16, w route.Request) (*Node, *protocol.Error) {
	if w.Policy == route.PreferRack && len(c.env.RackIDs) == 0 && !w.Write && !w.Newest {
		return nil, clientError(configError("ReplicaPreferRack needs Config.RackIDs, the racks to prefer"))
	}
	if w.UsesCounter() {
		w.Turn = int(c.turns.Add(1) & (1<<31 - 1))
	}
	return route.Choose(w, space, partition, v.nodes, (*Node).health, func(n *Node) int { return n.rackRank(namespace, c.env.RackIDs) }), nil
}

// routeRequest returns the criteria for choosing a node.
func (cl *call) routeRequest(space *partmap.Space[*Node]) route.Request {
	newest := space.Strong() && (cl.modeSC == ReadSession || cl.modeSC == ReadLinearize)
	return route.Request{Policy: route.Policy(cl.replica), Write: cl.write, Newest: newest}
}

// limitTry limits the time of one try of a read, so that a node that hangs leaves time to try
// others.
func (c *Client) limitTry(r *request, now time.Time) {
	s := &r.span
	s.Socket, s.Shared = r.limits.socket, false
	if tries := r.state.MaxRetries + 1 - r.state.Tries(); !r.write && tries > 1 && c.retries.Left() && c.elsewhere(r.cmd.Key.Namespace, &r.call) {
		s.Share(now, tries)
	}
}

// elsewhere reports whether another try of a command may go to another node.
func (c *Client) elsewhere(namespace string, cl *call) bool {
	v := c.view.Load()
	space := v.parts.Space(namespace)
	return len(v.nodes) > 1 && space != nil && cl.routeRequest(space).Elsewhere(space.Replicas())
}
