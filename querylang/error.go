package querylang

import (
	"errors"
	"fmt"
	"strconv"
)

// What can be wrong with a statement; ask errors.Is for one of these.
var (
	// ErrSyntax means text that is no statement of the dialect.
	ErrSyntax = errors.New("syntax error")
	// ErrUnsupported means SQL that is understood but has no implementation, or can't have one.
	ErrUnsupported = errors.New("not supported")
	// ErrUnknownName means a name that stands for nothing where it is used.
	ErrUnknownName = errors.New("unknown name")
	// ErrInvalidName means a name that no namespace, set or bin can have.
	ErrInvalidName = errors.New("invalid name")
	// ErrType means a value of a type that can't be used in its place.
	ErrType = errors.New("type error")
	// ErrArguments means arguments that do not fit the statement's parameters.
	ErrArguments = errors.New("wrong arguments")
	// ErrScanDenied means a statement that reads a whole set where that is forbidden.
	ErrScanDenied = errors.New("scan denied")
)

// An Error says what is wrong with a statement, and where.
type Error struct {
	// Kind is one of the sentinel errors of this package.
	Kind error
	// Line and Column, both counted from 1, are the place, Column in characters. They are 0
	// where no place is to blame, e.g. for a wrong number of arguments, or there is no text.
	Line, Column int
	// Message says what is wrong, on one line.
	Message string
	// Cause is the error that was met on the way, or nil.
	Cause error

	excerpt string
}

// Error returns kind, place and message and, on two lines more, the line of
// the statement with a caret under the place.
func (e *Error) Error() string {
	s := e.Kind.Error()
	if e.Line > 0 {
		s += " at line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Column)
	}
	s += ": " + e.Message
	if e.excerpt != "" {
		s += "\n" + e.excerpt
	}
	return s
}

// Unwrap returns the kind and, if there is one, the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// errorAt makes an error about a place in a statement's text. A statement that
// was not parsed but built has no text, and so no places.
func errorAt(text string, pos Pos, kind error, format string, args ...any) *Error {
	if text == "" {
		return errorf(kind, format, args...)
	}
	line, column := lineAndColumn(text, pos)
	return &Error{
		Kind: kind, Line: line, Column: column,
		Message: fmt.Sprintf(format, args...), excerpt: excerpt(text, pos),
	}
}

// errorf makes an error that has no place.
func errorf(kind error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}
