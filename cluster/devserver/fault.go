package devserver

import (
	"slices"
	"sync"
	"sync/atomic"
)

// An Interceptor is asked about every request before it is executed, and about every connection before it is
// opened. Calls are made one at a time, in the order in which requests come, so that an Interceptor needs no
// lock and one that draws from a seed draws the same for the same requests. It must neither wait nor call
// the server. The Request and what it refers to are only good during the call.
type Interceptor func(*Request) Action

// Intercept has f decide about all requests from now on, until the returned function is called. If several interceptors
// are in place they are asked in the order in which they came, and the first Action that is not zero counts.
//
// Commands that travel in a batch are asked about too, after the batch itself and each for itself (Request.InBatch):
// they wait, are left out or refused each on its own, while what an Action does to the answer or the connection is done to those of
// the whole batch.
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

// A Fault is an Action for some of the requests. The zero values of the first fields stand for any.
type Fault struct {
	// Node is the name of a node.
	Node string
	// Conn is the number of a connection of its node (Request.Conn).
	Conn int
	// On are kinds of requests; 0 stands for all but the opening of connections.
	On Kind
	// Match tells whether a request is one of those that are meant.
	Match func(*Request) bool
	// Skip is how many of the requests that fit are left in peace first, and Count how many are hit then, 0 for all.
	Skip, Count int
	// Do is what happens to them.
	Do Action
}

// Inject makes the fault happen from now on, until its count is used up or the returned function is called.
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

// faults are the interceptors in place.
type faults struct {
	active atomic.Bool // whether there are any: without them requests take no lock
	mu     sync.Mutex  // held during calls, which makes them come one at a time
	list   []*Interceptor
}

// decide asks the interceptors.
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

// connecting asks about a connection that is being opened.
func (n *node) connecting(number int) Action {
	f := &n.server.faults
	if !f.active.Load() {
		return Action{}
	}
	return f.decide(&Request{Node: n.name, Conn: number, Kind: Connects})
}
