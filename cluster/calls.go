package cluster

import (
	"context"
	"sync/atomic"
)

// shutFlag is set in the count of calls once no more calls may begin.
const shutFlag = 1 << 62

// A callCount counts the running calls of a client. The zero value rejects all calls.
type callCount struct {
	n    atomic.Int64
	idle chan struct{} // has a buffer of one; receives when the last call ends after shut
}

// A callKey marks the context of a call that consists of other calls. Those may begin even after
// shut, as long as the outer call is running.
type callKey struct{}

func withinCall(ctx context.Context) context.Context { return context.WithValue(ctx, callKey{}, true) }

// begin counts a call. It returns ErrClosed after shut; otherwise end must be called.
func (c *callCount) begin(ctx context.Context) error {
	switch {
	case c.idle == nil:
		return clientError(errNotOpened)
	case c.n.Add(1) > shutFlag && (ctx == nil || ctx.Value(callKey{}) == nil):
		c.end()
		return clientError(ErrClosed)
	}
	return nil
}

// closed reports whether calls are rejected.
func (c *callCount) closed() bool { return c.idle == nil || c.n.Load() >= shutFlag }

func (c *callCount) end() {
	if c.n.Add(-1) == shutFlag {
		select {
		case c.idle <- struct{}{}:
		default:
		}
	}
}

// shut rejects calls from now on, and reports whether none is running.
func (c *callCount) shut() (idle bool) {
	return c.n.Or(shutFlag)|shutFlag == shutFlag
}
