package devserver

import (
	"slices"
	"sync"
	"sync/atomic"
)

// An Interceptor decides what happens to each request before it is executed, and to each connection
// before it is opened. Calls are serialized in the order in which requests arrive, so an
// Interceptor needs no lock, and one that uses a seeded generator is reproducible. It must not
// block or call the server. The Request and the memory that it refers to are valid only during the
// call.
type Interceptor func(*Request) Action

// Intercept installs f for all requests until remove is called. Several interceptors are called in
// the order in which they were installed; the first Action that is not zero applies.
//
// The commands of a batch are passed to the interceptors too, one by one after the batch itself
// (Request.InBatch). Each can be delayed, dropped or refused on its own. What an Action does to the
// answer or the connection applies to the whole batch.
func (s *Server) Intercept(f Interceptor) (remove func()) {
	entry := &f
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, entry)
	s.faults.active.Store(true)
	return func() {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.list = slices.DeleteFunc(s.faults.list, func(e *Interceptor) bool { return e == entry })
		s.faults.active.Store(len(s.faults.list) > 0)
	}
}

// A Fault applies an Action to some requests. A zero Node, Conn, On or Match matches every request.
type Fault struct {
	// Node is the name of the node.
	Node string
	// Conn is the number of the connection on its node (Request.Conn).
	Conn int
	// On are the kinds of requests. 0 means all kinds except Connects.
	On Kind
	// Match reports whether the fault applies to a request.
	Match func(*Request) bool
	// Skip is the number of matching requests to leave alone first. Count is the number of requests
	// to apply Do to after that; 0 means all.
	Skip, Count int
	// Do is the action to apply.
	Do Action
}

// Inject installs the fault until remove is called. After Count requests it has no further effect.
func (s *Server) Inject(f Fault) (remove func()) { return s.Intercept(f.interceptor()) }

func (f Fault) interceptor() Interceptor {
	seen := 0
	return func(r *Request) Action {
		if !f.fits(r) {
			return Action{}
		}
		seen++
		if seen <= f.Skip || f.Count != 0 && seen > f.Skip+f.Count {
			return Action{}
		}
		return f.Do
	}
}

func (f *Fault) fits(r *Request) bool {
	on := f.On
	if on == 0 {
		on = AnyKind &^ Connects
	}
	return r.Kind&on != 0 && (f.Node == "" || f.Node == r.Node) && (f.Conn == 0 || f.Conn == r.Conn) &&
		(f.Match == nil || f.Match(r))
}

// faults holds the installed interceptors.
type faults struct {
	active atomic.Bool // whether list is not empty, so that requests without faults take no lock
	mu     sync.Mutex  // held during calls to serialize them
	list   []*Interceptor
}

// clear removes all interceptors.
func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
	f.active.Store(false)
}

// decide returns the first action of an interceptor that is not zero.
func (f *faults) decide(r *Request) Action {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, intercept := range f.list {
		if a := (*intercept)(r); !a.isZero() {
			return a
		}
	}
	return Action{}
}

// connecting returns the action for a connection that is being opened.
func (n *node) connecting(number int) Action {
	f := &n.server.faults
	if !f.active.Load() {
		return Action{}
	}
	return f.decide(&Request{Node: n.name, Conn: number, Kind: Connects})
}
