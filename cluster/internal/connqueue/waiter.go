package connqueue

// A Waiter is a caller that waits for a connection. It receives exactly one Grant or removes itself
// from the queue.
type Waiter[C any] struct {
	Grant chan Grant[C] // buffered, so that granting never blocks

	prev, next *Waiter[C]
	queued     bool
}

// A Grant is a connection, or the reason why there is none.
type Grant[C any] struct {
	Conn C
	Err  error
}

// NewWaiter returns a caller that is not in a queue.
func NewWaiter[C any]() *Waiter[C] { return &Waiter[C]{Grant: make(chan Grant[C], 1)} }

// A list is a queue from which waiters can also be removed in the middle.
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

// pop removes and returns the first waiter, or nil if there is none.
func (l *list[C]) pop() *Waiter[C] {
	w := l.first
	if w != nil {
		l.remove(w)
	}
	return w
}

// remove removes a waiter. It reports whether the waiter was in the list.
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
