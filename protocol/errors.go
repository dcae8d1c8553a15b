package protocol

import (
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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
	// Op is the name of the method that failed, such as "Get"; "" if it is not known.
	Op string
	// Key is the key of the record that the command was about. For a query it has a namespace and a set alone. The zero
	// Key means a command that is about neither. The user key shares the memory of the caller's key.
	Key Key
	// InDoubt says that a write may have been applied although it failed.
	InDoubt bool
	// Node is the name of the node that was asked last, or that has no connection for the command; "" if there is none,
	// e.g. if the command itself is not valid.
	Node string
	// Attempts is how many times the command was tried; 0 means that it never left.
	Attempts int
	// Message is the server's own text, or ours, about this failure.
	Message string
	// Err is the cause on this side, nil if the server gave a verdict.
	Err error
}

// Error returns one line with all that is known:
//
//	aerospike: Get test:users:ada: KEY_NOT_FOUND (2): the record does not exist [node A1]
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("aerospike: ")
	if e.Op != "" {
		b.WriteString(e.Op)
	}
	if e.Key.Namespace != "" {
		if e.Op != "" {
			b.WriteByte(' ')
		}
		e.Key.describe(&b)
	}
	if e.Op != "" || e.Key.Namespace != "" {
		b.WriteString(": ")
	}
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

// maxShownKey is the number of bytes of a user key that an error shows.
const maxShownKey = 80

// describe writes namespace:set:user key on one line: a user key with characters that can't be printed is quoted, and a long one
// is cut. A key without user key and digest is a set, or a namespace.
func (k *Key) describe(b *strings.Builder) {
	b.WriteString(printable(k.Namespace))
	if k.user.kind == KindNil && k.digest == (Digest{}) {
		if k.Set != "" {
			b.WriteString(":" + printable(k.Set))
		}
		return
	}
	b.WriteString(":" + printable(k.Set) + ":")
	switch k.user.kind {
	case KindNil:
		b.WriteString("#" + k.digest.String())
	case KindBlob:
		data := k.user.bytes()
		b.WriteString("0x" + hex.EncodeToString(data[:min(len(data), maxShownKey/2)]))
		if len(data) > maxShownKey/2 {
			b.WriteString("...")
		}
	case KindString:
		text := k.user.text()
		b.WriteString(printable(text[:min(len(text), maxShownKey)]))
		if len(text) > maxShownKey {
			b.WriteString("...")
		}
	default:
		b.WriteString(k.user.String())
	}
}

// printable returns a text as it is, or quoted if it would break a line or can't be printed.
func printable(text string) string {
	for _, r := range text {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return strconv.Quote(text)
		}
	}
	return text
}

// Is reports whether target is the error's result code.
func (e *Error) Is(target error) bool {
	code, ok := target.(ResultCode)
	return ok && code == e.Code
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
