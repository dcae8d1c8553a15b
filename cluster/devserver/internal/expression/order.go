package expression

import (
	"bytes"
	"cmp"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// comparePacked orders two packed values (docs/wire-cdt-exp.md#1.5). unordered tells
// that a map without order and not empty was met on the way, which makes most comparisons
// unknown; what lies behind the first difference is never looked at. ok is false for
// malformed values. Nesting costs no stack.
func comparePacked(a, b []byte) (order int, unordered, ok bool) {
	x, y := reader{buf: a}, reader{buf: b}
	verdict := 0
	for left := uint64(1); left > 0; left-- {
		p, okP := x.content(&unordered)
		q, okQ := y.content(&unordered)
		switch {
		case !okP || !okQ:
			return 0, unordered, false
		case p.kind == packedWildcard || q.kind == packedWildcard:
			return 0, unordered, true
		}
		if order = compareElements(p, q); order != 0 {
			return order, unordered, true
		}
		if p.kind == packedList && p.count != q.count {
			// Of lists of different length only the common part can still decide.
			verdict = cmp.Compare(p.count, q.count)
			left = 1 + min(p.count, q.count)
		} else {
			left += p.count
		}
	}
	return verdict, unordered, true
}

// content takes a value like next, and of a list or map also its order flags.
func (r *reader) content(unordered *bool) (element, bool) {
	e, ok := r.next()
	if !ok || e.count == 0 {
		return e, ok
	}
	first, ok := r.peek()
	marked := first.kind >= packedExt
	if e.kind == packedMap && (!marked || first.ext&byte(protocol.Ordered) == 0) {
		*unordered = true
	}
	if !ok || !marked || first.ext == extSentinel {
		return e, ok
	}
	flags := uint64(1)
	if e.kind == packedMap {
		flags = 2
	}
	e.count -= flags
	return e, r.skip(flags)
}

// compareElements orders two values without what they contain; lists are equal,
// maps are ordered by their size.
func compareElements(p, q element) int {
	if p.kind != q.kind {
		return cmp.Compare(p.kind, q.kind)
	}
	switch p.kind {
	case packedInt, packedNegative:
		return cmp.Compare(p.num, q.num)
	case packedFloat:
		return compareFloats(math.Float64frombits(p.num), math.Float64frombits(q.num))
	case packedString, packedBytes, packedGeo, packedExt:
		return bytes.Compare(p.data, q.data)
	case packedMap:
		return cmp.Compare(p.count, q.count)
	}
	return 0
}

// compareFloats orders floats as values in collections are: a NaN equals all of them.
func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
