package cluster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
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
	e, isError := protocol.ParseInfoError(answer)
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

// infoPairs reads "a=1;b=2" with any separator. A part without a sign of equality is a name without a value.
func infoPairs(text, separator string) map[string]string {
	pairs := make(map[string]string)
	for part := range strings.SplitSeq(text, separator) {
		if name, value, _ := strings.Cut(part, "="); name != "" {
			pairs[name] = value
		}
	}
	return pairs
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

// infoInt reads a number; what is none, or missing, as in other versions, is 0.
func infoInt(f map[string]string, name string) int64 {
	n, _ := strconv.ParseInt(f[name], 10, 64)
	return n
}

// infoSafe reports whether names can stand in an info command without changing its meaning.
func infoSafe(names ...string) bool {
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == ';' || r == ':' || r == '=' }) {
			return false
		}
	}
	return true
}
