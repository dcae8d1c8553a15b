// Package breaker decides when a node that keeps failing is left alone for a while, so that callers are not held up by it and it is
// not held down by them.
package breaker

import "time"

// A Breaker follows one node. It is closed while commands go to the node; more than Limit failures within a window open
// it, and commands are refused; after a window of rest it is half open, and one command after the other may try: if it succeeds the
// breaker is closed, if it fails the rest begins again. The caller gives the time, and keeps calls apart. The zero
// Breaker never opens.
//
// The window slides: what failed in the window before counts less the further the present one has gone.
type Breaker struct {
	Limit  int           // failures in a window that are let pass, 0 for any number
	Window time.Duration // that failures are counted over, and the length of a rest

	state state
	// since is the beginning of the window, of the rest, or of the try.
	since       time.Time
	now, before int // failures in this window and in the one before it
}

type state uint8

const (
	closed state = iota
	open
	trying // half open, and a command is on its way
)

// Closed reports whether the node is used as any other.
func (b *Breaker) Closed() bool { return b.state == closed }

// Ready reports whether Admit would admit a command.
func (b *Breaker) Ready(now time.Time) bool { return b.state == closed || now.Sub(b.since) >= b.Window }

// Admit reports whether a command may go to the node. One that is admitted although the breaker is not closed is a try: the next
// call of Fail or Succeed is its outcome, and a call of Withdraw with the same time ends it without one. If none of them follows within
// a window, another command may try.
func (b *Breaker) Admit(now time.Time) bool {
	switch {
	case b.state == closed:
		return true
	case now.Sub(b.since) < b.Window:
		return false
	}
	b.state, b.since = trying, now
	return true
}

// Fail counts a failure; it reports whether the breaker has opened by it.
func (b *Breaker) Fail(now time.Time) (opened bool) {
	if b.Limit <= 0 || b.state == open {
		return false
	}
	if b.state == closed {
		b.slide(now)
		b.now++
		left := b.Window - now.Sub(b.since)
		if float64(b.now)+float64(b.before)*float64(left)/float64(b.Window) <= float64(b.Limit) {
			return false
		}
	}
	opened = b.state == closed
	b.state, b.since = open, now
	return opened
}

// Succeed tells that the node has answered. While the breaker is closed it has nothing to learn from that.
func (b *Breaker) Succeed() {
	if b.state == trying {
		*b = Breaker{Limit: b.Limit, Window: b.Window}
	}
}

// Withdraw ends the try that was admitted at a time without an outcome: the next command may try in its place, at once. It has no
// effect if the outcome is known already, or on the try of another command.
func (b *Breaker) Withdraw(admitted time.Time) {
	if b.state == trying && b.since.Equal(admitted) {
		b.state, b.since = open, b.since.Add(-b.Window)
	}
}

// slide begins a new window when the last one is over.
func (b *Breaker) slide(now time.Time) {
	switch past := now.Sub(b.since); {
	case past < b.Window:
	case past < 2*b.Window:
		b.before, b.now, b.since = b.now, 0, b.since.Add(b.Window)
	default:
		b.before, b.now, b.since = 0, 0, now
	}
}
