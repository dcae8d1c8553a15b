package ast

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The kinds of errors of a statement, for errors.Is.
var (
	// ErrSyntax means that the text is not a statement of the dialect.
	ErrSyntax = errors.New("syntax error")
	// ErrUnsupported means that the text is SQL that is not implemented or that Aerospike can't do.
	ErrUnsupported = errors.New("not supported")
	// ErrUnknownName means that a table, column or function does not exist.
	ErrUnknownName = errors.New("unknown name")
	// ErrExists means that a table, view, index or column with the name exists already.
	ErrExists = errors.New("name exists")
	// ErrInvalidName means that no namespace, set or bin can have the name.
	ErrInvalidName = errors.New("invalid name")
	// ErrType means that a value has the wrong type.
	ErrType = errors.New("type error")
	// ErrArguments means that the arguments don't match the parameters or can't be stored.
	ErrArguments = errors.New("wrong arguments")
	// ErrScanDenied means that the statement reads a whole set, which the options forbid.
	ErrScanDenied = errors.New("scan denied")
)

// An Error describes a mistake in a statement and its position.
type Error struct {
	// Kind is one of the errors of this package, such as ErrSyntax.
	Kind error
	// Line and Column are the position, counted from 1. Column counts characters. They are 0 if the
	// error has no position, such as a wrong number of arguments, or if the statement was not
	// parsed from text.
	Line, Column int
	// Message describes the mistake. It is one line.
	Message string
	// Cause is the underlying error, or nil.
	Cause error

	excerpt string
}

// Error returns the kind, the position and the message. If there is a position two more lines
// follow: the line of the statement and a caret under the position.
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

// Unwrap returns the kind and the cause, if any.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// ErrorAt returns an error with a position. If text is "" the statement was not parsed, and the
// error has no position. The error does not quote a text that may have a password.
func ErrorAt(text string, pos Pos, kind error, format string, args ...any) *Error {
	if text == "" {
		return Errorf(kind, format, args...)
	}
	line, column := lineAndColumn(text, pos)
	e := &Error{Kind: kind, Line: line, Column: column, Message: message(format, args)}
	if PasswordAt(text) < 0 {
		e.excerpt = excerpt(text, pos)
	}
	return e
}

// Errorf returns an error without a position.
func Errorf(kind error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: message(format, args)}
}

// message returns a message in one line, whatever the names in it.
func message(format string, args []any) string {
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(fmt.Sprintf(format, args...))
}
