package function

import (
	"cmp"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// Compare applies a comparison operator. The result is unknown if the values can't be compared.
func Compare(op ast.Operator, x, y protocol.Value) Trilean {
	switch op {
	case ast.OpNotDistinctFrom:
		return TrileanOf(Order(x, y) == 0)
	case ast.OpDistinctFrom:
		return TrileanOf(Order(x, y) != 0)
	case ast.OpContains:
		return Contains(x, y)
	}
	if isNaN(x) || isNaN(y) {
		if !isNumber(x) || !isNumber(y) {
			return Unknown
		}
		return TrileanOf(op == ast.OpNotEqual) // IEEE 754
	}
	order, ok := compareValues(x, y)
	if !ok {
		return Unknown
	}
	switch op {
	case ast.OpEqual:
		return TrileanOf(order == 0)
	case ast.OpNotEqual:
		return TrileanOf(order != 0)
	case ast.OpLess:
		return TrileanOf(order < 0)
	case ast.OpLessEqual:
		return TrileanOf(order <= 0)
	case ast.OpGreater:
		return TrileanOf(order > 0)
	}
	return TrileanOf(order >= 0)
}

// compareValues returns the order of two values. ok is false if they can't be compared: one is
// NULL, the kinds differ (integers and floats count as one kind), or the server's expressions don't
// compare the kind.
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
	return isInteger(v) || v.Kind() == protocol.KindFloat
}

// isInteger reports whether a value is an integer. Integers above 2^63-1 occur in lists and maps
// only.
func isInteger(v protocol.Value) bool {
	return v.Kind() == protocol.KindInt || v.Kind() == protocol.KindUint
}

func isNaN(v protocol.Value) bool {
	f, ok := v.Float()
	return ok && math.IsNaN(f)
}

// compareNumbers returns the order of two numbers. It compares exactly, without rounding an integer
// to a float.
func compareNumbers(x, y protocol.Value) int {
	f, xFloat := x.Float()
	g, yFloat := y.Float()
	switch {
	case xFloat && yFloat:
		return cmp.Compare(f, g)
	case yFloat:
		return compareIntFloat(x, g)
	case xFloat:
		return -compareIntFloat(y, f)
	}
	return protocol.Compare(x, y)
}

func compareIntFloat(v protocol.Value, f float64) int {
	whole := math.Trunc(f)
	if u, ok := v.Uint(); ok { // not negative
		switch {
		case f < 0:
			return 1
		case f >= 1<<64:
			return -1
		}
		if c := cmp.Compare(u, uint64(whole)); c != 0 {
			return c
		}
		return cmp.Compare(whole, f)
	}
	n, _ := v.Int()
	switch {
	case f >= 0:
		return -1
	case f < -1<<63:
		return 1
	}
	if c := cmp.Compare(n, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(whole, f)
}

// hasUnorderedMap reports whether the value contains a non-empty unordered map. The server does not
// compare such values, because equal maps can have different bytes.
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

// Contains reports whether a list has an element, or a map a key, that is equal to y.
func Contains(x, y protocol.Value) Trilean {
	elements, ok := x.List()
	if pairs, isMap := x.Map(); isMap {
		elements, ok = make([]protocol.Value, len(pairs)), true
		for i, p := range pairs {
			elements[i] = p.Key
		}
	}
	if !ok || y.IsNil() {
		return Unknown
	}
	for _, e := range elements {
		if Compare(ast.OpEqual, e, y) == True {
			return True
		}
	}
	return False
}
