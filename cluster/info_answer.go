package cluster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// infoValue asks any node and returns its answer to a single command; an answer that tells of an error is one.
func (c *Client) infoValue(ctx context.Context, p *InfoPolicy, command string) (string, error) {
	values, err := c.Info(ctx, p, command)
	if err == nil {
		err = infoError(values[command])
	}
	return values[command], err
}

// infoError is the error that an answer tells of, nil if it tells of none.
func infoError(answer string) error {
	e, isError := wire.ParseInfoError(answer)
	if !isError {
		return nil
	}
	e.Attempts = 1
	return e
}

// onNode names the node in an error that has none.
func onNode(err error, node string) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Node == "" {
		e.Node = node
	}
	return err
}

// infoEach asks all nodes; the first that fails, by name, ends it.
func (c *Client) infoEach(ctx context.Context, p *InfoPolicy, command string) (map[string]string, error) {
	answers, err := c.InfoAll(ctx, p, command)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(answers))
	for _, node := range slices.Sorted(maps.Keys(answers)) {
		a := answers[node]
		err := a.Err
		if err == nil {
			err = infoError(a.Values[command])
		}
		if err != nil {
			return nil, onNode(err, node)
		}
		values[node] = a.Values[command]
	}
	return values, nil
}

// infoOfEach asks all nodes and returns what parse makes of their answers, by the nodes' names.
func infoOfEach[T any](ctx context.Context, c *Client, p *InfoPolicy, command string, parse func(answer string) (T, error)) (map[string]T, error) {
	answers, err := c.infoEach(ctx, p, command)
	if err != nil {
		return nil, err
	}
	all := make(map[string]T, len(answers))
	for node, answer := range answers {
		if all[node], err = parse(answer); err != nil {
			return nil, onNode(err, node)
		}
	}
	return all, nil
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

// namespaceParam is the parameter that names a namespace, where servers before 8.1 know it by another name.
func (c *Client) namespaceParam(older, namespace string) string {
	if c.since(8, 1) {
		older = "namespace"
	}
	return older + "=" + namespace
}

// checkNamespace reports, as an error, a namespace that the cluster does not have.
func (c *Client) checkNamespace(namespace string) error {
	if v := c.seen(); v.parts.Space(namespace) == nil {
		return c.unknownNamespace(v, namespace)
	}
	return nil
}

// infoSafe reports whether names can stand in an info command without changing its meaning.
func infoSafe(names ...string) bool {
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' || r == ':' || r == '=' }) {
			return false
		}
	}
	return true
}
