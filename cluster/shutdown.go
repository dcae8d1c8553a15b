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
func (c *callCount) shut() (quiet bool) {
	return c.n.Or(shutFlag)|shutFlag == shutFlag
}

// Close interrupts running calls, closes all connections, and waits for the client's goroutines to
// end. Interrupted calls and all later ones fail with ErrClosed; the error of an interrupted write
// that may have been applied has InDoubt set. Close may be called more than once. To let running
// calls finish, use [Client.Shutdown].
func (c *Client) Close() error {
	c.calls.shut()
	if c.done == nil {
		return nil // it was not made by Open
	}
	c.closeOnce.Do(func() {
		close(c.done)
		c.tender.cancel()
		c.tending.Wait()
	})
	return nil
}

// Shutdown waits until all running calls have returned and then closes the client. New calls fail
// with ErrClosed from now on. A loop over a query is one call, until the loop ends. A transaction
// is not a call: end it before Shutdown. If ctx ends first, Shutdown interrupts the remaining calls
// as Close does, and returns the context's error.
func (c *Client) Shutdown(ctx context.Context) error {
	var err error
	if ctx == nil {
		return clientError(errNilContext)
	}
	if !c.calls.shut() {
		select {
		case <-c.calls.idle:
		case <-c.done:
		case <-ctx.Done():
			err = clientError(contextError(ctx))
		}
	}
	c.Close()
	return err
}
