package protocol

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Error is the failure of one command. errors.Is compares it with a [ResultCode] or with the
// cause in Err. Check InDoubt before you repeat a failed write.
type Error struct {
	// Code is the result code that the server returned, or ClientError if it returned none.
	Code ResultCode
	// Op is the name of the method that failed, such as "Get"; "" if it is not known.
	Op string
	// Key is the key of the record. For a query it has only the namespace and the set. It is zero
	// if the command was not about a record, a set or a namespace. The user key shares the memory
	// of the caller's key.
	Key Key
	// InDoubt reports whether a write may have been applied although the command failed. Read the
	// record to find out before you repeat the write.
	InDoubt bool
	// Node is the name of the last node that the command was sent to or that had no connection for
	// it; "" if there is none, e.g. if the command is not valid.
	Node string
	// Attempts is the number of times that the command was sent; 0 means that it was never sent.
	Attempts int
	// Message is a text about this failure, from the server or the client; "" if there is none.
	Message string
	// Err is the cause if the command failed in the client, or nil if the server returned a result
	// code.
	Err error
}

// Error returns one line with everything that is known about the failure, and what to do if a write
// is in doubt:
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
	b.WriteString(e.advice())
	return b.String()
}

// advice says what to do about the failure. Repeating a write that is in doubt could apply it
// twice.
func (e *Error) advice() string {
	switch {
	case e.InDoubt:
		return " [in doubt: the write may have been applied; read the record to find out before you repeat it]"
	case e.Code == GenerationError:
		return " [read the record again and retry]"
	}
	return ""
}

// maxShownKey is the number of bytes of a user key that an error shows.
const maxShownKey = 80

// describe writes namespace:set:userkey on one line. A user key that can't be printed is quoted,
// and a long one is cut. A key without user key and digest is that of a set or a namespace.
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

// printable returns the text, quoted if it has characters that can't be printed on one line.
func printable(text string) string {
	for _, r := range text {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return strconv.Quote(text)
		}
	}
	return text
}

// Is reports whether target is the result code of the error.
func (e *Error) Is(target error) bool {
	code, ok := target.(ResultCode)
	return ok && code == e.Code
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
