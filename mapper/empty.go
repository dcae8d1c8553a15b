package mapper

import (
	"errors"
	"fmt"
	"iter"
	"unsafe"
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

// ready returns an error if the store is that of an empty Repo.
func (s *store) ready(op string) error {
	if s == nil {
		return &emptyError{op, "the repository is empty; make it with mapper.New"}
	}
	return nil
}

// takes is ready for a call with an object, which must not be nil.
func (s *store) takes(op string, object unsafe.Pointer) error {
	if object == nil && s != nil {
		return s.nilObject(op)
	}
	return s.ready(op)
}

func (s *store) nilObject(op string) error {
	return &emptyError{op, fmt.Sprintf("the *%s is nil", typeName(s.plan.typ))}
}

// ready returns the error of a query that is empty or has a mistake.
func (q *query) ready(op string) error {
	if q == nil {
		return &emptyError{op, "the query is empty; begin with Where or All of a Repo"}
	}
	return q.err
}

// Generic methods pass objects by their addresses to code that is compiled once, because each type
// of a program costs the compiler a copy of every generic method. What they call is not inlined
// into the copies. These functions convert between the types.

// addresses returns the addresses of objects. The slice is the same.
func addresses[T any](objects []*T) []unsafe.Pointer {
	return *(*[]unsafe.Pointer)(unsafe.Pointer(&objects))
}

// objectsAt is the reverse of addresses.
func objectsAt[T any](addresses []unsafe.Pointer) []*T {
	return *(*[]*T)(unsafe.Pointer(&addresses))
}

// objectSeq returns an iterator over the objects at addresses.
//
//go:noinline
func objectSeq[T any](addresses iter.Seq2[unsafe.Pointer, error]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		addresses(func(x unsafe.Pointer, err error) bool { return yield((*T)(x), err) })
	}
}

// failing returns an iterator that yields an error.
func failing(err error) iter.Seq2[unsafe.Pointer, error] {
	return func(yield func(unsafe.Pointer, error) bool) { yield(nil, err) }
}

// collect returns all objects of an iterator, or its first error.
func collect(objects iter.Seq2[unsafe.Pointer, error]) ([]unsafe.Pointer, error) {
	var all []unsafe.Pointer
	for x, err := range objects {
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}
