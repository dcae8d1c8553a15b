// Package link is the connections to one node: connections, pool, authentication and TLS
// handshakes. It knows no commands, records or cluster. Package connqueue decides which caller gets
// which connection, package session which connection logs in.
//
// Errors of users that package cluster documents, such as a refused login, have small types here,
// which package cluster turns into its own.
package link

import (
	"context"
	"errors"
)

// ErrTimeout is documented in package cluster.
var ErrTimeout = errors.New("timeout")

// A TimeoutError is a time limit that was reached. It is ErrTimeout, and context.DeadlineExceeded
// if the limit was the context's.
type TimeoutError struct {
	what    string
	context bool
	caller  bool
}

// The time limits.
var (
	ErrTotalTimeout   error = &TimeoutError{what: "the total timeout was reached"}
	ErrSocketTimeout  error = &TimeoutError{what: "the socket timeout was reached"}
	ErrConnectTimeout error = &TimeoutError{what: "the connect timeout was reached"}
	ErrLoginTimeout   error = &TimeoutError{what: "the login timeout was reached"}
	// One try's share of the time is over. A share of the context's time does not count against the
	// node.
	ErrShareTimeout        error = &TimeoutError{what: "no answer within one try's share of the time"}
	ErrContextShareTimeout error = &TimeoutError{what: "no answer within one try's share of the time", caller: true}
	ErrContextTimeout      error = &TimeoutError{what: "the context's deadline was reached", context: true, caller: true}
)

// Error returns one line.
func (e *TimeoutError) Error() string { return "timeout: " + e.what }

// Timeout returns true, as for a net.Error.
func (e *TimeoutError) Timeout() bool { return true }

// Is reports whether target is ErrTimeout, or context.DeadlineExceeded if the limit was the
// context's.
func (e *TimeoutError) Is(target error) bool {
	return target == ErrTimeout || e.context && target == context.DeadlineExceeded
}

// ByCaller reports whether the limit was the caller's context, not that of a policy. Such a timeout
// does not count against the node.
func (e *TimeoutError) ByCaller() bool { return e.caller }

// ContextError returns why a context has ended, nil if it has not.
func ContextError(ctx context.Context) error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		return ErrContextTimeout
	}
	return err
}

// The sentinels of package cluster with the same names, which are documented there.
var (
	ErrNode          = errors.New("node not usable")
	ErrPoolExhausted = errors.New("all connections to the node are in use")
)
