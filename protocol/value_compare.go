package protocol

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// rank is the position of each kind in the server's order of values: nil, boolean, integer, string,
// list, map, blob, float, GeoJSON, and after them the two special values
// (docs/wire-cdt-exp.md#1.5).
var rank = [...]uint8{
	KindNil: 0, KindBool: 1, KindInt: 2, KindUint: 2, KindString: 3, KindList: 4, KindMap: 5,
	KindBlob: 6, KindHLL: 6, KindFloat: 7, KindGeoJSON: 8, KindInvalid: 9, KindWildcard: 10, KindInfinity: 11,
}

// Compare compares two values as the server does: it returns -1 if a is less than b, 0 if they are
// equal and +1 if a is greater. Values of different kinds are ordered by kind: nil, boolean,
// integer, string, list, map, blob, float, GeoJSON. So an integer never equals a float. A NaN
// equals all floats. A wildcard equals all values, and in a list all elements that follow. Because
// of NaN, Compare is not suitable for sorting; use [SortList].
func Compare(a, b Value) int {
	c, _ := compare(a, b, nanEqualsAll)
	return c
}

// SortList sorts the elements of a list that will be stored as an [Ordered] one. The server
// requires the order of [Compare], in which a NaN equals all floats. SortList puts each NaN after
// all other floats. Equal elements keep their order. If elements are lists or maps with a NaN in
// them there may be no order that the server accepts; the error wraps [ErrInvalidValue] then.
//
// The server's own searches do not expect a NaN: in a list with one, operations by value or rank
// may select too many elements.
func SortList(elements []Value) error {
	slices.SortStableFunc(elements, func(a, b Value) int {
		c, _ := compare(a, b, nanLast)
		return c
	})
	for i := 1; i < len(elements); i++ {
		if Compare(elements[i-1], elements[i]) > 0 {
			return fmt.Errorf("%w: the list can't be sorted: NaN makes %v and %v incomparable",
				ErrInvalidValue, elements[i-1], elements[i])
		}
	}
	return nil
}

// nanOrder is the position of NaN among the floats: nanEqualsAll or nanLast.
type nanOrder bool

const (
	nanEqualsAll nanOrder = false // as the server compares
	nanLast      nanOrder = true  // a total order
)

// compare also reports whether a wildcard ended the comparison. Then the lists and maps around it
// are equal too.
func compare(a, b Value, nan nanOrder) (order int, wild bool) {
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
		return compareBlobs(a, b), false
	case KindFloat:
		return compareFloats(a, b, nan), false
	case KindList:
		return compareLists(a.list(), b.list(), nan)
	case KindMap:
		return compareMaps(a.pairs(), b.pairs(), nan)
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

// compareBlobs compares first the particle type, which is the first byte of what the server
// compares. A blob without a type byte is less than all others.
func compareBlobs(a, b Value) int {
	if x, y := a.isUntyped(), b.isUntyped(); x != y {
		if x {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.sub, b.sub), bytes.Compare(a.bytes(), b.bytes()))
}

func compareFloats(a, b Value, nan nanOrder) int {
	x, _ := a.Float()
	y, _ := b.Float()
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case nan == nanLast:
		return -cmp.Compare(x, y) // they are equal, or one is a NaN, which cmp puts first
	}
	return 0 // they are equal, or one is a NaN
}

func compareLists(a, b []Value, nan nanOrder) (order int, wild bool) {
	for i := range min(len(a), len(b)) {
		if c, wild := compare(a[i], b[i], nan); c != 0 || wild {
			return c, wild
		}
	}
	return cmp.Compare(len(a), len(b)), false
}

func compareMaps(a, b []Pair, nan nanOrder) (order int, wild bool) {
	if len(a) != len(b) {
		return cmp.Compare(len(a), len(b)), false
	}
	for i := range a {
		if c, wild := compare(a[i].Key, b[i].Key, nan); c != 0 || wild {
			return c, wild
		}
		if c, wild := compare(a[i].Value, b[i].Value, nan); c != 0 || wild {
			return c, wild
		}
	}
	return 0, false
}
