// Package sendqueue decides which commands to a node are sent as their own messages and which wait
// to be sent together. It is a group commit without timers: while few messages or few commands are
// in flight a command is sent immediately. Otherwise it waits, but only as long as it would have
// waited for the node anyway.
package sendqueue

import "slices"

// A Queue is the state for one node. Callers must hold a lock around each call.
//
// Each message in flight has a slot. If commands wait when a slot becomes free, the slot goes to a
// sender. A sender takes waiting commands, sends them, and takes again until none are waiting. What
// bounds the commands that wait is up to the caller.
type Queue[T comparable] struct {
	// Slots is the maximum number of messages in flight before commands wait, if Few commands or
	// more are in flight. It also is the maximum number of senders. It may be changed at any time.
	Slots int
	Few   int
	Rows  int // maximum number of commands in one message
	// MostRows is the maximum for senders that seldom get to run.
	MostRows int

	used     int // messages in flight: those of senders, and single commands
	senders  int // at most Slots
	commands int // in flight
	items    []T
	head     int // the index in items of the first waiting command
	closed   bool
}

// Enter reports whether a command can be sent immediately, in its own slot. If not, the caller must
// call Wait.
func (q *Queue[T]) Enter() bool {
	if !q.closed && (len(q.Waiting()) > 0 || q.used >= q.Slots && q.commands >= q.Few) {
		return false
	}
	q.used++
	q.commands++
	return true
}

// Wait adds a command to the end of the queue. All slots are taken or other commands are waiting,
// so a sender will take it. If it reports true, there is a slot for another sender, which the
// caller must start.
func (q *Queue[T]) Wait(item T) (startSender bool) {
	if len(q.items) == cap(q.items) && q.head > len(q.items)/2 { // use the space before the head
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, item)
	if q.used >= q.Slots {
		return false
	}
	q.used++
	q.senders++
	return true
}

// Leave releases the slot of a command. If it reports true the slot is kept for a sender, which the
// caller must start.
func (q *Queue[T]) Leave() (startSender bool) {
	q.commands--
	if len(q.Waiting()) > 0 && !q.closed && q.senders < q.Slots {
		q.senders++
		return true
	}
	q.used--
	return false
}

// LeaveSender releases the slot of a sender. If it reports true the sender must continue. done is
// the number of commands that the sender took last.
func (q *Queue[T]) LeaveSender(done int) (goOn bool) {
	q.commands -= done
	if len(q.Waiting()) > 0 && !q.closed {
		return true
	}
	q.used--
	q.senders--
	return false
}

// Take appends the next waiting commands to dst, at most Rows, or if the sender is starved half of
// them up to MostRows. If it appends nothing it has released the sender's slot, and the sender must
// end. done is the number of commands that the sender took last.
func (q *Queue[T]) Take(dst []T, done int, starved bool) []T {
	waiting := q.Waiting()
	n := min(len(waiting), q.Rows)
	if starved {
		n = max(n, min(len(waiting)/2, q.MostRows))
	}
	q.commands += n - done
	if n == 0 {
		q.used--
		q.senders--
		return dst
	}
	dst = append(dst, waiting[:n]...)
	clear(waiting[:n])
	if q.head += n; q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return dst
}

// Waiting returns the waiting commands in order. The slice is valid until the next call.
func (q *Queue[T]) Waiting() []T { return q.items[q.head:] }

// Remove removes a command from the queue. It reports whether the command was still waiting.
func (q *Queue[T]) Remove(item T) bool {
	i := slices.Index(q.Waiting(), item)
	if i < 0 {
		return false
	}
	q.items = slices.Delete(q.items, q.head+i, q.head+i+1)
	return true
}

// Closed reports whether Close was called.
func (q *Queue[T]) Closed() bool { return q.closed }

// Close lets every command be sent immediately from now on. It returns the waiting commands; no
// sender will take them.
func (q *Queue[T]) Close() []T {
	q.closed = true
	left := q.Waiting()
	q.items, q.head = nil, 0
	return left
}
