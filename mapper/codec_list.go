package mapper

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
)

// An elements encodes and decodes adjacent variables of one type.
type elements struct {
	codec   *codec
	ordered bool
}

func (c *compiler) elements(t reflect.Type, f form) (elements, error) {
	e := elements{ordered: f.ordered}
	f.ordered = false
	var err error
	e.codec, err = c.codec(t.Elem(), f)
	return e, err
}

func (e *elements) encode(run elementRun, n, depth int) (protocol.Value, error) {
	depth, err := nextDepth(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	list := make([]protocol.Value, n)
	for i := range list {
		if list[i], err = e.codec.encode(run.at(i), depth); err != nil {
			return protocol.Nil(), atIndex(i, err)
		}
	}
	if e.ordered {
		if err := protocol.SortList(list); err != nil {
			return protocol.Nil(), fmt.Errorf("%w: %w", ErrRange, err)
		}
		return protocol.ListWithOrder(protocol.Ordered, list), nil
	}
	return protocol.List(list...), nil
}

// decode sets one variable for each value of the list.
func (e *elements) decode(run elementRun, list []protocol.Value) error {
	for i, v := range list {
		if err := e.codec.set(run.at(i), v); err != nil {
			return atIndex(i, err)
		}
	}
	return nil
}

// atIndex adds the index of an element to an error.
func atIndex(i int, err error) error { return withPath("["+strconv.Itoa(i)+"]", err) }

// slice stores a slice as a list, nil as NULL.
func (c *compiler) slice(t reflect.Type, f form) (*codec, error) {
	e, err := c.elements(t, f)
	if err != nil {
		return nil, err
	}
	return &codec{
		encode: func(at place, depth int) (protocol.Value, error) {
			s := reflectAt(t, at)
			if s.IsNil() {
				return protocol.Nil(), nil
			}
			return e.encode(elementsOf(s), s.Len(), depth)
		},
		decode: func(at place, v protocol.Value) error {
			list, ok := v.List()
			if !ok {
				return wrongType(v, "a list")
			}
			// Allocate a new array: the caller may still use the old one.
			s := reflect.MakeSlice(t, len(list), len(list))
			if err := e.decode(elementsOf(s), list); err != nil {
				return err
			}
			reflectAt(t, at).Set(s)
			return nil
		},
		nullable: true,
		isEmpty:  func(at place) bool { return reflectAt(t, at).Len() == 0 },
	}, nil
}

// array stores an array as a list of the same length.
func (c *compiler) array(t reflect.Type, f form) (*codec, error) {
	e, err := c.elements(t, f)
	if err != nil {
		return nil, err
	}
	n := t.Len()
	made := &codec{
		encode: func(at place, depth int) (protocol.Value, error) {
			return e.encode(elementsOf(reflectAt(t, at)), n, depth)
		},
		decode: func(at place, v protocol.Value) error {
			list, ok := v.List()
			if !ok {
				return wrongType(v, "a list")
			}
			if len(list) != n {
				return fmt.Errorf("%w: a list of %d elements for an array of %d", ErrRange, len(list), n)
			}
			return e.decode(elementsOf(reflectAt(t, at)), list)
		},
	}
	if n == 0 {
		made.isEmpty = func(place) bool { return true }
	}
	return made, nil
}
