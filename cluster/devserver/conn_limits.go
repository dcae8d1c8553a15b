package devserver

import (
	"errors"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// Limits of connections.
const (
	defaultMaxConns = 15_000 // proto-fd-max
	// leastMaxConns and mostMaxConns bound what set-config takes.
	leastMaxConns = 1024
	mostMaxConns  = 2 << 20
	// requestTimeout is how long the rest of a request may take of which a part has come: all of its header, and each piece of
	// its body. A real server has only the idle timeout, as a connection costs it no more than a descriptor.
	requestTimeout = 10 * time.Second
)

// errTooManyConns is the error of a connection beyond the limit. It is opened and closed at once, as on a real server.
var errTooManyConns = errors.New("devserver: proto-fd limit")

// connLimits are the limits that hold at the moment. They can be changed while the cluster runs
// (set-config:context=service).
type connLimits struct {
	max  atomic.Int64 // connections of each node
	idle atomic.Int64 // a time.Duration, 0 for ever
}

func (l *connLimits) begin(o *Options) {
	l.max.Store(int64(o.MaxConns))
	l.idle.Store(int64(o.IdleTimeout))
}

// configure sets a limit by the name that a server has for it. known is false for the name of anything else, ok
// for a value that the limit can't have.
func (l *connLimits) configure(key, value string) (known, ok bool) {
	n, err := strconv.ParseUint(value, 10, 32)
	switch key {
	case "proto-fd-max":
		if err != nil || n < leastMaxConns || n > mostMaxConns {
			return true, false
		}
		l.max.Store(int64(n))
	case "proto-fd-idle-ms":
		if err != nil {
			return true, false
		}
		l.idle.Store(int64(time.Duration(n) * time.Millisecond))
	default:
		return false, false
	}
	return true, true
}

// tell puts the limits under the names that a server has for them.
func (l *connLimits) tell(live map[string]string) {
	live["proto-fd-max"] = count(l.max.Load())
	live["proto-fd-idle-ms"] = count(time.Duration(l.idle.Load()).Milliseconds())
}

// awaitRequest waits for the first byte of a request as long as a connection may be idle, and sets the time by
// which the rest of the header must have come.
func (c *conn) awaitRequest(header int) error {
	if c.in.Buffered() == 0 {
		if err := c.expectWithin(time.Duration(c.node.server.limits.idle.Load())); err != nil {
			return err
		}
		if _, err := c.in.Peek(1); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				c.node.counters.reaped.Add(1)
			}
			return err
		}
	}
	if c.in.Buffered() < header {
		return c.expectWithin(requestTimeout)
	}
	return nil
}

// expectWithin sets how long the next reads of the connection may take together; 0 is for ever.
func (c *conn) expectWithin(d time.Duration) error {
	var until time.Time
	switch {
	case d > 0:
		until = time.Now().Add(d)
	case !c.hurried:
		return nil
	}
	c.hurried = d > 0
	return c.nc.SetReadDeadline(until)
}

// handshake makes the TLS handshake of a connection that has one, which must not take longer than a request.
func (c *conn) handshake() error {
	secured, ok := c.nc.(interface{ Handshake() error })
	if !ok {
		return nil
	}
	if err := c.nc.SetDeadline(time.Now().Add(requestTimeout)); err != nil {
		return err
	}
	if err := secured.Handshake(); err != nil {
		return err
	}
	return c.nc.SetDeadline(time.Time{})
}
