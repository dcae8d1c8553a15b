// Package connqueue decides which caller gets which connection to a node, and when connections are
// opened and closed. It does no I/O.
package connqueue

// A Queue is the state of the connections of type C to one node. Callers must hold a lock around
// each call. They open and close connections as the methods direct, without holding the lock.
//
// A caller takes the connection that was used last. If there is none it waits, first come first
// served, for a connection that is put back or opened. Connections are opened for the number of
// waiting callers and up to the minimum, not for a particular caller: if a caller gives up, the
// next one gets its connection.
type Queue[C comparable] struct {
	Min, Max int // number of connections to keep open, and the limit
	MaxDials int // maximum number of connections being opened at the same time

	all     map[C]struct{} // open, idle or in use
	idle    []C            // last used at the end
	opening int
	waiting list[C]
	closed  bool
}

// Take returns the idle connection that was used last.
func (q *Queue[C]) Take() (c C, ok bool) {
	last := len(q.idle) - 1
	if last < 0 {
		return c, false
	}
	c, q.idle[last] = q.idle[last], c
	q.idle = q.idle[:last]
	return c, true
}

// Wait adds a caller to the end of the queue. It is called when Take has no connection.
func (q *Queue[C]) Wait(w *Waiter[C]) { q.waiting.push(w) }

// GiveUp removes a caller from the queue. It reports false if the caller has already been served;
// its grant will arrive then.
func (q *Queue[C]) GiveUp(w *Waiter[C]) bool { return q.waiting.remove(w) }

// Put returns a reusable connection to the queue. It returns the caller that gets the connection,
// or nil if the connection is kept as idle.
func (q *Queue[C]) Put(c C) *Waiter[C] {
	if w := q.waiting.pop(); w != nil {
		return w
	}
	q.idle = append(q.idle, c)
	return nil
}

// Drop removes a closed connection.
func (q *Queue[C]) Drop(c C) { delete(q.all, c) }

// StartDials returns the number of connections to open now. Each of them must end in a call of
// Opened or Failed.
func (q *Queue[C]) StartDials() (n int) {
	for !q.closed && q.opening < q.MaxDials && q.size() < q.Max && (q.opening < q.waiting.n || q.size() < q.Min) {
		q.opening++
		n++
	}
	return n
}

// size returns the number of connections that exist or are being opened.
func (q *Queue[C]) size() int { return len(q.all) + q.opening }

// Opened adds a new connection. It returns the caller that gets it, like Put.
func (q *Queue[C]) Opened(c C) *Waiter[C] {
	q.opening--
	if q.all == nil {
		q.all = make(map[C]struct{})
	}
	q.all[c] = struct{}{}
	return q.Put(c)
}

// Failed records that a connection could not be opened. It returns the caller that gets the error,
// or nil if no caller is waiting. In that case no more connections are opened for the minimum until
// the next StartDials.
func (q *Queue[C]) Failed() *Waiter[C] {
	q.opening--
	return q.waiting.pop()
}

// Expire removes and returns the idle connections that are too old. The caller must close and drop
// them.
func (q *Queue[C]) Expire(old func(C) bool) []C {
	// The longest idle come first.
	n := 0
	for n < len(q.idle) && old(q.idle[n]) {
		n++
	}
	expired := append([]C(nil), q.idle[:n]...)
	kept := copy(q.idle, q.idle[n:])
	clear(q.idle[kept:])
	q.idle = q.idle[:kept]
	return expired
}

// Close closes the queue. It returns the waiting callers, which must get an error, and the idle
// connections, which must be closed. Connections in use must be dropped when they are returned.
func (q *Queue[C]) Close() (waiting []*Waiter[C], idle []C) {
	q.closed = true
	for w := q.waiting.pop(); w != nil; w = q.waiting.pop() {
		waiting = append(waiting, w)
	}
	idle, q.idle = q.idle, nil
	return waiting, idle
}

// All returns all connections, idle and in use.
func (q *Queue[C]) All() []C {
	all := make([]C, 0, len(q.all))
	for c := range q.all {
		all = append(all, c)
	}
	return all
}

// Full reports whether the number of connections has reached the limit.
func (q *Queue[C]) Full() bool { return len(q.all) >= q.Max }

// Counts returns the numbers of open connections, of idle ones among them, of connections being
// opened, and of waiting callers.
func (q *Queue[C]) Counts() (open, idle, opening, waiting int) {
	return len(q.all), len(q.idle), q.opening, q.waiting.n
}
