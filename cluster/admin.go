package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Administer sends a security message to any node; package cluster/admin has a method for each
// message. A request that changes users or roles is answered by a result code alone, and read is
// nil. For a query, read is called with each part of the answer and returns its result code, until
// that is protocol.SecurityQueryEnd. The body is valid only during the call. Only what was
// certainly not done is tried again.
func (c *Client) Administer(ctx context.Context, p *AdminPolicy, r wire.AdminRequest, read func(body []byte) (protocol.ResultCode, error)) (err error) {
	defer c.about(&err, "Administer", "", "")
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
	pr, ctx := c.probe(ctx, CommandStart{Name: r.Command.String(), Family: FamilyInfo})
	state := retry.State{Write: read == nil}
	for again := true; again; {
		began := time.Now()
		f := n.administer(ctx, &s, message, read)
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

// ChangePassword changes the password of the client's own user, that of Config.User. It needs no
// privilege. The client logs in with the new password from then on. Other clients of the same user
// keep their sessions, and need the new password when these end. If the error says InDoubt, either
// password may be the right one.
func (c *Client) ChangePassword(ctx context.Context, p *AdminPolicy, password Password) (err error) {
	defer c.about(&err, "ChangePassword", "", "")
	who := c.env.link.Credentials
	if who == nil || who.Method == link.Certificate {
		return clientError(configError("ChangePassword needs the client's own user, and Config.User is empty"))
	}
	credential, err := protocol.Credential(string(password))
	if err != nil {
		return clientError(err)
	}
	if err := c.Administer(ctx, p, wire.NewChangePassword(who.User, who.Hash(), credential), nil); err != nil {
		return err
	}
	who.Replace(credential, string(password))
	return nil
}

// adminSpan begins a call about users and roles, as beginCall does.
func (c *Client) adminSpan(ctx context.Context, p *AdminPolicy) (link.Span, error) {
	p, err := policyOr(p, &c.env.Policies.Admin)
	if err != nil {
		return link.Span{}, err
	}
	return c.beginCall(ctx, orDefault(p.Timeout, DefaultAdminTimeout))
}

// administer sends an administration message and takes the parts of its answer in.
func (n *Node) administer(ctx context.Context, s *link.Span, message []byte, read func([]byte) (protocol.ResultCode, error)) failure {
	var request []byte
	write := func(buf []byte) ([]byte, error) {
		request = append(buf, message...)
		return request, nil
	}
	f := n.exchange(ctx, s, time.Now(), write, func(c *link.Conn) failure {
		// It may hold a password. From here on the buffer is the connection's.
		clear(request)
		request = nil
		return n.readAdmin(ctx, c, read)
	})
	clear(request) // it could not be sent, and its connection is closed
	return f
}

// readAdmin reads the answer to an administration message.
func (n *Node) readAdmin(ctx context.Context, c *link.Conn, read func([]byte) (protocol.ResultCode, error)) failure {
	parse := read
	if read == nil {
		parse = wire.ParseAdminResult
	}
	for {
		body, err := c.ReadProto(wire.ProtoAdmin)
		if err != nil {
			return n.failed(ctx, c, err)
		}
		code, err := parse(body)
		done := read == nil || code == protocol.SecurityQueryEnd
		if read != nil && done {
			code = protocol.OK
		}
		if err == nil && (done || code != protocol.OK) {
			err = c.Drained()
		}
		switch {
		case err != nil:
			c.Unusable = true
			return failure{err: err, outcome: retry.Broken}
		case code != protocol.OK:
			return failure{err: code, outcome: retry.Refused, code: code}
		case done:
			return failure{}
		}
		c.Arm(time.Now())
	}
}
