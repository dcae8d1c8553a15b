package mapper

import (
	"iter"
	"unsafe"
)

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
