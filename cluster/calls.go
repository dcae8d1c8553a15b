package cluster

import (
	"context"
	"sync/atomic"
)

// shut is added to the count of calls when no more may begin.
const shut = 1 << 62

// A callCount counts the calls that are under way on a client. Its zero value counts none.
type callCount struct {
	n     atomic.Int64
	quiet chan struct{} // with room for one: the last call has ended after shut
}

// A callKey marks the context of a call that is made of others, which may begin as long as it is
// under way itself.
type callKey struct{}

func withinCall(ctx context.Context) context.Context { return context.WithValue(ctx, callKey{}, true) }

// begin counts a call. The error is ErrClosed if none may begin any more; otherwise end must
// follow.
func (c *callCount) begin(ctx context.Context) error {
	switch {
	case c.quiet == nil:
		return clientError(errNotOpened)
	case c.n.Add(1) > shut && (ctx == nil || ctx.Value(callKey{}) == nil):
		c.end()
		return clientError(ErrClosed)
	}
	return nil
}

// over reports whether no more calls may begin.
func (c *callCount) over() bool { return c.quiet == nil || c.n.Load() >= shut }

func (c *callCount) end() {
	if c.n.Add(-1) == shut {
		select {
		case c.quiet <- struct{}{}:
		default:
		}
	}
}

// shut lets no more calls begin, and reports whether none is under way.
func (c *callCount) shut() (quiet bool) {
	return c.n.Or(shut)|shut == shut
}
