// Package breaker implements a circuit breaker for a node: it decides when a node that keeps
// failing is not used for a while, so that callers do not wait for it and it is not overloaded
// further.
package breaker

import "time"

// A Breaker is the state of one node. While it is closed, commands go to the node. More than Limit
// failures within a window open it: commands are rejected. After one window it is half open and
// admits one command at a time as a probe. If the probe succeeds the breaker closes; if it fails
// the breaker opens again. The caller passes the time and must not call methods concurrently. The
// zero Breaker never opens.
//
// The window slides: failures of the previous window are weighted by the part of it that is still
// within the last Window.
type Breaker struct {
	Limit  int           // failures tolerated in a window; 0 for no limit
	Window time.Duration // length of the window, and of the open state

	state state
	// since is the start of the window, of the open state, or of the probe.
	since             time.Time
	current, previous int // failures in this window and in the previous one
}

type state uint8

const (
	closed state = iota
	open
	halfOpen // a probe is in flight
)

// Closed reports whether the node is used normally.
func (b *Breaker) Closed() bool { return b.state == closed }

// Ready reports whether Admit would admit a command.
func (b *Breaker) Ready(now time.Time) bool { return b.state == closed || now.Sub(b.since) >= b.Window }

// Admit reports whether a command may go to the node. If the breaker is not closed, an admitted
// command is a probe: the next call of Fail or Succeed is its outcome, and a call of Withdraw with
// the same time ends it without one. If there is none within a window, Admit admits another probe.
func (b *Breaker) Admit(now time.Time) bool {
	switch {
	case b.state == closed:
		return true
	case now.Sub(b.since) < b.Window:
		return false
	}
	b.state, b.since = halfOpen, now
	return true
}

// Fail counts a failure. It reports whether this failure opened the breaker.
func (b *Breaker) Fail(now time.Time) (opened bool) {
	if b.Limit <= 0 || b.state == open {
		return false
	}
	if b.state == closed {
		b.slide(now)
		b.current++
		left := b.Window - now.Sub(b.since)
		if float64(b.current)+float64(b.previous)*float64(left)/float64(b.Window) <= float64(b.Limit) {
			return false
		}
	}
	opened = b.state == closed
	b.state, b.since = open, now
	return opened
}

// Succeed records a success. It has no effect unless a probe is in flight.
func (b *Breaker) Succeed() {
	if b.state == halfOpen {
		*b = Breaker{Limit: b.Limit, Window: b.Window}
	}
}

// Withdraw ends the probe that was admitted at a time without an outcome, so that the next command
// can be a probe immediately. It has no effect if the outcome is known, or on the probe of another
// command.
func (b *Breaker) Withdraw(admitted time.Time) {
	if b.state == halfOpen && b.since.Equal(admitted) {
		b.state, b.since = open, b.since.Add(-b.Window)
	}
}

// slide starts a new window if the current one is over.
func (b *Breaker) slide(now time.Time) {
	switch past := now.Sub(b.since); {
	case past < b.Window:
	case past < 2*b.Window:
		b.previous, b.current, b.since = b.current, 0, b.since.Add(b.Window)
	default:
		b.previous, b.current, b.since = 0, 0, now
	}
}
