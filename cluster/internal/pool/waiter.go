package pool

// A Waiter is a caller without a connection. It gets exactly one Grant, or takes itself off the queue.
type Waiter[C any] struct {
	Grant chan Grant[C] // with room for one: granting never waits

	prev, next *Waiter[C]
	queued     bool
}

// A Grant is a connection, or why there is none.
type Grant[C any] struct {
	Conn C
	Err  error
}

// NewWaiter returns a caller that waits in no queue yet.
func NewWaiter[C any]() *Waiter[C] { return &Waiter[C]{Grant: make(chan Grant[C], 1)} }

// A list is a queue that waiters can also leave from the middle.
type list[C any] struct {
	first, last *Waiter[C]
	n           int
}

func (l *list[C]) push(w *Waiter[C]) {
	w.queued, w.prev = true, l.last
	if l.last != nil {
		l.last.next = w
	} else {
		l.first = w
	}
	l.last = w
	l.n++
}

// pop takes the first one off, nil if there is none.
func (l *list[C]) pop() *Waiter[C] {
	w := l.first
	if w != nil {
		l.remove(w)
	}
	return w
}

// remove takes a waiter off; it reports false if it was not there any more.
func (l *list[C]) remove(w *Waiter[C]) bool {
	if !w.queued {
		return false
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		l.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		l.last = w.prev
	}
	w.prev, w.next, w.queued = nil, nil, false
	l.n--
	return true
}
