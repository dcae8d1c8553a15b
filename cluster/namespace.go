package cluster

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// since reports whether all nodes have at least the given server version.
func (c *Client) since(parts ...int) bool {
	for _, n := range c.seen().nodes {
		if !n.version.AtLeast(parts...) {
			return false
		}
	}
	return true
}

// CheckNamespace returns an error that is ErrNamespace, with the names that exist in its message,
// if no node of the cluster has the namespace. If the client is closed the error is ErrClosed. It
// sends nothing: it looks at the partition map, which is at most Config.TendInterval old.
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

func (c *Client) unknownNamespace(v *view, namespace string) *protocol.Error {
	if c.isClosed() {
		return clientError(ErrClosed)
	}
	if namespace == "" {
		return clientError(fmt.Errorf("%w: it has no namespace; use protocol.NewKey to make keys", protocol.ErrInvalidKey))
	}
	if v.parts.Empty() {
		return &protocol.Error{Code: protocol.ClientError, Message: "no node of the cluster has been reached yet", Err: ErrNoNode}
	}
	return &protocol.Error{
		Code:    protocol.InvalidNamespace,
		Message: fmt.Sprintf("the cluster has %s", strings.Join(v.parts.Namespaces(), ", ")),
		Err:     ErrNamespace,
	}
}
