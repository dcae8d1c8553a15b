// Package coalesce decides which commands to one node travel as messages of their own and which
// wait to travel together. It is a group commit without timers: a command goes out at once while few
// messages are in flight, and waits only while it would have waited for the node anyway.
package coalesce

import "slices"

// A Queue is the state for one node. Who uses it holds a lock around each call.
//
// Each message in flight has a place. A place that becomes free while commands wait goes to a carrier, which takes
// what waits, sends it, and takes again, until nothing waits any more.
type Queue[T comparable] struct {
	Places int // messages in flight at the same time
	Rows   int // commands in one message, at most

	used    int
	waiting []T
	closed  bool
}

// Enter reports whether a command may go at once, in a place of its own. If not, it must Wait.
func (q *Queue[T]) Enter() bool {
	if !q.closed && (q.used >= q.Places || len(q.waiting) > 0) {
		return false
	}
	q.used++
	return true
}

// Wait puts a command at the end of the queue. All places are taken, or commands wait already, so a carrier will come.
func (q *Queue[T]) Wait(item T) { q.waiting = append(q.waiting, item) }

// Leave gives a place up. If it reports true, the place is kept for a carrier, which has to be started.
func (q *Queue[T]) Leave() (carry bool) {
	if len(q.waiting) > 0 && !q.closed {
		return true
	}
	q.used--
	return false
}

// Take appends to dst what waits, at most Rows. Nothing means that the carrier's place was given up and
// the carrier ends.
func (q *Queue[T]) Take(dst []T) []T {
	n := min(len(q.waiting), q.Rows)
	if n == 0 {
		q.used--
		return dst
	}
	dst = append(dst, q.waiting[:n]...)
	rest := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[rest:])
	q.waiting = q.waiting[:rest]
	return dst
}

// Remove takes a command out that has not been taken; it reports whether it was there.
func (q *Queue[T]) Remove(item T) bool {
	i := slices.Index(q.waiting, item)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// Close lets every command go at once from now on. It returns those that wait, for whom no carrier may come any more.
func (q *Queue[T]) Close() []T {
	q.closed = true
	left := q.waiting
	q.waiting = nil
	return left
}
