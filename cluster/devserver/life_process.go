package devserver

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A process is one life of a node, from its start to its end: its connections and the goroutines that
// serve them. A node that is started again gets a new one.
type process struct {
	listeners []net.Listener  // none in memory
	ended     chan struct{}   // closed when the node ends
	guard     *guard          // nil without security
	running   context.Context // until then: functions end with it
	stop      context.CancelFunc
	// frozen is not nil while the node is stopped, and closed when it goes on.
	frozen   atomic.Pointer[chan struct{}]
	handlers sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]struct{} // nil once the node has ended
	number int                   // of connections that were opened
}

func newProcess(s *security) *process {
	p := &process{guard: s.newGuard(), ended: make(chan struct{}), conns: make(map[net.Conn]struct{})}
	p.running, p.stop = context.WithCancel(context.Background())
	return p
}

// proceed waits while the process is frozen. It fails when the process has ended.
func (p *process) proceed() error {
	for {
		frozen := p.frozen.Load()
		if frozen == nil {
			return nil
		}
		select {
		case <-*frozen:
		case <-p.ended:
			return net.ErrClosed
		}
	}
}

// wait lets d pass and then waits for the channel, if there is one; a frozen process waits until it goes on. It fails
// when the process ends.
func (p *process) wait(d time.Duration, until <-chan struct{}) error {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-p.ended:
			return net.ErrClosed
		}
	}
	if until != nil {
		select {
		case <-until:
		case <-p.ended:
			return net.ErrClosed
		}
	}
	return p.proceed()
}

// freeze stops the process where it is; what it executes at this moment it may still complete.
func (p *process) freeze() {
	thawed := make(chan struct{})
	p.frozen.CompareAndSwap(nil, &thawed)
}

// thaw lets it go on.
func (p *process) thaw() {
	if thawed := p.frozen.Swap(nil); thawed != nil {
		close(*thawed)
	}
}

// nextNumber numbers the connections.
func (p *process) nextNumber() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	return p.number
}

// serve has a connection served until it ends. It closes the connection and fails if there are max connections already, or if
// the process has ended.
func (p *process) serve(nc net.Conn, max int64, handle func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.conns == nil:
		nc.Close()
		return net.ErrClosed
	case int64(len(p.conns)) >= max:
		nc.Close()
		return errTooManyConns
	}
	p.conns[nc] = struct{}{}
	p.handlers.Go(func() {
		defer p.forget(nc)
		handle()
	})
	return nil
}

func (p *process) forget(nc net.Conn) {
	nc.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, nc)
}

func (p *process) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns)
}

// end closes the listener and all connections, with what closes one, and waits until nothing of the process runs
// any more.
func (p *process) end(closeConn func(net.Conn)) error {
	p.mu.Lock()
	if p.conns == nil {
		p.mu.Unlock()
		return nil
	}
	var err error
	for _, l := range p.listeners {
		err = errors.Join(err, l.Close())
	}
	conns := p.conns
	p.conns = nil
	close(p.ended)
	p.stop()
	for nc := range conns {
		closeConn(nc)
	}
	p.mu.Unlock()
	p.handlers.Wait()
	return err
}

// answers reports whether other nodes get answers from the process.
func (p *process) answers() bool { return p.isUp() && p.frozen.Load() == nil }

// isUp reports whether the process has not ended.
func (p *process) isUp() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}
