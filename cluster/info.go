package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Info sends info commands to any node that can be reached. It returns the node's answers by
// command, unchanged. An answer that reports an error ("ERROR:...") is also a value; use
// wire.ParseInfoError to parse it.
func (c *Client) Info(ctx context.Context, p *InfoPolicy, cmds ...string) (values map[string]string, err error) {
	defer c.about(&err, "Info", "", "")
	s, err := c.infoSpan(ctx, p, cmds)
	if err != nil {
		return nil, err
	}
	defer c.calls.end()
	pr, ctx := c.probe(ctx, CommandStart{Name: "Info", Family: FamilyInfo})
	defer func() { pr.end(err, 0) }()
	err = c.noNode("the cluster has no active node")
	nodes := c.Nodes()
	for turn := c.turns.Add(1); len(nodes) > 0; pr.setRetry(true) {
		i := int(turn % uint64(len(nodes)))
		if values, err = nodes[i].info(ctx, &s, pr, cmds); !errors.Is(err, ErrConnect) {
			return values, err
		}
		nodes = slices.Delete(nodes, i, i+1)
	}
	return nil, err
}

// InfoNode is like Info, but sends the commands to the node with the given name, see NodeNames. The
// error is ErrNoNode if no active node has the name.
func (c *Client) InfoNode(ctx context.Context, p *InfoPolicy, node string, cmds ...string) (values map[string]string, err error) {
	defer c.about(&err, "InfoNode", "", "")
	s, err := c.infoSpan(ctx, p, cmds)
	if err != nil {
		return nil, err
	}
	defer c.calls.end()
	n := c.seen().node(node)
	if n == nil {
		return nil, c.noNode(fmt.Sprintf("no active node is named %q", node))
	}
	pr, ctx := c.probe(ctx, CommandStart{Name: "InfoNode", Family: FamilyInfo})
	values, err = n.info(ctx, &s, pr, cmds)
	pr.end(err, 0)
	return values, err
}

// An InfoAnswer is the answer of one node.
type InfoAnswer struct {
	Values map[string]string // by command
	Err    error             // nil if the node has answered
}

// InfoAll sends info commands to all nodes at the same time and returns the answers by node name.
// If a node fails, its InfoAnswer has the error. InfoAll itself returns an error only if it could
// not ask any node, for example ErrNoNode.
func (c *Client) InfoAll(ctx context.Context, p *InfoPolicy, cmds ...string) (answers map[string]InfoAnswer, err error) {
	defer c.about(&err, "InfoAll", "", "")
	s, err := c.infoSpan(ctx, p, cmds)
	if err != nil {
		return nil, err
	}
	defer c.calls.end()
	nodes := c.Nodes()
	if len(nodes) == 0 {
		return nil, c.noNode("the cluster has no active node")
	}
	pr, ctx := c.probe(ctx, CommandStart{Name: "InfoAll", Family: FamilyInfo})
	defer pr.end(nil, 0)
	var mu sync.Mutex // guards answers
	answers = make(map[string]InfoAnswer, len(nodes))
	each(nodes, func(n *Node) {
		values, err := n.info(ctx, &s, pr, cmds)
		c.about(&err, "InfoAll", "", "")
		mu.Lock()
		answers[n.name] = InfoAnswer{values, err}
		mu.Unlock()
	})
	return answers, nil
}

// Ping asks any node that can be reached for its status. The error is nil if the node answers.
func (c *Client) Ping(ctx context.Context) (err error) {
	defer c.about(&err, "Ping", "", "")
	_, err = c.Info(ctx, nil, "status")
	return err
}

// truncateTick is how long Truncate waits before it removes all records. The server keeps records
// that were written in the same millisecond as the truncation. Without the wait, a write could
// survive that was acknowledged before the call.
const truncateTick = 2 * time.Millisecond

// Truncate removes the records of a set that were last updated before a time. If set is empty, it
// removes those of the whole namespace. The zero time removes all records. The server refuses a
// time in the future. Truncate returns when one node has accepted the command; the nodes remove the
// records soon after that.
func (c *Client) Truncate(ctx context.Context, p *InfoPolicy, namespace, set string, before time.Time) (err error) {
	defer c.about(&err, "Truncate", namespace, set)
	if !info.Safe(namespace, set) {
		return clientError(configError("a namespace named %q and a set named %q", namespace, set))
	}
	if err := c.checkNamespace(namespace); err != nil {
		return err
	}
	if err := contextError(ctx); err != nil {
		return clientError(err)
	}
	if err := outsideTxn(ctx); err != nil {
		return err
	}
	command := "truncate-namespace:namespace=" + namespace
	if set != "" {
		command = "truncate:namespace=" + namespace + ";set=" + set
	}
	if !before.IsZero() {
		command += ";lut=" + strconv.FormatInt(before.UnixNano(), 10)
	} else if err := c.wait(ctx, truncateTick); err != nil {
		return err
	}
	_, err = c.infoValue(ctx, p, command)
	return err
}

// wait waits for d. It returns an error if the context ends or the client is closed before that.
func (c *Client) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		if c.isClosed() {
			return clientError(ErrClosed)
		}
		return clientError(contextError(ctx))
	case <-c.done:
		return clientError(ErrClosed)
	}
}

// infoSpan begins an info call, as beginCall does.
func (c *Client) infoSpan(ctx context.Context, p *InfoPolicy, cmds []string) (link.Span, error) {
	if _, err := wire.AppendInfo(nil, cmds...); err != nil {
		return link.Span{}, clientError(err)
	}
	p, err := policyOr(p, &c.env.Policies.Info)
	if err != nil {
		return link.Span{}, err
	}
	return c.beginCall(ctx, orDefault(p.Timeout, DefaultInfoTimeout))
}

// beginCall begins a call with a total timeout. If the error is nil, the caller must call
// calls.end.
func (c *Client) beginCall(ctx context.Context, total time.Duration) (link.Span, error) {
	if err := contextError(ctx); err != nil {
		return link.Span{}, clientError(err)
	}
	if err := c.calls.begin(ctx); err != nil {
		return link.Span{}, err
	}
	return newSpan(ctx, &limits{total: total}), nil
}

func (c *Client) noNode(message string) error {
	if c.isClosed() {
		return clientError(ErrClosed)
	}
	return &protocol.Error{Code: protocol.ClientError, Message: message, Err: ErrNoNode}
}

// info sends info commands to the node over a connection of its pool.
func (n *Node) info(ctx context.Context, s *link.Span, pr *probe, cmds []string) (map[string]string, error) {
	began := time.Now()
	values, attempts, f := n.exchangeInfo(ctx, s, cmds)
	pr.recordTry(n, began, &f)
	if f.err != nil {
		return nil, f.report(n, attempts)
	}
	return values, nil
}

// exchangeInfo sends info commands and reads their answers. If a reused connection is dead, it
// tries once more with another.
func (n *Node) exchangeInfo(ctx context.Context, s *link.Span, cmds []string) (values map[string]string, attempts int, f failure) {
	for again := true; ; again = false {
		var c *link.Conn
		if c, f = n.acquire(ctx, s, time.Now()); f.err != nil {
			return nil, 0, f
		}
		stop := c.Watch(ctx)
		answers, err := c.Info(cmds...)
		c.Unwatch(stop)
		reused, lost := c.Reused, false
		switch {
		case errors.Is(err, protocol.ErrInvalidCommand):
			f = unwritable(err)
		case c.NoteError(err):
			lost = true
			f = failure{err: protocol.NotAuthenticated, outcome: retry.Refused, code: protocol.NotAuthenticated}
		case err != nil:
			f = n.failed(ctx, c, err)
		}
		n.release(c)
		if err == nil {
			return byCommand(answers), 1, failure{}
		}
		// Info commands have no effect, or can safely be repeated.
		if !again || f.final || !reused && !lost {
			return nil, 1, f
		}
	}
}

func byCommand(answers []wire.InfoAnswer) map[string]string {
	values := make(map[string]string, len(answers))
	for _, a := range answers {
		values[a.Command] = a.Value
	}
	return values
}

// infoValue returns one node's answer to a single command. If the answer is an error, infoValue
// returns it.
func (c *Client) infoValue(ctx context.Context, p *InfoPolicy, command string) (string, error) {
	values, err := c.Info(ctx, p, command)
	if err == nil {
		err = info.Error(values[command])
	}
	return values[command], err
}
