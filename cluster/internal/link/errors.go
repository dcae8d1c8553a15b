// Package link manages the connections to one node: dialing, TLS handshakes, authentication and
// pooling. It does not depend on commands, records or the cluster. Package connqueue decides which
// caller gets which connection, and package session decides which connection logs in.
//
// Some errors, such as a refused login, have small types here that package cluster converts to its
// own documented types.
package link

import (
	"context"
	"errors"
)

// ErrTimeout is documented in package cluster.
var ErrTimeout = errors.New("timeout")

// A TimeoutError means that a time limit was reached. It matches ErrTimeout, and also
// context.DeadlineExceeded if the limit was the context's deadline.
type TimeoutError struct {
	what    string
	context bool
	caller  bool
	queued  bool
}

// The time limits.
var (
	ErrTotalTimeout   error = &TimeoutError{what: "the total timeout was reached"}
	ErrSocketTimeout  error = &TimeoutError{what: "the socket timeout was reached"}
	ErrConnectTimeout error = &TimeoutError{what: "the connect timeout was reached"}
	ErrLoginTimeout   error = &TimeoutError{what: "the login timeout was reached"}
	// One try used up its share of the time. If it is a share of the context's time, the timeout
	// does not count against the node.
	ErrShareTimeout        error = &TimeoutError{what: "no answer within one try's share of the time"}
	ErrContextShareTimeout error = &TimeoutError{what: "no answer within one try's share of the time", caller: true}
	ErrContextTimeout      error = &TimeoutError{what: "the context's deadline was reached", context: true, caller: true}
	// A command waited for others and was not sent, because it had no time left for an answer.
	ErrQueueTimeout        error = &TimeoutError{what: queueTimeout, queued: true}
	ErrContextQueueTimeout error = &TimeoutError{what: queueTimeout, context: true, caller: true, queued: true}
)

const queueTimeout = "the command waited for others and was not sent, as no time was left"

// Error returns a one-line message.
func (e *TimeoutError) Error() string { return "timeout: " + e.what }

// Timeout returns true. It implements net.Error in part.
func (e *TimeoutError) Timeout() bool { return true }

// Is reports whether target is ErrTimeout, or context.DeadlineExceeded if the limit was the
// context's deadline, or ErrOverload if the command waited for others until then.
func (e *TimeoutError) Is(target error) bool {
	return target == ErrTimeout || e.context && target == context.DeadlineExceeded || e.queued && target == ErrOverload
}

// ByCaller reports whether the limit was set by the caller's context, not by a policy. Such a
// timeout does not count against the node.
func (e *TimeoutError) ByCaller() bool { return e.caller }

// ContextError returns the reason that a context ended, or nil if it has not ended.
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
	ErrOverload      = errors.New("too many commands are waiting for the node")
)
