package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An AdminPolicy is how a command about users and roles is sent. The zero value is the default.
type AdminPolicy struct {
	// Timeout bounds the command; default 1 s, NoTimeout for none.
	Timeout time.Duration
}

func (p *AdminPolicy) validate() error {
	return checkTimeout("AdminPolicy", p.Timeout)
}

// DefaultAdminTimeout is that of the official clients.
const DefaultAdminTimeout = time.Second

// An adminAnswer takes one part of an answer in. It reports whether that was the last one, or the server's
// verdict if it is not OK.
type adminAnswer func(body []byte) (done bool, code protocol.ResultCode, err error)

// adminVerdict is the answer to a command that changes something.
func adminVerdict(body []byte) (done bool, code protocol.ResultCode, err error) {
	code, err = wire.ParseAdminResult(body)
	return true, code, err
}

// adminList makes the answer to a query, whose entries are appended to a list.
func adminList[T any](list *[]T, parse func([]byte) ([]T, protocol.ResultCode, error)) adminAnswer {
	return func(body []byte) (done bool, code protocol.ResultCode, err error) {
		part, code, err := parse(body)
		*list = append(*list, part...)
		if code == protocol.SecurityQueryEnd {
			return true, protocol.OK, err
		}
		return false, code, err
	}
}

// change has any node change users or roles, which all nodes take over.
func (c *Client) change(ctx context.Context, p *AdminPolicy, name string, r wire.AdminRequest) error {
	return c.administer(ctx, p, name, retry.State{Write: true}, &r, adminVerdict)
}

// administer sends an administration message to any node. Nothing is tried again but what was certainly not done.
func (c *Client) administer(ctx context.Context, p *AdminPolicy, name string, state retry.State, r *wire.AdminRequest, take adminAnswer) (err error) {
	defer c.about(&err, name, "", "")
	s, err := c.adminSpan(ctx, p)
	if err != nil {
		return err
	}
	defer c.calls.end()
	message, err := r.AppendMessage(nil)
	if err != nil {
		return clientError(err)
	}
	defer clear(message) // it may hold a password
	nodes := c.Nodes()
	if len(nodes) == 0 {
		return c.noNode("the cluster has no active node")
	}
	n := nodes[c.turns.Add(1)%uint64(len(nodes))]
	pr, ctx := c.probe(ctx, CommandStart{Name: name, Family: FamilyInfo})
	for again := true; again; {
		began := time.Now()
		f := n.administer(ctx, &s, message, take)
		pr.recordTry(n, began, &f)
		if f.err == nil {
			err = nil
			break
		}
		again = c.advance(&state, &f).Again
		e := f.report(n, state.Tries())
		e.InDoubt = state.InDoubt()
		err = e
	}
	pr.end(err, 0)
	return err
}

// adminSpan begins a call about users and roles, as beginCall does.
func (c *Client) adminSpan(ctx context.Context, p *AdminPolicy) (span, error) {
	if p == nil {
		p = &c.cfg.Policies.Admin
	} else if err := p.validate(); err != nil {
		return span{}, clientError(err)
	}
	return c.beginCall(ctx, orDefault(p.Timeout, DefaultAdminTimeout))
}

// administer sends an administration message and takes the parts of its answer in.
func (n *Node) administer(ctx context.Context, s *span, message []byte, take adminAnswer) failure {
	c, f := n.acquire(ctx, s, time.Now())
	if f.err != nil {
		return f
	}
	c.request = append(c.request[:0], message...)
	request := c.request
	stop := c.watch(ctx)
	if f = n.sendRequest(ctx, c); f.err == nil {
		f = n.readAdmin(ctx, c, take)
	}
	c.unwatch(stop)
	clear(request) // it may hold a password
	n.settle(c, &f)
	return f
}

func (n *Node) readAdmin(ctx context.Context, c *conn, take adminAnswer) failure {
	for {
		body, err := c.readProto(wire.ProtoAdmin)
		if err != nil {
			return n.failed(ctx, c, err)
		}
		done, code, err := take(body)
		if err == nil && (done || code != protocol.OK) {
			err = c.drained()
		}
		switch {
		case err != nil:
			c.unusable = true
			return failure{err: err, outcome: retry.Broken}
		case code != protocol.OK:
			return failure{err: code, outcome: retry.Refused, code: code}
		case done:
			return failure{}
		}
		c.arm(time.Now())
	}
}
