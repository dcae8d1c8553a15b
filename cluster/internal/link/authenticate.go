package link

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxAuthSteps bounds the steps of authenticating one connection, in case a node discards sessions
// as soon as it has created them.
const maxAuthSteps = 4

// An Authenticator authenticates the client's connections to one node. Its session.State decides
// which connection logs in and when. If the client has no credentials, an Authenticator does
// nothing.
type Authenticator struct {
	credentials *Credentials
	options     *Options

	// epoch is a copy of the state's epoch that can be read without the lock.
	epoch atomic.Uint64

	// mu guards what follows. It is never held over I/O.
	mu    sync.Mutex
	state session.State
	// ended is closed and replaced at the end of each login, successful or not.
	ended chan struct{}
}

// NewAuthenticator returns the Authenticator of one node.
func NewAuthenticator(o *Options) *Authenticator {
	return &Authenticator{credentials: o.Credentials, options: o, ended: make(chan struct{})}
}

// A RefusedError means that a node refused to log the user in.
type RefusedError struct {
	User string // "" if the certificate names the user
	Code protocol.ResultCode
}

// Error returns a one-line message.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("login of user %q refused: %v", e.User, e.Code)
}

// Required reports whether connections need authentication.
func (a *Authenticator) Required() bool { return a.credentials != nil }

// Authenticate authenticates a new connection. Nothing else may have been sent on it.
func (a *Authenticator) Authenticate(ctx context.Context, c *Conn) error {
	if a.credentials == nil {
		return nil
	}
	for range maxAuthSteps {
		now := time.Now()
		refusal := a.credentials.refusal(now)
		a.mu.Lock()
		step, token, ended := a.state.Next(now, refusal != nil), a.state.Token(), a.ended
		c.epoch = a.state.Epoch()
		a.mu.Unlock()
		var done bool
		var err error
		switch step {
		case session.Pass:
			return nil
		case session.Refuse:
			return refusal
		case session.Present:
			done, err = a.present(ctx, c, token)
		case session.Login:
			done, err = a.login(ctx, c)
		case session.Wait:
			select {
			case <-ended:
			case <-ctx.Done():
				err = ContextError(ctx)
			}
		}
		if done || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: it discards sessions as soon as it has created them", ErrNode)
}

// present authenticates a connection with the session's token. It returns false if a login is
// needed.
func (a *Authenticator) present(ctx context.Context, c *Conn, token []byte) (done bool, err error) {
	request := wire.NewAuthenticate(a.credentials.User, token)
	body, err := exchange(ctx, c, &request, a.options.ConnectTimeout, ErrConnectTimeout)
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
		a.invalidate(c.epoch)
		return false, nil
	}
	return false, a.refused(code)
}

// login logs in on a connection, which starts a session and authenticates the connection.
func (a *Authenticator) login(ctx context.Context, c *Conn) (done bool, err error) {
	request := a.credentials.login()
	var s wire.Session
	var code protocol.ResultCode
	body, err := exchange(ctx, c, &request, a.options.LoginTimeout, ErrLoginTimeout)
	if err == nil {
		s, code, err = wire.ParseSession(body)
	}
	if err == nil && code != protocol.OK && code != protocol.SecurityNotEnabled {
		err = a.refused(code)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err != nil:
		a.state.Fail()
	case code == protocol.SecurityNotEnabled:
		a.state.Pass()
	default:
		a.state.Begin(s, time.Now())
	}
	c.epoch = a.state.Epoch()
	close(a.ended)
	a.ended = make(chan struct{})
	if err == nil {
		a.credentials.accepted()
	}
	return err == nil, err
}

// Renew renews the session on an authenticated connection if renewal is due. If the node refuses,
// the connection stays usable and Renew returns nil.
func (a *Authenticator) Renew(ctx context.Context, c *Conn) error {
	if a.credentials == nil {
		return nil
	}
	now := time.Now()
	blocked := a.credentials.refusal(now) != nil
	a.mu.Lock()
	due := a.state.Renew(now, blocked)
	a.mu.Unlock()
	if !due {
		return nil
	}
	_, err := a.login(ctx, c)
	if refusal, ok := errors.AsType[*RefusedError](err); ok {
		a.options.Logger.Warn("aerospike: session can't be renewed", "error", refusal)
		return nil
	}
	return err
}

// refused returns the error of a node that refuses the user, and starts the backoff of logins.
func (a *Authenticator) refused(code protocol.ResultCode) error {
	err := &RefusedError{User: a.credentials.User, Code: code}
	a.credentials.refused(err, time.Now())
	return err
}

// invalidate records that the node no longer accepts connections that were authenticated in an
// epoch.
func (a *Authenticator) invalidate(epoch uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.Lose(epoch)
	a.epoch.Store(a.state.Epoch())
}

// valid reports whether the node still accepts a connection, as far as the client knows.
func (a *Authenticator) valid(c *Conn) bool { return c.epoch == a.epoch.Load() }

// NoteResult marks the connection unusable if the result code means that its session was lost.
func (c *Conn) NoteResult(code protocol.ResultCode) {
	if session.Lost(code) && c.auth != nil {
		c.Unusable = true
		c.auth.invalidate(c.epoch)
	}
}

// NoteError is like NoteResult, for an error that may have a result code. It reports whether the
// session was lost.
func (c *Conn) NoteError(err error) (lost bool) {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok {
		return false
	}
	c.NoteResult(e.Code)
	return session.Lost(e.Code)
}

// exchange sends an administration message and reads the first part of its answer. It returns late
// if that takes longer than limit.
func exchange(ctx context.Context, c *Conn, r *wire.AdminRequest, limit time.Duration, late error) ([]byte, error) {
	c.BeginLimited(limit)
	c.served = false // authentication does not count as a command
	stop := c.Watch(ctx)
	body, err := c.administer(r)
	c.Unwatch(stop)
	if err == nil {
		err = c.Drained()
	}
	switch {
	case err == nil:
		return body, nil
	case ctx.Err() != nil:
		err = ContextError(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = late
	}
	return nil, err
}

// administer sends an administration message and reads the first part of its answer.
func (c *Conn) administer(r *wire.AdminRequest) ([]byte, error) {
	request, err := r.AppendMessage(c.Request[:0])
	if err != nil {
		return nil, err
	}
	c.Request = request
	_, err = c.Send()
	// The buffer is reused, so don't leave secrets in it.
	clear(c.Request)
	if err != nil {
		return nil, err
	}
	return c.ReadProto(wire.ProtoAdmin)
}
