package cluster

import "context"

// Observe returns a context whose commands on this client are reported to o, and to the observer of
// the client's Config. It may be called for a context that has an observer already. If o is nil it
// returns ctx.
func (c *Client) Observe(ctx context.Context, o Observer) context.Context {
	if o == nil {
		return ctx
	}
	c.observing.Store(true)
	if outer := observerOf(ctx); outer != nil {
		o = Observers(outer, o)
	}
	return context.WithValue(ctx, observerKey{}, o)
}
