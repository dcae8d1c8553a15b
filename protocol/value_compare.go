package protocol

import (
	"bytes"
	"cmp"
	"strings"
)

// rank is the place of each kind in the server's total order of values:
// nil, boolean, integer, string, list, map, blob, float, GeoJSON, and above
// them the two sentinels (wire-cdt-exp.md 1.5).
var rank = [...]uint8{
	KindNil: 0, KindBool: 1, KindInt: 2, KindUint: 2, KindString: 3, KindList: 4, KindMap: 5,
	KindBlob: 6, KindHLL: 6, KindFloat: 7, KindGeoJSON: 8, KindInvalid: 9, KindWildcard: 10, KindInfinity: 11,
}

// Compare orders two values as the server does: -1, 0 or +1. An integer never
// equals a float, a NaN equals every float, a wildcard on either side equals
// everything from its place on.
func Compare(a, b Value) int {
	c, _ := compare(a, b)
	return c
}

// compare also reports whether a wildcard ended the comparison, which makes
// all that encloses it equal too.
func compare(a, b Value) (order int, wild bool) {
	if a.kind == KindWildcard || b.kind == KindWildcard {
		return 0, true
	}
	if ra, rb := rank[a.kind], rank[b.kind]; ra != rb {
		return cmp.Compare(ra, rb), false
	}
	switch a.kind {
	case KindBool:
		return cmp.Compare(a.num, b.num), false
	case KindInt, KindUint:
		return compareIntegers(a, b), false
	case KindString, KindGeoJSON:
		return strings.Compare(a.text(), b.text()), false
	case KindBlob, KindHLL:
		// The particle type is the first byte of what the server compares.
		return cmp.Or(cmp.Compare(a.sub, b.sub), bytes.Compare(a.bytes(), b.bytes())), false
	case KindFloat:
		return compareFloats(a, b), false
	case KindList:
		return compareLists(a.list(), b.list())
	case KindMap:
		return compareMaps(a.pairs(), b.pairs())
	}
	return 0, false
}

func compareIntegers(a, b Value) int {
	switch {
	case a.kind == KindInt && b.kind == KindInt:
		return cmp.Compare(int64(a.num), int64(b.num))
	case a.kind == KindUint && b.kind == KindUint:
		return cmp.Compare(a.num, b.num)
	case a.kind == KindUint:
		return 1
	}
	return -1
}

func compareFloats(a, b Value) int {
	x, _ := a.Float()
	y, _ := b.Float()
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0 // equal, or a NaN on either side
}

func compareLists(a, b []Value) (order int, wild bool) {
	for i := range min(len(a), len(b)) {
		if c, wild := compare(a[i], b[i]); c != 0 || wild {
			return c, wild
		}
	}
	return cmp.Compare(len(a), len(b)), false
}

func compareMaps(a, b []Pair) (order int, wild bool) {
	if len(a) != len(b) {
		return cmp.Compare(len(a), len(b)), false
	}
	for i := range a {
		if c, wild := compare(a[i].Key, b[i].Key); c != 0 || wild {
			return c, wild
		}
		if c, wild := compare(a[i].Value, b[i].Value); c != 0 || wild {
			return c, wild
		}
	}
	return 0, false
}
