package cluster

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// failure returns the failure of a command that needed a new connection.
func (e *LoginError) failure() failure {
	return failure{err: e, code: e.Code, detail: e.text(), final: true}
}

// kind returns the kind of a failure on the client's side.
func (f *failure) kind() int {
	switch {
	case errors.Is(f.err, ErrPoolExhausted):
		return failurePool
	case errors.Is(f.err, ErrTimeout):
		return failureTimeout
	case errors.Is(f.err, context.Canceled) || errors.Is(f.err, ErrClosed):
		return failureCanceled
	case f.final:
		return failureOther
	case f.outcome == retry.Backoff:
		if f.err == ErrOverload {
			return failureOverload
		}
		return failureBackoff
	case f.outcome == retry.NoConn:
		return failureConnect
	case f.outcome == retry.Stale || f.outcome == retry.Unsent || f.outcome == retry.Lost:
		return failureLost
	case f.outcome == retry.Broken:
		return failureMalformed
	}
	return failureOther
}

// A failure describes why one try of a command failed. The zero failure means success.
type failure struct {
	err     error // nil if the try succeeded
	outcome retry.Outcome
	code    protocol.ResultCode // the server's result code, if it answered with one
	detail  string              // the server's text about it
	node    *Node               // the node that failed, if the caller does not know it
	// invalid means that the command can't be encoded for any node.
	invalid bool
	// final means that the command can't be retried: its time is over, its context has ended, the
	// client is closed, or the command can't be encoded. sent reports whether the whole request was
	// sent.
	final, sent bool
}

// report returns the error of a command that is not retried after the failure. The node may be nil.
func (f *failure) report(node *Node, attempts int) *protocol.Error {
	e := &protocol.Error{Code: protocol.ClientError, Attempts: attempts, Message: f.detail}
	if f.invalid {
		e.Attempts = 0
	} else if node != nil {
		e.Node = node.name
	}
	if f.code != protocol.OK {
		e.Code = f.code
	}
	// The result code alone needs no cause. If a retry was not possible, err wraps the reason.
	if f.err != error(f.code) {
		e.Err = f.err
	} else if f.code == protocol.UDFError {
		e.Err = functionCause(f.detail)
	}
	return e
}

// ended returns the failure of a command that ended for a reason other than the node.
func ended(err error, sent bool) failure { return failure{err: err, final: true, sent: sent} }

// late reports whether the answer to a request did not come in time.
func (f *failure) late() bool {
	_, timeout := f.err.(*link.TimeoutError)
	return timeout && (f.outcome == retry.TimedOut || f.final && f.sent)
}

// verdict returns the failure that the last message of an answer reports.
func verdict(resp *wire.Response) failure {
	if resp.ResultCode == protocol.OK {
		return failure{}
	}
	return failure{err: resp.ResultCode, outcome: retry.Refused, code: resp.ResultCode, detail: resp.Detail}
}

// functionCause returns the cause of a failed call of a function, derived from the server's text:
// only the text shows that a module is missing. It returns nil if the function itself failed.
func functionCause(text string) error {
	switch text {
	case "function not found":
		return ErrNoFunction
	case "UDF: Execution Error 1":
		return ErrNoModule
	}
	return nil
}

// The kinds of failures on the client's side.
const (
	failureTimeout = iota
	failureCanceled
	failurePool
	failureConnect
	failureBackoff
	failureOverload
	failureLost
	failureMalformed
	failureOther
	failureKinds // their number
)
