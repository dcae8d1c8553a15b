package mapper

import (
	"errors"
)

// ErrEmpty means that a method was called on the zero value of its type, such as a Repo that New
// has not made, or that an argument is nil. The error's text says how to make the value.
var ErrEmpty = errors.New("empty or nil")

// An emptyError is an ErrEmpty.
type emptyError struct {
	op   string // such as "Repo.Find", or "" if the value belongs to no single call
	text string
}

func (e *emptyError) Error() string {
	if e.op == "" {
		return "mapper: " + e.text
	}
	return "mapper: " + e.op + ": " + e.text
}

func (e *emptyError) Unwrap() error { return ErrEmpty }
