package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// TransactOptions are how Transact goes about it. The zero value is the default.
type TransactOptions struct {
	TxnOptions
	// Attempts is how often the function is called at most; default 5. 1 is once.
	Attempts int
	// Backoff is the pause before the second attempt, which doubles from one to the next up to MaxBackoff; each is
	// drawn at random between half and the whole of it. Defaults are 10 ms and 1 s.
	Backoff, MaxBackoff time.Duration
}

// Defaults of TransactOptions.
const (
	DefaultTransactAttempts   = 5
	DefaultTransactBackoff    = 10 * time.Millisecond
	DefaultTransactMaxBackoff = time.Second
)

// ErrTxnNested means a transaction begun within another one.
var ErrTxnNested = errors.New("a transaction can't be begun within another one")

// A TransactError tells why Transact has failed.
type TransactError struct {
	// InDoubt says that the transaction may be committed. Where it is false nothing of it has stayed: a command in Err that says
	// InDoubt of itself was rolled back with all others.
	InDoubt bool
	// Attempts is how often the function was called.
	Attempts int
	// Err is what the function returned, or the *CommitError of the last attempt.
	Err error
}

// Error gives one line.
func (e *TransactError) Error() string {
	what := "rolled back"
	if e.InDoubt {
		what = "in doubt"
	}
	if e.Attempts == 0 {
		return fmt.Sprintf("aerospike: transaction not begun: %s", inner(e.Err))
	}
	return fmt.Sprintf("aerospike: transaction %s in attempt %d: %s", what, e.Attempts, inner(e.Err))
}

// Unwrap returns the cause.
func (e *TransactError) Unwrap() error { return e.Err }

// Transact runs a function as a transaction: commands under the context that it is given belong to it. When the function returns
// nil the transaction is committed, else rolled back, as it is when the function panics.
//
//	err := client.Transact(ctx, nil, func(ctx context.Context) error {
//		if err := client.Add(ctx, nil, from, protocol.Bins{protocol.NewBin("amount", -10)}); err != nil {
//			return err
//		}
//		return client.Add(ctx, nil, to, protocol.Bins{protocol.NewBin("amount", 10)})
//	})
//
// If others were in the way (protocol.TransactionBlocked, TransactionVersionMismatch) or the time was too short
// (TransactionExpired, TransactionAborted) the function is called again with a new
// transaction, after a pause; what it does beside commands must allow that. A commit in doubt is asked for again, and never
// followed by another attempt. The error is a *TransactError. nil options are the defaults.
func (c *Client) Transact(ctx context.Context, o *TransactOptions, do func(ctx context.Context) error) error {
	options, err := o.withDefaults()
	switch {
	case ctx == nil:
		err = errNilContext
	case err == nil && TxnFrom(ctx) != nil:
		err = ErrTxnNested
	case err == nil && do == nil:
		err = fmt.Errorf("%w: the function is nil", ErrArgument)
	}
	if c.calls.over() {
		err = ErrClosed
	}
	if err != nil {
		err = clientError(err)
		c.about(&err, "Transact", "", "")
		return &TransactError{Err: err}
	}
	pause := options.Backoff
	for attempt := 1; ; attempt++ {
		inDoubt, err := c.attempt(ctx, options.TxnOptions, do)
		if err == nil {
			return nil
		}
		failure := &TransactError{InDoubt: inDoubt, Attempts: attempt, Err: err}
		if inDoubt || !othersWereInTheWay(err) || attempt >= options.Attempts {
			return failure
		}
		if err := c.wait(ctx, pause/2+rand.N(pause/2+1)); err != nil {
			failure.Err = fmt.Errorf("%w, after %w", err, failure.Err)
			return failure
		}
		pause = min(2*pause, options.MaxBackoff)
	}
}

func (o *TransactOptions) withDefaults() (TransactOptions, error) {
	var own TransactOptions
	if o != nil {
		own = *o
	}
	setDefault(&own.Attempts, DefaultTransactAttempts)
	setDefault(&own.Backoff, DefaultTransactBackoff)
	setDefault(&own.MaxBackoff, max(DefaultTransactMaxBackoff, own.Backoff))
	if own.Attempts < 1 || own.Backoff < 0 || own.MaxBackoff < own.Backoff {
		return own, configError("TransactOptions has %d attempts and pauses from %v to %v", own.Attempts, own.Backoff, own.MaxBackoff)
	}
	return own, own.TxnOptions.validate()
}

// othersWereInTheWay reports whether a transaction that has failed can succeed if it is run once more.
func othersWereInTheWay(err error) bool {
	return errors.Is(err, protocol.TransactionBlocked) || errors.Is(err, protocol.TransactionVersionMismatch) ||
		// Of these a write tells the first and a commit the second, by when the server has rolled back.
		errors.Is(err, protocol.TransactionExpired) || errors.Is(err, protocol.TransactionAborted)
}

// attempt runs the function as one transaction.
func (c *Client) attempt(ctx context.Context, o TxnOptions, do func(context.Context) error) (inDoubt bool, err error) {
	t := NewTxn(o)
	ended := false
	defer func() {
		if !ended {
			c.rollBack(ctx, t)
		}
	}()
	if err := do(WithTxn(ctx, t)); err != nil {
		return false, err
	}
	ended = true
	err = c.CommitOrAbort(ctx, t)
	return t.InDoubt(), err
}

// commitTries is how often a commit in doubt is asked for. Each has the retries of Policies.TxnRoll.
const commitTries = 3

// CommitOrAbort is Commit that leaves as little open as it can: where a commit is in doubt it asks again, a few times, and a
// transaction that can't be committed is aborted, so that it locks no records. The error is a *CommitError with InDoubt
// where the doubt has stayed; call Commit then until it is resolved.
func (c *Client) CommitOrAbort(ctx context.Context, t *Txn) (err error) {
	if t == nil || ctx == nil {
		_, err = c.Commit(ctx, t)
		return err
	}
	for range commitTries {
		if _, err = c.Commit(ctx, t); !t.InDoubt() || ctx.Err() != nil {
			break
		}
	}
	if err != nil && !t.InDoubt() {
		c.rollBack(ctx, t)
	}
	return err
}

// rollBack lets go of a transaction's locks, also if the context has ended.
func (c *Client) rollBack(ctx context.Context, t *Txn) {
	if t.State() == TxnCommitted {
		return
	}
	if _, err := c.Abort(context.WithoutCancel(ctx), t); err != nil {
		c.env.Logger.Warn("aerospike: a transaction could not be rolled back; the server will do it", "error", err)
	}
}
