package cluster

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/internal/budget"
	"github.com/aerosql/aerosql/cluster/internal/partmap"
)

// A Client is a cluster's client. It is safe for use by any number of goroutines; a program needs
// one per cluster.
type Client struct {
	env    env
	view   atomic.Pointer[view] // what commands see of the cluster; written by the tender alone
	turns  atomic.Uint64        // counts commands that go round the nodes
	tender *tender
	// batchRows is memory for batches to come.
	batchRows rowMemory
	// retries is what all commands together may be tried again.
	retries *budget.Budget

	calls callCount
	// done is closed when the client is, before anything else is.
	done      chan struct{}
	closeOnce sync.Once
	tending   sync.WaitGroup
}

// Open connects to the cluster and learns its nodes and partitions. It fails if no seed can be
// reached (ErrConnect), unless Config.OpenUnconnected says otherwise, or if the cluster has another
// name than expected (ErrClusterName), or when the context ends, which has no meaning for the
// client afterwards. Close the client when it is no longer needed.
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

// Policies returns the policies that commands with a nil policy have.
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
