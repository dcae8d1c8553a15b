package function

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// smallSet is the number of values up to which a Set compares with each.
const smallSet = 8

// A Set is the values of an IN list. Looking a value up allocates nothing.
type Set struct {
	values []protocol.Value
	// keys are the AppendKey forms of the values, if there are many.
	keys map[string]struct{}
	// collections are the lists and maps, which are compared one by one.
	collections []protocol.Value
	classes     uint16 // of the values, by Class
	// unknown means that a value compares with nothing, such as NULL.
	unknown bool
}

// NewSet returns the set of some values. It keeps the slice.
func NewSet(values []protocol.Value) *Set {
	s := &Set{values: values}
	if len(values) > smallSet {
		s.keys = make(map[string]struct{}, len(values))
	}
	var buffer [64]byte
	for _, v := range values {
		s.classes |= 1 << Class(v)
		if Compare(ast.OpEqual, v, v) != True {
			s.unknown = s.unknown || !isNaN(v)
			continue
		}
		switch {
		case s.keys == nil:
		case isCollection(v):
			s.collections = append(s.collections, v)
		default:
			s.keys[string(appendScalar(buffer[:0], v))] = struct{}{}
		}
	}
	return s
}

// Len returns the number of values.
func (s *Set) Len() int { return len(s.values) }

// Values returns the values. The caller must not change them.
func (s *Set) Values() []protocol.Value { return s.values }

// Contains returns x IN the set: True if a value is equal to x, otherwise Unknown if x or a value is
// NULL or of a kind that doesn't compare with the other, and otherwise False.
func (s *Set) Contains(x protocol.Value) Trilean {
	if len(s.values) == 0 {
		return False
	}
	if s.keys == nil {
		return compareAll(s.values, x)
	}
	if isNaN(x) { // equal to nothing, and comparable with numbers only
		return s.otherwise(x)
	}
	var buffer [64]byte
	if Compare(ast.OpEqual, x, x) != True {
		return Unknown
	}
	if isCollection(x) {
		if compareAll(s.collections, x) == True {
			return True
		}
		return s.otherwise(x)
	}
	if _, found := s.keys[string(appendScalar(buffer[:0], x))]; found {
		return True
	}
	return s.otherwise(x)
}

// otherwise returns the result for a value that is in the set for no comparison.
func (s *Set) otherwise(x protocol.Value) Trilean {
	if s.unknown || s.classes&^(1<<Class(x)) != 0 {
		return Unknown
	}
	return False
}

// compareAll compares a value with each of some values.
func compareAll(values []protocol.Value, x protocol.Value) Trilean {
	found := False
	for _, v := range values {
		switch Compare(ast.OpEqual, x, v) {
		case True:
			return True
		case Unknown:
			found = Unknown
		}
	}
	return found
}

func isCollection(v protocol.Value) bool {
	return v.Kind() == protocol.KindList || v.Kind() == protocol.KindMap
}
