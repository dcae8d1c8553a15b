package cluster

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/internal/budget"
	"github.com/aerosql/aerosql/cluster/internal/partmap"
)

// A Client is a client of one cluster. It is safe for concurrent use; a program needs one per
// cluster.
type Client struct {
	env    env
	view   atomic.Pointer[view] // the cluster as commands see it; only the tender writes it
	turns  atomic.Uint64        // round-robin counter for commands that may go to any node
	tender *tender
	// batchRows is memory that batches reuse.
	batchRows rowMemory
	frames    frameMemory
	// retries limits the retries of all commands together.
	retries *budget.Budget
	// hedges limits the second requests of hedged reads.
	hedges *budget.Budget
	strays strays

	calls callCount
	// done is closed when the client is closed, before anything else is closed.
	done      chan struct{}
	closeOnce sync.Once
	tending   sync.WaitGroup
	// observing is set once a context has an observer, so that other commands needn't look for one.
	observing atomic.Bool
}

// Open connects to the cluster and discovers its nodes and partitions. It fails with ErrConnect if
// no seed can be reached, unless Config.OpenUnconnected is set, and with ErrClusterName if the
// cluster does not have the name Config.ClusterName. It also fails if the context ends. The client
// does not use the context after Open has returned. Close the client when you no longer need it.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	env, err := newEnv(cfg)
	if err != nil {
		return nil, clientError(err)
	}
	if err := contextError(ctx); err != nil {
		return nil, clientError(err)
	}
	return open(ctx, env)
}

// open is Open with a configuration that has been checked.
func open(ctx context.Context, env *env) (*Client, error) {
	c := &Client{env: *env, done: make(chan struct{}), retries: budget.New(env.RetryPercent, env.RetryReserve)}
	c.hedges = budget.New(hedgePercent, hedgeReserve)
	c.calls.idle = make(chan struct{}, 1)
	c.view.Store(&view{parts: new(partmap.Map[*Node])})
	c.tender = newTender(&c.env, &c.view, c.done)
	if err := c.tender.connect(ctx); err != nil {
		if !env.OpenUnconnected || ctx.Err() != nil || !errors.Is(err, ErrConnect) {
			c.tender.disconnect()
			return nil, err
		}
		env.Logger.Warn("aerospike: opened without a connection", "error", err)
	}
	c.tending.Go(c.tender.run)
	return c, nil
}

// isClosed reports whether the client was closed, or was not made by Open.
func (c *Client) isClosed() bool {
	if c.done == nil {
		return true
	}
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// Policies returns the default policies, which commands with a nil policy use.
func (c *Client) Policies() Policies { return c.env.Policies }

// IsConnected reports whether there is an active node and the client is not closed.
func (c *Client) IsConnected() bool { return !c.isClosed() && len(c.Nodes()) > 0 }

// Nodes returns the active nodes, sorted by name.
func (c *Client) Nodes() []*Node {
	var nodes []*Node
	for _, n := range c.seen().nodes {
		if n.active.Load() {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// NodeNames returns the names of the active nodes, sorted.
func (c *Client) NodeNames() []string {
	var names []string
	for _, n := range c.Nodes() {
		names = append(names, n.name)
	}
	return names
}

// seen returns the cluster as commands see it now.
func (c *Client) seen() *view {
	if v := c.view.Load(); v != nil {
		return v
	}
	return noView
}
