// Package session decides who logs in at a node and when, without doing it: one caller at
// a time, before the session ends, and not again and again where the node refuses.
package session

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// renewal is how long before its end a session is renewed; half of a session that is not twice as long.
const renewal = 60 * time.Second

// A State is the session of one node. Its zero value has none.
type State struct {
	token          func() []byte // nil without one; a function, so that nothing that prints this can reach it
	renewAt, endAt time.Time     // zero for never
	open           bool          // the node lets everybody in
	busy           bool          // a caller logs in
	epoch          uint64
}

// A Step is what a caller with a new connection does next.
type Step uint8

// The steps.
const (
	// Pass: nothing, the node asks nobody for anything.
	Pass Step = iota
	// Present: authenticate the connection by Token.
	Present
	// Login: log in on the connection, which authenticates it as well, and report that by Begin, Pass or Fail.
	Login
	// Wait: another caller logs in; ask again when that has been reported.
	Wait
	// Refuse: the node does not let this user in, and may not be asked now.
	Refuse
)

// Next tells a caller what to do. Blocked says that logging in must not be tried now.
func (s *State) Next(now time.Time, blocked bool) Step {
	switch {
	case s.open:
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

// valid reports whether there is a session that has not ended.
func (s *State) valid(now time.Time) bool {
	return s.token != nil && (s.endAt.IsZero() || now.Before(s.endAt))
}

// due reports whether the session is to be renewed.
func (s *State) due(now time.Time) bool { return !s.renewAt.IsZero() && !now.Before(s.renewAt) }

// Renew reports whether the session should be renewed although no connection is waiting for one. If it does,
// the caller logs in, and reports as after Login.
func (s *State) Renew(now time.Time, blocked bool) bool {
	if s.open || s.busy || blocked || s.token == nil || !s.due(now) {
		return false
	}
	s.busy = true
	return true
}

// Begin reports that a login has given a session.
func (s *State) Begin(session wire.Session, now time.Time) {
	s.busy, s.open = false, false
	s.token = func() []byte { return session.Token }
	s.renewAt, s.endAt = time.Time{}, time.Time{}
	if session.TTL > 0 {
		s.endAt = now.Add(session.TTL)
		s.renewAt = s.endAt.Add(-min(renewal, session.TTL/2))
	}
}

// Pass reports that the node, which was to be logged in at, asks nobody for anything.
func (s *State) Pass() { s.busy, s.open, s.token = false, true, nil }

// Fail reports that a login has not succeeded. A session that is still valid stays.
func (s *State) Fail() { s.busy = false }

// Token returns what a connection presents, nil if there is no session.
func (s *State) Token() []byte {
	if s.token == nil {
		return nil
	}
	return s.token()
}

// Epoch counts the sessions that were lost. A connection belongs to the epoch in which it was let in.
func (s *State) Epoch() uint64 { return s.epoch }

// Lose reports that the node has forgotten, of itself or because it was started again, what was let in
// in an epoch. It does nothing if that is known already.
func (s *State) Lose(epoch uint64) {
	if epoch == s.epoch {
		s.epoch++
		s.token, s.open = nil, false
	}
}

// Lost reports whether a node's verdict means that it does not know the connection's user any more. Nothing
// was done then.
func Lost(code protocol.ResultCode) bool {
	return code == protocol.NotAuthenticated || code == protocol.ExpiredSession
}

// Stale reports whether a node's verdict on a token means that a login gives a better one.
func Stale(code protocol.ResultCode) bool { return Lost(code) || code == protocol.InvalidCredential }

// The pauses after refusals.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// A Backoff keeps a user whom nodes refuse from trying again and again. Its zero value blocks nothing.
type Backoff struct {
	err   error
	until time.Time
	pause time.Duration
}

// Refused reports a refusal. Nobody logs in for a second after the first one, and twice as long after each further
// one, up to a minute. Refusals of those who had begun before count as one.
func (b *Backoff) Refused(err error, now time.Time) {
	if b.err != nil && now.Before(b.until) {
		return
	}
	b.pause = min(max(2*b.pause, firstPause), lastPause)
	b.err, b.until = err, now.Add(b.pause)
}

// Accepted reports that a login has succeeded.
func (b *Backoff) Accepted() { *b = Backoff{} }

// Err returns the refusal that still counts, or nil.
func (b *Backoff) Err(now time.Time) error {
	if now.Before(b.until) {
		return b.err
	}
	return nil
}
