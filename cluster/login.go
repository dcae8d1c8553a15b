package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// admissionRounds bounds the steps by which one connection is let in: a node that gives out sessions and forgets them at once is
// not followed for ever.
const admissionRounds = 4

// A gate lets connections of the client in at one node. Who logs in and when is decided by its state. The zero gate, of a client
// without a user, lets in all.
type gate struct {
	who *credentials
	cfg *Config

	// epoch is that of the state, for those who look at a connection without waiting.
	epoch atomic.Uint64

	// mu guards what follows. It is never held over I/O.
	mu    sync.Mutex
	state session.State
	// ended is closed, and replaced, when a login has ended in whatever way.
	ended chan struct{}
}

func newGate(cfg *Config) *gate {
	return &gate{who: cfg.credentials, cfg: cfg, ended: make(chan struct{})}
}

// ErrLogin means that a node does not let the client's user in; errors.As gives a *LoginError.
var ErrLogin = errors.New("login refused")

// A LoginError is a node's refusal to let the client's user in. It is ErrLogin.
type LoginError struct {
	User string // "" where a certificate names it
	// Code is the node's verdict: InvalidUser, InvalidCredential, NotAllowlisted and the like.
	Code protocol.ResultCode
}

// Error gives one line.
func (e *LoginError) Error() string { return e.text() + ": " + e.Code.Error() }

// Is reports whether target is ErrLogin or the verdict.
func (e *LoginError) Is(target error) bool { return target == ErrLogin || target == error(e.Code) }

// text says what to do.
func (e *LoginError) text() string {
	who := fmt.Sprintf("login of user %q refused", e.User)
	if e.User == "" {
		who = "login by certificate refused"
	}
	if e.Code == protocol.SecurityNotSupported {
		return who + ", as the server's edition has no users: leave Config.User empty"
	}
	return who + ", see Config.User and Config.Password"
}

// admit makes the node know whose connection it is, before anything else is sent on it.
func (g *gate) admit(ctx context.Context, c *conn) error {
	if g.who == nil {
		return nil
	}
	for range admissionRounds {
		now := time.Now()
		refusal := g.who.refusal(now)
		g.mu.Lock()
		step, token, ended := g.state.Next(now, refusal != nil), g.state.Token(), g.ended
		c.epoch = g.state.Epoch()
		g.mu.Unlock()
		var done bool
		var err error
		switch step {
		case session.Pass:
			return nil
		case session.Refuse:
			return refusal
		case session.Present:
			done, err = g.present(ctx, c, token)
		case session.Login:
			done, err = g.login(ctx, c)
		case session.Wait:
			select {
			case <-ended:
			case <-ctx.Done():
				err = contextError(ctx)
			}
		}
		if done || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: it forgets sessions as soon as it has given them", ErrNode)
}

// present authenticates a connection by the token of the session; it reports false if a login is needed for that.
func (g *gate) present(ctx context.Context, c *conn, token []byte) (done bool, err error) {
	request := wire.NewAuthenticate(g.who.user, token)
	body, err := g.exchange(ctx, c, &request, g.cfg.ConnectTimeout, link.ErrConnectTimeout)
	if err != nil {
		return false, err
	}
	code, err := wire.ParseAdminResult(body)
	switch {
	case err != nil:
		return false, err
	case code == protocol.OK || code == protocol.SecurityNotEnabled:
		return true, nil
	case session.Stale(code):
		g.lose(c.epoch)
		return false, nil
	}
	return false, g.refuse(code)
}

// login gets a session for the node on a connection, which is authenticated by that.
func (g *gate) login(ctx context.Context, c *conn) (done bool, err error) {
	request := g.who.login()
	var s wire.Session
	var code protocol.ResultCode
	body, err := g.exchange(ctx, c, &request, g.cfg.LoginTimeout, link.ErrLoginTimeout)
	if err == nil {
		s, code, err = wire.ParseSession(body)
	}
	if err == nil && code != protocol.OK && code != protocol.SecurityNotEnabled {
		err = g.refuse(code)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err != nil:
		g.state.Fail()
	case code == protocol.SecurityNotEnabled:
		g.state.Pass()
	default:
		g.state.Begin(s, time.Now())
	}
	c.epoch = g.state.Epoch()
	close(g.ended)
	g.ended = make(chan struct{})
	if err == nil {
		g.who.accepted()
	}
	return err == nil, err
}

// renew renews the session, if it is time for that, on a connection that is in use already. A refusal
// is no reason not to use the connection any more: the node has let it in.
func (g *gate) renew(ctx context.Context, c *conn) error {
	if g.who == nil {
		return nil
	}
	now := time.Now()
	blocked := g.who.refusal(now) != nil
	g.mu.Lock()
	due := g.state.Renew(now, blocked)
	g.mu.Unlock()
	if !due {
		return nil
	}
	_, err := g.login(ctx, c)
	if errors.Is(err, ErrLogin) {
		g.cfg.Logger.Warn("aerospike: session can't be renewed", "error", err)
		return nil
	}
	return err
}

// refuse is the error of a node that does not let the user in. It is remembered for a while.
func (g *gate) refuse(code protocol.ResultCode) error {
	err := &LoginError{User: g.who.user, Code: code}
	g.who.refused(err, time.Now())
	return err
}

// lose takes notice that the node has forgotten what it let in in an epoch.
func (g *gate) lose(epoch uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state.Lose(epoch)
	g.epoch.Store(g.state.Epoch())
}

// heed takes notice of a verdict on what was sent on a connection: one that says that the node has forgotten it.
func (c *conn) heed(code protocol.ResultCode) {
	if session.Lost(code) && c.gate != nil {
		c.unusable = true
		c.gate.lose(c.epoch)
	}
}

// heedError is heed for an error that may have a verdict in it. It reports whether the node has forgotten the connection.
func (c *conn) heedError(err error) (lost bool) {
	code, _ := verdictOf(err)
	c.heed(code)
	return session.Lost(code)
}

// knows reports whether the node still knows a connection, as far as is known here.
func (g *gate) knows(c *conn) bool { return c.epoch == g.epoch.Load() }

// exchange sends an administration message and reads its answer of one part; late is the error if that takes longer than the limit.
func (g *gate) exchange(ctx context.Context, c *conn, r *wire.AdminRequest, limit time.Duration, late error) ([]byte, error) {
	now := time.Now()
	c.begin(&span{start: now, deadline: now.Add(limit)}, now)
	c.served = false // this is not yet the first command
	stop := c.watch(ctx)
	body, err := c.admin(r)
	c.unwatch(stop)
	if err == nil {
		err = c.drained()
	}
	switch {
	case err == nil:
		return body, nil
	case ctx.Err() != nil:
		err = contextError(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = late
	}
	return nil, err
}

// admin sends an administration message and reads the first part of its answer.
func (c *conn) admin(r *wire.AdminRequest) ([]byte, error) {
	request, err := r.AppendMessage(c.request[:0])
	if err != nil {
		return nil, err
	}
	c.request = request
	_, err = c.send()
	// Secrets do not stay in memory that is used for other things.
	clear(c.request)
	if err != nil {
		return nil, err
	}
	return c.readProto(wire.ProtoAdmin)
}
