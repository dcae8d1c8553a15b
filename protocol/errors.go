package protocol

import (
	"errors"
	"strconv"
	"strings"
)

// Causes that encoders and decoders report, to be asked for with errors.Is.
var (
	// ErrMalformed means that bytes which were received are not what the protocol says. Unless they are those of a
	// value inside a whole message, the connection they came from can't be used any further.
	ErrMalformed = errors.New("malformed message")
	// ErrTooLarge means a message over its limit, of either side.
	ErrTooLarge = errors.New("message too large")
	// ErrTooDeep means lists and maps nested more than MaxDepth levels.
	ErrTooDeep = errors.New("value nested too deep")
	// ErrInvalidKey means a namespace, set or user key that no record can have.
	ErrInvalidKey = errors.New("invalid key")
	// ErrInvalidBin means a bin name that no bin can have.
	ErrInvalidBin = errors.New("invalid bin name")
	// ErrInvalidValue means a value that can't be stored.
	ErrInvalidValue = errors.New("invalid value")
	// ErrInvalidCommand means a command that contradicts itself, e.g. one without operations.
	ErrInvalidCommand = errors.New("invalid command")
)

// An Error is the failure of one command. Ask errors.Is for its Code or for the cause
// in Err; ask InDoubt before a failed write is repeated.
type Error struct {
	// Code is the server's verdict, or ClientError where there was none.
	Code ResultCode
	// InDoubt says that a write may have been applied although it failed.
	InDoubt bool
	// Node is the name of the node that was asked last, "" if none was.
	Node string
	// Attempts is how many times the command was tried; 0 means that it never left.
	Attempts int
	// Message is the server's own text, or ours, about this failure.
	Message string
	// Err is the cause on this side, nil if the server gave a verdict.
	Err error
}

// Error gives one line with all that is known.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("aerospike: ")
	switch {
	case e.Code != ClientError:
		b.WriteString(e.Code.Error())
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		b.WriteString("command failed")
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Node != "" {
		b.WriteString(" [node " + e.Node + "]")
	}
	if e.Attempts > 1 {
		b.WriteString(" [" + strconv.Itoa(e.Attempts) + " attempts]")
	}
	if e.InDoubt {
		b.WriteString(" [in doubt: the write may have been applied]")
	}
	return b.String()
}

// Is reports whether target is the error's result code.
func (e *Error) Is(target error) bool {
	code, ok := target.(ResultCode)
	return ok && code == e.Code
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
