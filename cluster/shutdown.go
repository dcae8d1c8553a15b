package cluster

import (
	"context"
)

// Close interrupts what is under way, closes all connections and waits for the client's
// goroutines. Calls fail with ErrClosed from then on; a write that was interrupted says InDoubt where it may have been
// applied. Closing twice is allowed. [Client.Shutdown] lets calls come to their end.
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

// Shutdown closes the client as soon as the calls that are under way have come to their end; new ones fail with
// ErrClosed from now on. A loop over a query is under way until it ends; a transaction is not between its calls, and has to be ended before. If the context ends before, what is left is interrupted as
// Close does it, and the error is the context's.
func (c *Client) Shutdown(ctx context.Context) error {
	var err error
	if ctx == nil {
		return clientError(errNilContext)
	}
	if !c.calls.shut() {
		select {
		case <-c.calls.quiet:
		case <-c.done:
		case <-ctx.Done():
			err = clientError(contextError(ctx))
		}
	}
	c.Close()
	return err
}
