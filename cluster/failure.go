package cluster

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// failure is that of a command which needs a new connection.
func (e *LoginError) failure() failure {
	return failure{err: e, code: e.Code, detail: e.text(), final: true}
}

// kind says what a failure on this side was.
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

// A failure is how one try of a command ended; the zero failure is none.
type failure struct {
	err     error // nil: none
	outcome retry.Outcome
	code    protocol.ResultCode // of a refusal
	detail  string              // the server's own text about it
	node    *Node               // who failed, where that is not known otherwise
	// invalid: the command can't be written, whatever the node.
	invalid bool
	// final: the time, the context or the client has ended, or the command can't be written, so
	// that nothing more can be tried; sent reports whether the whole request was sent.
	final, sent bool
}

// report makes the error of a failure that nothing more is tried about. The node may be nil.
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
	// A verdict alone needs no cause, one that time kept from being tried again has it.
	if f.err != error(f.code) {
		e.Err = f.err
	} else if f.code == protocol.UDFError {
		e.Err = functionCause(f.detail)
	}
	return e
}

// ended is the failure of a command that something else than the node has ended.
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

// functionCause returns the cause that the server's text about a failed function stands for. It
// returns nil for a failure of the function itself. Only the text shows that a module is missing.
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
	failureLost
	failureMalformed
	failureOther
	failureKinds // their number
)
