package cluster

import (
	"context"
	"iter"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Client is a cluster's client. It is safe for use by any number of
// goroutines; a program needs one per cluster.
type Client struct {
	cfg Config
}

// Open connects to the cluster and learns its nodes and partitions. It fails if no
// seed can be reached before the context ends (ErrConnect), or if the cluster has another name
// (ErrClusterName). Close the client when it is no longer needed.
func Open(ctx context.Context, cfg Config) (*Client, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Client{cfg: cfg}, nil
}

// Close interrupts what is under way, closes all connections and waits for the client's
// goroutines. Calls fail with ErrClosed from then on. Closing twice is allowed.
func (c *Client) Close() error { return nil }

// IsConnected reports whether there is an active node and the client is not closed.
func (c *Client) IsConnected() bool { return false }

// Nodes returns the active nodes, sorted by name.
func (c *Client) Nodes() []*Node { return nil }

// NodeNames returns the names of the active nodes, sorted.
func (c *Client) NodeNames() []string { return nil }

// A Node is a server of the cluster.
type Node struct{ name string }

// Name returns the name that the node gives itself.
func (n *Node) Name() string { return n.name }

type call struct {
	limits  limits
	replica ReplicaPolicy
	modeSC  ReadModeSC
	write   bool
}

func (c *Client) execute(ctx context.Context, cl *call, cmd *protocol.Command, resp *protocol.Response) error {
	return ErrClosed
}
func (c *Client) batch(ctx context.Context, p *BatchPolicy, n int, command func(*BatchPolicy, int) (protocol.Command, error)) ([]BatchResult, error) {
	return nil, ErrClosed
}

type query struct{}

func (c *Client) newQuery(ctx context.Context, p *QueryPolicy, stmt Statement) (*query, error) {
	return nil, ErrClosed
}
func (q *query) run(yield func(*protocol.Record, error) bool) {}

func (c *Client) infoAny(ctx context.Context, p *InfoPolicy, cmds []string) (map[string]string, error) {
	return nil, ErrClosed
}
func (c *Client) infoNode(ctx context.Context, p *InfoPolicy, node string, cmds []string) (map[string]string, error) {
	return nil, ErrClosed
}
func (c *Client) infoAll(ctx context.Context, p *InfoPolicy, cmds []string) (map[string]InfoAnswer, error) {
	return nil, ErrClosed
}
func (c *Client) truncate(ctx context.Context, p *InfoPolicy, namespace, set string, before time.Time) error {
	return ErrClosed
}

var _ iter.Seq2[int, int]
