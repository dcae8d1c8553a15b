package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// TransactOptions are the options of Transact. The zero value is the default.
type TransactOptions struct {
	TxnOptions
	// Attempts limits how often the function is called. Default 5. 1 disables retries.
	Attempts int
	// Backoff is the pause before the second attempt. It doubles after each attempt, up to
	// MaxBackoff. Each pause is random, between half of this value and all of it. Defaults are 10
	// ms and 1 s.
	Backoff, MaxBackoff time.Duration
}

// Defaults of TransactOptions.
const (
	DefaultTransactAttempts   = 5
	DefaultTransactBackoff    = 10 * time.Millisecond
	DefaultTransactMaxBackoff = time.Second
)

// ErrTxnNested means that Transact was called with a context that already has a transaction.
var ErrTxnNested = errors.New("transactions can't be nested")

// A TransactError is the error of Transact.
type TransactError struct {
	// InDoubt reports whether the transaction may be committed. If it is false, the transaction had
	// no effect: a command whose own error in Err says InDoubt was rolled back with the others.
	InDoubt bool
	// Attempts is how often the function was called.
	Attempts int
	// Err is what the function returned, or the *CommitError of the last attempt.
	Err error
}

// Error returns the outcome, the number of attempts and the cause in one line.
func (e *TransactError) Error() string {
	what := "rolled back"
	if e.InDoubt {
		what = "in doubt"
	}
	if e.Attempts == 0 {
		return fmt.Sprintf("aerospike: transaction not started: %s", inner(e.Err))
	}
	return fmt.Sprintf("aerospike: transaction %s in attempt %d: %s", what, e.Attempts, inner(e.Err))
}

// Unwrap returns the cause.
func (e *TransactError) Unwrap() error { return e.Err }

// Transact runs a function as a transaction. Commands that use the context passed to the function
// belong to the transaction. If the function returns nil, Transact commits the transaction. If the
// function returns an error or panics, Transact rolls the transaction back.
//
//	err := client.Transact(ctx, nil, func(ctx context.Context) error {
//		if err := client.Add(ctx, nil, from, protocol.Bins{protocol.NewBin("amount", -10)}); err != nil {
//			return err
//		}
//		return client.Add(ctx, nil, to, protocol.Bins{protocol.NewBin("amount", 10)})
//	})
//
// If the transaction conflicts with another one (protocol.TransactionBlocked,
// TransactionVersionMismatch) or takes too long (TransactionExpired, TransactionAborted), Transact
// pauses and calls the function again with a new transaction. Apart from its commands the function
// must therefore be safe to repeat. If a commit is in doubt, Transact repeats the commit, but never
// calls the function again. The error is a *TransactError. If o is nil, the defaults apply.
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
	if c.calls.closed() {
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
		if inDoubt || !isConflict(err) || attempt >= options.Attempts {
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

// isConflict reports whether a failed transaction may succeed if it is run again.
func isConflict(err error) bool {
	return errors.Is(err, protocol.TransactionBlocked) || errors.Is(err, protocol.TransactionVersionMismatch) ||
		// After a timeout the code depends on the command, and on whether the server has already
		// rolled the transaction back.
		errors.Is(err, protocol.TransactionExpired) || errors.Is(err, protocol.TransactionAborted)
}

// attempt runs the function once, as one transaction.
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

// commitTries is how often a commit in doubt is tried. Each try has the retries of
// Policies.TxnRoll.
const commitTries = 3

// CommitOrAbort commits a transaction like Commit, and resolves failures as far as it can: it
// retries a commit that is in doubt a few times, and aborts a transaction that can't be committed,
// so that no records stay locked. The error is a *CommitError. If it is still in doubt, call Commit
// again until it isn't.
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

// rollBack aborts the transaction to release its locks, even if the context has ended.
func (c *Client) rollBack(ctx context.Context, t *Txn) {
	if t.State() == TxnCommitted {
		return
	}
	if _, err := c.Abort(context.WithoutCancel(ctx), t); err != nil {
		c.env.Logger.Warn("aerospike: rolling back a transaction failed; the server will roll it back at its timeout", "error", err)
	}
}
