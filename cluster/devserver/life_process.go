package devserver

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A process is one run of a node: its connections and the goroutines that serve them. A restarted
// node gets a new process.
type process struct {
	listeners []net.Listener  // none in memory
	ended     chan struct{}   // closed when the node ends
	guard     *guard          // nil without security
	running   context.Context // canceled when the node ends; stops running functions
	stop      context.CancelFunc
	// frozen is not nil while the node is frozen. The channel is closed when the node is thawed.
	frozen   atomic.Pointer[chan struct{}]
	handlers sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]struct{} // nil once the node has ended
	number int                   // number of connections opened so far
}

func newProcess(s *security) *process {
	p := &process{guard: s.newGuard(), ended: make(chan struct{}), conns: make(map[net.Conn]struct{})}
	p.running, p.stop = context.WithCancel(context.Background())
	return p
}

// proceed waits while the process is frozen. It returns an error if the process has ended.
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

// wait waits for d, then for the channel if it is not nil, then while the process is frozen. It
// returns an error if the process ends.
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

// freeze stops the process. Requests that it is executing may complete.
func (p *process) freeze() {
	thawed := make(chan struct{})
	p.frozen.CompareAndSwap(nil, &thawed)
}

// thaw resumes the process.
func (p *process) thaw() {
	if thawed := p.frozen.Swap(nil); thawed != nil {
		close(*thawed)
	}
}

// nextNumber returns the number of the next connection.
func (p *process) nextNumber() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	return p.number
}

// serve starts a goroutine that runs handle for a connection. If there are max connections already,
// or the process has ended, it closes the connection and returns an error.
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

// end closes the listeners, closes all connections with closeConn, and waits until all goroutines
// of the process have ended.
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

// answers reports whether the process answers other nodes.
func (p *process) answers() bool { return p.isUp() && p.frozen.Load() == nil }

// isUp reports whether the process is running.
func (p *process) isUp() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}
