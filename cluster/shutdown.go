package cluster

import (
	"context"
)

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
		c.strays.close()
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
