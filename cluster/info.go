package cluster

import (
	"context"
	"time"
)

// Info asks any node and returns its answers by command, as it sent them: a node's "ERROR:..." is a
// value like any other; protocol.ParseInfoError reads it.
func (c *Client) Info(ctx context.Context, p *InfoPolicy, cmds ...string) (map[string]string, error) {
	return c.infoAny(ctx, p, cmds)
}

// InfoNode asks the node of a name, see NodeNames. The error is ErrNoNode if there is none.
func (c *Client) InfoNode(ctx context.Context, p *InfoPolicy, node string, cmds ...string) (map[string]string, error) {
	return c.infoNode(ctx, p, node, cmds)
}

// An InfoAnswer is what one node answered.
type InfoAnswer struct {
	Values map[string]string // by command
	Err    error
}

// InfoAll asks all nodes at the same time and returns their answers by the nodes' names. The error
// is about the call as a whole; that of a node stands in its answer.
func (c *Client) InfoAll(ctx context.Context, p *InfoPolicy, cmds ...string) (map[string]InfoAnswer, error) {
	return c.infoAll(ctx, p, cmds)
}

// Ping asks one node for its status.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.Info(ctx, nil, "status")
	return err
}

// Truncate removes all records of a set, or with an empty set of a whole namespace,
// that were last updated before a time; the zero time removes all. A time in the future is refused by the server. The
// nodes carry it out on their own soon after the answer.
func (c *Client) Truncate(ctx context.Context, p *InfoPolicy, namespace, set string, before time.Time) error {
	return c.truncate(ctx, p, namespace, set, before)
}
