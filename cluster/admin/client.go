package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/cluster/internal/topology"
	"github.com/aerosql/aerosql/protocol"
)

// A Client sends administrative commands through a cluster.Client. It has no connections and no
// state of its own, and need not be closed. It is safe for concurrent use by multiple goroutines.
type Client struct{ client *cluster.Client }

// New returns a Client that uses client, which must stay open as long as the Client is in use.
func New(client *cluster.Client) *Client { return &Client{client} }

// native returns the underlying client. If there is none, it returns a client that acts as closed.
func (c *Client) native() *cluster.Client {
	if c.client == nil {
		return new(cluster.Client)
	}
	return c.client
}

// about adds the name of the method, a namespace and a set to a method's error. Methods defer it.
// If the client is closed, it replaces an error that arose on the client side with ErrClosed.
func (c *Client) about(err *error, op, namespace, set string) {
	e, ok := errors.AsType[*protocol.Error](*err)
	if !ok {
		return
	}
	e.Op = op
	if e.Key.Namespace == "" {
		e.Key = protocol.Key{Namespace: namespace, Set: set}
	}
	if e.Code == protocol.ClientError && e.Attempts == 0 {
		if closed := c.native().CheckNamespace(""); errors.Is(closed, cluster.ErrClosed) && !errors.Is(e, cluster.ErrClosed) {
			e.Err, e.Message = cluster.ErrClosed, ""
		}
	}
}

// clientError returns an error that arose on the client side, before anything was sent.
func clientError(err error) *protocol.Error {
	return &protocol.Error{Code: protocol.ClientError, Err: err}
}

// configError returns the error of arguments that contradict each other or can't be sent.
func configError(format string, args ...any) *protocol.Error {
	return clientError(fmt.Errorf("%w: %w", cluster.ErrConfig, fmt.Errorf(format, args...)))
}

// value returns one node's answer to a command. If the answer is an error, value returns it.
func (c *Client) value(ctx context.Context, p *cluster.InfoPolicy, command string) (string, error) {
	values, err := c.native().Info(ctx, p, command)
	if err == nil {
		err = info.Error(values[command])
	}
	return values[command], err
}

// answers returns all nodes' answers to a command.
func (c *Client) answers(ctx context.Context, p *cluster.InfoPolicy, command string) (info.Answers, error) {
	all, err := c.native().InfoAll(ctx, p, command)
	answers := make(info.Answers, len(all))
	for node, a := range all {
		answers[node] = info.Answer{Text: a.Values[command], Err: a.Err}
	}
	return answers, err
}

// ofEach sends a command to all nodes and returns the parsed answers, keyed by node name. If
// several nodes fail, the error is that of the node whose name sorts first.
func ofEach[T any](ctx context.Context, c *Client, p *cluster.InfoPolicy, command string, parse func(answer string) (T, error)) (map[string]T, error) {
	answers, err := c.answers(ctx, p, command)
	if err != nil {
		return nil, err
	}
	all := make(map[string]T, len(answers))
	err = answers.Each(func(node, text string) error {
		err := info.Error(text)
		if err == nil {
			all[node], err = parse(text)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// since81 reports whether all active nodes run version 8.1 or later.
func (c *Client) since81() bool {
	return !slices.ContainsFunc(c.native().Nodes(), func(n *cluster.Node) bool {
		version, _ := topology.ParseVersion(n.Build())
		return !version.AtLeast(8, 1)
	})
}

// namespaceParam returns the parameter for a namespace. older is the name of the parameter before
// version 8.1.
func (c *Client) namespaceParam(older, namespace string) string {
	return info.NamespaceParam(older, namespace, c.since81())
}
