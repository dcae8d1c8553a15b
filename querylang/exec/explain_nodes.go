package exec

import (
	"context"
	"sync"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A nodeObserver counts what the nodes of the cluster do for a scan.
type nodeObserver struct {
	counters *plan.Counters

	mu    sync.Mutex
	nodes map[string]plan.NodeCounters
}

var _ cluster.Observer = (*nodeObserver)(nil)

// observe returns an observer that adds to the counters of a scan when it is finished.
func (x *execution) observe(c *plan.Counters) *nodeObserver {
	o := &nodeObserver{counters: c, nodes: make(map[string]plan.NodeCounters)}
	x.observers = append(x.observers, o)
	return o
}

// within returns a context whose commands are counted. The observer may be nil.
func (o *nodeObserver) within(ctx context.Context, client Client) context.Context {
	c, ok := client.(interface {
		Observe(ctx context.Context, o cluster.Observer) context.Context
	})
	if o == nil || !ok {
		return ctx
	}
	return c.Observe(ctx, o)
}

// CommandStart implements [cluster.Observer].
func (o *nodeObserver) CommandStart(ctx context.Context, _ cluster.CommandStart) context.Context {
	return ctx
}

// CommandTry implements [cluster.Observer].
func (o *nodeObserver) CommandTry(_ context.Context, t cluster.CommandTry) {
	name := "(none)"
	if t.Node != nil {
		name = t.Node.Name()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.nodes[name]
	n.Commands++
	if t.Retry {
		n.Retries++
	}
	n.Records += t.Records
	n.Bytes += t.Bytes
	n.Time += t.Duration
	o.nodes[name] = n
}

// CommandEnd implements [cluster.Observer].
func (o *nodeObserver) CommandEnd(context.Context, cluster.CommandEnd) {}

// finish adds what was counted to the counters of the scan.
func (o *nodeObserver) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for name, n := range o.nodes {
		if o.counters.Nodes == nil {
			o.counters.Nodes = make(map[string]plan.NodeCounters)
		}
		sum := o.counters.Nodes[name]
		sum.Records += n.Records
		sum.Bytes += n.Bytes
		sum.Commands += n.Commands
		sum.Retries += n.Retries
		sum.Time += n.Time
		o.counters.Nodes[name] = sum
		o.counters.Retries += n.Retries
	}
	clear(o.nodes)
}
