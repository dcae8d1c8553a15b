// Package session decides which caller logs in at a node and when. It does no I/O. One caller logs
// in at a time, the session is renewed before it ends, and rejected logins are not repeated
// immediately.
package session

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// renewal is how long before its end a session is renewed. Sessions of less than twice this length
// are renewed after half their length.
const renewal = 60 * time.Second

// A State is the session of one node. The zero value has no session.
type State struct {
	token          func() []byte // nil if there is none; a function, so that printing the State cannot reveal it
	renewAt, endAt time.Time     // zero for never
	noAuth         bool          // the node needs no login
	busy           bool          // a caller is logging in
	epoch          uint64
}

// A Step is the next action of a caller with a new connection.
type Step uint8

// The steps.
const (
	// Pass means to do nothing: the node needs no login.
	Pass Step = iota
	// Present means to authenticate the connection with Token.
	Present
	// Login means to log in on the connection, which also authenticates it, and to report the
	// result by Begin, Pass or Fail.
	Login
	// Wait means that another caller is logging in. Call Next again when its result has been
	// reported.
	Wait
	// Refuse means that the node rejects this user and that logging in is blocked.
	Refuse
)

// Next returns what a caller must do. blocked means that it must not log in now.
func (s *State) Next(now time.Time, blocked bool) Step {
	switch {
	case s.noAuth:
		return Pass
	case s.valid(now) && (s.busy || blocked || !s.due(now)):
		return Present
	case s.busy:
		return Wait
	case blocked:
		return Refuse
	}
	s.busy = true
	return Login
}

// valid reports whether there is a session that has not expired.
func (s *State) valid(now time.Time) bool {
	return s.token != nil && (s.endAt.IsZero() || now.Before(s.endAt))
}

// due reports whether it is time to renew the session.
func (s *State) due(now time.Time) bool { return !s.renewAt.IsZero() && !now.Before(s.renewAt) }

// Renew reports whether to renew the session although no connection is waiting for one. If so, the
// caller must log in and report the result as for Login.
func (s *State) Renew(now time.Time, blocked bool) bool {
	if s.noAuth || s.busy || blocked || s.token == nil || !s.due(now) {
		return false
	}
	s.busy = true
	return true
}

// Begin records a new session after a login.
func (s *State) Begin(session wire.Session, now time.Time) {
	s.busy, s.noAuth = false, false
	s.token = func() []byte { return session.Token }
	s.renewAt, s.endAt = time.Time{}, time.Time{}
	if session.TTL > 0 {
		s.endAt = now.Add(session.TTL)
		s.renewAt = s.endAt.Add(-min(renewal, session.TTL/2))
	}
}

// Pass records that the node needs no login.
func (s *State) Pass() { s.busy, s.noAuth, s.token = false, true, nil }

// Fail records a failed login. A session that is still valid is kept.
func (s *State) Fail() { s.busy = false }

// Token returns the token to authenticate with, or nil if there is no session.
func (s *State) Token() []byte {
	if s.token == nil {
		return nil
	}
	return s.token()
}

// Epoch returns the number of lost sessions. A connection belongs to the epoch in which it was
// authenticated.
func (s *State) Epoch() uint64 { return s.epoch }

// Lose records that the node no longer accepts connections authenticated in an epoch, for example
// after a restart. It does nothing if that has already been recorded.
func (s *State) Lose(epoch uint64) {
	if epoch == s.epoch {
		s.epoch++
		s.token, s.noAuth = nil, false
	}
}

// Lost reports whether a result code means that the node no longer knows the connection's user. The
// command was not executed then.
func Lost(code protocol.ResultCode) bool {
	return code == protocol.NotAuthenticated || code == protocol.ExpiredSession
}

// Stale reports whether a result code for a token means that a login can provide a valid one.
func Stale(code protocol.ResultCode) bool { return Lost(code) || code == protocol.InvalidCredential }

// The pauses after rejected logins.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// A Backoff delays logins after nodes have rejected the user. The zero value blocks nothing.
type Backoff struct {
	err   error
	until time.Time
	pause time.Duration
}

// Refused records a rejected login. It blocks logins for one second the first time, and each
// further time for twice as long, up to a minute. Rejections of logins that started before the
// pause count once.
func (b *Backoff) Refused(err error, now time.Time) {
	if b.err != nil && now.Before(b.until) {
		return
	}
	b.pause = min(max(2*b.pause, firstPause), lastPause)
	b.err, b.until = err, now.Add(b.pause)
}

// Accepted records a successful login.
func (b *Backoff) Accepted() { *b = Backoff{} }

// Err returns the rejection that blocks logins now, or nil.
func (b *Backoff) Err(now time.Time) error {
	if now.Before(b.until) {
		return b.err
	}
	return nil
}
