package plan

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// A valueSet is a set of values of all kinds: those for which a condition can be true. Values of
// one class compare with each other and with no others: numbers, strings, blobs and booleans. Of
// other kinds a set has all values or none.
type valueSet struct {
	numbers, strings, blobs, booleans intervals
	nan, null, others                 bool
}

func allValues() valueSet {
	return valueSet{
		numbers: everything, strings: everything, blobs: everything, booleans: everything,
		nan: true, null: true, others: true,
	}
}

func (s *valueSet) isEmpty() bool {
	return len(s.numbers) == 0 && len(s.strings) == 0 && len(s.blobs) == 0 && len(s.booleans) == 0 &&
		!s.nan && !s.null && !s.others
}

func (s valueSet) union(t valueSet) valueSet {
	return valueSet{
		numbers: s.numbers.union(t.numbers), strings: s.strings.union(t.strings),
		blobs: s.blobs.union(t.blobs), booleans: s.booleans.union(t.booleans),
		nan: s.nan || t.nan, null: s.null || t.null, others: s.others || t.others,
	}
}

func (s valueSet) intersect(t valueSet) valueSet {
	return valueSet{
		numbers: s.numbers.intersect(t.numbers), strings: s.strings.intersect(t.strings),
		blobs: s.blobs.intersect(t.blobs), booleans: s.booleans.intersect(t.booleans),
		nan: s.nan && t.nan, null: s.null && t.null, others: s.others && t.others,
	}
}

func (s valueSet) complement() valueSet {
	return valueSet{
		numbers: s.numbers.complement(), strings: s.strings.complement(),
		blobs: s.blobs.complement(), booleans: s.booleans.complement(),
		nan: !s.nan, null: !s.null, others: !s.others,
	}
}

// classOf returns the part of a set that values of a kind belong to, or nil for kinds without a
// class.
func (s *valueSet) classOf(k protocol.Kind) *intervals {
	switch k {
	case protocol.KindInt, protocol.KindUint, protocol.KindFloat:
		return &s.numbers
	case protocol.KindString:
		return &s.strings
	case protocol.KindBlob:
		return &s.blobs
	case protocol.KindBool:
		return &s.booleans
	}
	return nil
}

// class returns all values that compare with values of a kind.
func class(k protocol.Kind) valueSet {
	var s valueSet
	if c := s.classOf(k); c != nil {
		*c = everything
		s.nan = c == &s.numbers
		return s
	}
	s.others = true
	return s
}

// only returns the set without the values that an expression can't have.
func (s valueSet) only(k function.Kinds) valueSet {
	if !k.Has(function.Number) {
		s.numbers, s.nan = nil, false
	}
	if !k.Has(function.String) {
		s.strings = nil
	}
	if !k.Has(function.Blob) {
		s.blobs = nil
	}
	if !k.Has(function.Bool) {
		s.booleans = nil
	}
	if !k.Has(function.List | function.Map | function.Geo | function.HLL) {
		s.others = false
	}
	return s
}

// singleton returns the set of one value, or, of a kind without a class, a superset.
func singleton(v protocol.Value) valueSet {
	var s valueSet
	if v.IsNil() {
		s.null = true
		return s
	}
	if f, ok := v.Float(); ok && f != f {
		s.nan = true
		return s
	}
	if c := s.classOf(v.Kind()); c != nil {
		*c = pointOfValue(v)
		return s
	}
	s.others = true
	return s
}

// compared returns the values x for which x op v is true, or false. The comparison with NULL and
// between different classes is unknown. For kinds without a class the set is a superset.
func compared(op ast.Operator, v protocol.Value, truth bool) valueSet {
	switch op {
	case ast.OpNotDistinctFrom, ast.OpDistinctFrom:
		return distinct(v, truth == (op == ast.OpNotDistinctFrom))
	}
	if v.IsNil() {
		return valueSet{}
	}
	all := class(v.Kind())
	if all.others {
		return all
	}
	s := trueFor(op, v)
	if !truth {
		s = s.complement().intersect(all)
	}
	return s
}

// distinct returns the values that are the same as v, where NULL is a value, or the other ones.
func distinct(v protocol.Value, same bool) valueSet {
	s := singleton(v)
	if same {
		return s
	}
	others := s.others
	s = s.complement()
	s.others = s.others || others // lists differ from each other
	s.nan = true
	return s
}

// trueFor returns the values for which a comparison is true.
func trueFor(op ast.Operator, v protocol.Value) valueSet {
	var s valueSet
	if f, ok := v.Float(); ok && f != f {
		if op == ast.OpNotEqual {
			return class(v.Kind())
		}
		return s
	}
	c := s.classOf(v.Kind())
	switch op {
	case ast.OpEqual:
		*c = pointOfValue(v)
	case ast.OpNotEqual:
		*c = pointOfValue(v).complement()
		s.nan = c == &s.numbers
	case ast.OpLess:
		*c = between(lowest, before(v))
	case ast.OpLessEqual:
		*c = between(lowest, after(v))
	case ast.OpGreater:
		*c = between(after(v), highest)
	case ast.OpGreaterEqual:
		*c = between(before(v), highest)
	default:
		return allValues()
	}
	return s
}

// oneOf returns the values that equal one of a list.
func oneOf(values []protocol.Value) valueSet {
	var s valueSet
	for _, v := range values {
		if f, ok := v.Float(); v.IsNil() || ok && f != f {
			continue
		}
		if c := s.classOf(v.Kind()); c != nil {
			*c = append(*c, pointOfValue(v)...)
		} else {
			s.others = true
		}
	}
	s.numbers, s.strings = normal(s.numbers), normal(s.strings)
	s.blobs, s.booleans = normal(s.blobs), normal(s.booleans)
	return s
}

// noneOf returns the values that are known to differ from all values of a list.
func noneOf(values []protocol.Value) valueSet {
	if len(values) == 0 {
		return allValues()
	}
	equal := oneOf(values)
	s := allValues()
	for _, v := range values {
		if v.IsNil() {
			return valueSet{} // it is unknown whether a value differs from NULL
		}
		s = s.intersect(class(v.Kind()))
	}
	different := equal.complement()
	different.others = true
	return s.intersect(different)
}

// startsWith returns the strings that begin with a prefix.
func startsWith(prefix string) intervals {
	if prefix == "" {
		return everything
	}
	low := before(protocol.String(prefix))
	end := strings.TrimRight(prefix, "\xff")
	if end == "" {
		return between(low, highest)
	}
	last := len(end) - 1
	return between(low, before(protocol.String(end[:last]+string([]byte{end[last] + 1}))))
}
