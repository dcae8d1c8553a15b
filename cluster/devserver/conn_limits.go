package devserver

import (
	"errors"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// Connection limits.
const (
	defaultMaxConns = 15_000 // proto-fd-max
	// leastMaxConns and mostMaxConns are the limits of proto-fd-max in set-config.
	leastMaxConns = 1024
	mostMaxConns  = 2 << 20
	// requestTimeout limits how long the rest of a partly received request may take: its header,
	// and each read of its body. A real server has only the idle timeout, because a connection
	// costs it no more than a descriptor.
	requestTimeout = 10 * time.Second
)

// errTooManyConns is the error of a connection above the limit. It is accepted and closed at once,
// as on a real server.
var errTooManyConns = errors.New("devserver: proto-fd limit")

// connLimits are the current connection limits. They can be changed at run time
// (set-config:context=service).
type connLimits struct {
	max  atomic.Int64 // per node
	idle atomic.Int64 // a time.Duration, 0 for no limit
}

func (l *connLimits) init(o *Options) {
	l.max.Store(int64(o.MaxConns))
	l.idle.Store(int64(o.IdleTimeout))
}

// configure sets a limit by its configuration name. known is false if the name is not a connection
// limit. ok is false if the value is out of range.
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

// report adds the limits to live under their configuration names.
func (l *connLimits) report(live map[string]string) {
	live["proto-fd-max"] = count(l.max.Load())
	live["proto-fd-idle-ms"] = count(time.Duration(l.idle.Load()).Milliseconds())
}

// awaitRequest waits for the first byte of a request, for at most the idle timeout. Then it sets
// the deadline for the rest of the header.
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

// expectWithin sets a deadline for all following reads. 0 removes it.
func (c *conn) expectWithin(d time.Duration) error {
	var until time.Time
	switch {
	case d > 0:
		until = time.Now().Add(d)
	case !c.hasReadDeadline:
		return nil
	}
	c.hasReadDeadline = d > 0
	return c.nc.SetReadDeadline(until)
}

// handshake performs the TLS handshake, if the connection uses TLS. It must finish within
// requestTimeout.
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
