package cluster

import (
	"context"

	"github.com/aerosql/aerosql/cluster/internal/info"
)

// infoValue returns one node's answer to a single command. If the answer is an error, infoValue returns it.
func (c *Client) infoValue(ctx context.Context, p *InfoPolicy, command string) (string, error) {
	values, err := c.Info(ctx, p, command)
	if err == nil {
		err = info.Error(values[command])
	}
	return values[command], err
}

// since reports whether all nodes are of a version or a later one.
func (c *Client) since(parts ...int) bool {
	for _, n := range c.seen().nodes {
		if !n.version.AtLeast(parts...) {
			return false
		}
	}
	return true
}

// CheckNamespace returns an error that is ErrNamespace, with the names that exist in its message, if no
// node of the cluster has the namespace. If the client is closed the error is ErrClosed. It sends nothing: it
// looks at the partition map, which is at most Config.TendInterval old.
func (c *Client) CheckNamespace(namespace string) (err error) {
	defer c.about(&err, "CheckNamespace", namespace, "")
	return c.checkNamespace(namespace)
}

func (c *Client) checkNamespace(namespace string) error {
	if v := c.seen(); v.parts.Space(namespace) == nil {
		return c.unknownNamespace(v, namespace)
	}
	return nil
}
