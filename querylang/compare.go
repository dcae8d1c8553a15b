package querylang

import (
	"cmp"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// compareWith applies a comparison operator. Values that can't be compared give unknown.
func compareWith(op Operator, x, y protocol.Value) trilean {
	if isNaN(x) || isNaN(y) {
		if !isNumber(x) || !isNumber(y) {
			return unknown
		}
		return trileanOf(op == OpNotEqual) // as IEEE 754 has it
	}
	order, ok := compareValues(x, y)
	if !ok {
		return unknown
	}
	switch op {
	case OpEqual:
		return trileanOf(order == 0)
	case OpNotEqual:
		return trileanOf(order != 0)
	case OpLess:
		return trileanOf(order < 0)
	case OpLessEqual:
		return trileanOf(order <= 0)
	case OpGreater:
		return trileanOf(order > 0)
	}
	return trileanOf(order >= 0)
}

// compareValues orders two values; ok is false if they can't be compared: if one
// is NULL, they are of different kinds (but integers and floats are of one),
// or of a kind for which the server's expressions have no comparison either.
func compareValues(x, y protocol.Value) (order int, ok bool) {
	if isNumber(x) && isNumber(y) {
		return compareNumbers(x, y), true
	}
	if x.Kind() != y.Kind() {
		return 0, false
	}
	switch x.Kind() {
	case protocol.KindString, protocol.KindBlob, protocol.KindBool:
		return protocol.Compare(x, y), true
	case protocol.KindList, protocol.KindMap:
		if hasUnorderedMap(x) || hasUnorderedMap(y) {
			return 0, false
		}
		return protocol.Compare(x, y), true
	}
	return 0, false
}

func isNumber(v protocol.Value) bool {
	return v.Kind() == protocol.KindInt || v.Kind() == protocol.KindFloat
}

func isNaN(v protocol.Value) bool {
	f, ok := v.Float()
	return ok && math.IsNaN(f)
}

// compareNumbers orders two numbers by what they stand for, without rounding an integer to a float.
func compareNumbers(x, y protocol.Value) int {
	m, xInt := x.Int()
	n, yInt := y.Int()
	f, _ := x.Float()
	g, _ := y.Float()
	switch {
	case xInt && yInt:
		return cmp.Compare(m, n)
	case xInt:
		return compareIntFloat(m, g)
	case yInt:
		return -compareIntFloat(n, f)
	}
	return cmp.Compare(f, g)
}

func compareIntFloat(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := math.Trunc(f)
	if c := cmp.Compare(n, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(whole, f)
}

// hasUnorderedMap reports whether a map that is not empty and has no order is in the value.
// The server does not compare such values, because equal maps may differ in their bytes.
func hasUnorderedMap(v protocol.Value) bool {
	if elements, ok := v.List(); ok {
		for _, e := range elements {
			if hasUnorderedMap(e) {
				return true
			}
		}
		return false
	}
	pairs, ok := v.Map()
	if !ok || len(pairs) == 0 {
		return false
	}
	if v.Order()&protocol.Ordered == 0 {
		return true
	}
	for _, p := range pairs {
		if hasUnorderedMap(p.Value) {
			return true
		}
	}
	return false
}
