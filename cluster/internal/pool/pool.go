// Package pool decides who gets which connection to a node, and when connections are opened and closed.
package pool

// A Pool is the state of the connections to one node, of type C. Who uses it holds a lock around each call, opens and closes
// connections as it says, and never while holding the lock.
//
// A caller takes the connection that was used last, or waits, first come first served, for one to be given back or
// opened. Connections are opened for those who wait and up to the minimum, not for one caller in particular: one who gives up leaves
// the next a connection.
type Pool[C comparable] struct {
	Min, Max int // connections that are kept open, and that may be
	Dials    int // connections that are being opened at the same time, at most

	all     map[C]struct{} // open, idle or in use
	idle    []C            // the one used last at the end
	opening int
	waiting list[C]
	closed  bool
}

// Take returns the idle connection that was used last.
func (p *Pool[C]) Take() (c C, ok bool) {
	last := len(p.idle) - 1
	if last < 0 {
		return c, false
	}
	c, p.idle[last] = p.idle[last], c
	p.idle = p.idle[:last]
	return c, true
}

// Wait puts a caller at the end of the queue. There is no idle connection.
func (p *Pool[C]) Wait(w *Waiter[C]) { p.waiting.push(w) }

// GiveUp takes a caller off the queue. It reports false for one that has been served already, whose grant is on its way.
func (p *Pool[C]) GiveUp(w *Waiter[C]) bool { return p.waiting.remove(w) }

// Put takes a connection back that can be used again. It goes to the caller who is returned, or is kept if that is nil.
func (p *Pool[C]) Put(c C) *Waiter[C] {
	if w := p.waiting.pop(); w != nil {
		return w
	}
	p.idle = append(p.idle, c)
	return nil
}

// Drop forgets a connection that is closed.
func (p *Pool[C]) Drop(c C) { delete(p.all, c) }

// Begin returns how many connections are to be opened now. Each of them ends in a call of Opened or Failed.
func (p *Pool[C]) Begin() (n int) {
	for !p.closed && p.opening < p.Dials && p.size() < p.Max && (p.opening < p.waiting.n || p.size() < p.Min) {
		p.opening++
		n++
	}
	return n
}

// size is the number of connections that there are, or will be soon.
func (p *Pool[C]) size() int { return len(p.all) + p.opening }

// Opened takes a new connection in, as Put does with an old one.
func (p *Pool[C]) Opened(c C) *Waiter[C] {
	p.opening--
	if p.all == nil {
		p.all = make(map[C]struct{})
	}
	p.all[c] = struct{}{}
	return p.Put(c)
}

// Failed notes that a connection could not be opened. The caller who is returned is to be told so, nil if nobody waits: then
// nobody opens more for the minimum either, until Begin is called at the next occasion.
func (p *Pool[C]) Failed() *Waiter[C] {
	p.opening--
	return p.waiting.pop()
}

// Expire takes out the idle connections that are too old. They have to be closed and dropped.
func (p *Pool[C]) Expire(old func(C) bool) []C {
	// Those that rest longest stand first.
	n := 0
	for n < len(p.idle) && old(p.idle[n]) {
		n++
	}
	expired := append([]C(nil), p.idle[:n]...)
	kept := copy(p.idle, p.idle[n:])
	clear(p.idle[kept:])
	p.idle = p.idle[:kept]
	return expired
}

// Close ends the pool. It returns those who wait, who have to be told, and the idle connections, which have to be closed. The
// connections in use have to be dropped when they come back.
func (p *Pool[C]) Close() (waiting []*Waiter[C], idle []C) {
	p.closed = true
	for w := p.waiting.pop(); w != nil; w = p.waiting.pop() {
		waiting = append(waiting, w)
	}
	idle, p.idle = p.idle, nil
	return waiting, idle
}

// All returns all connections, idle and in use.
func (p *Pool[C]) All() []C {
	all := make([]C, 0, len(p.all))
	for c := range p.all {
		all = append(all, c)
	}
	return all
}

// Full reports whether there are as many connections as there may be.
func (p *Pool[C]) Full() bool { return len(p.all) >= p.Max }

// Counts returns how many connections are open, idle among them, and being opened, and how many callers wait.
func (p *Pool[C]) Counts() (open, idle, opening, waiting int) {
	return len(p.all), len(p.idle), p.opening, p.waiting.n
}
