package expression

import (
	"bytes"
	"cmp"
	"math"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// comparePacked compares two packed values (docs/wire-cdt-exp.md#1.5). unordered reports that it
// has read an unordered map that is not empty; most comparisons are unknown then. It stops at the
// first difference. ok is false if a value is malformed. Nesting does not use the stack.
func comparePacked(a, b []byte) (order int, unordered, ok bool) {
	x, y := call.NewReader(a), call.NewReader(b)
	verdict := 0
	for left := uint64(1); left > 0; left-- {
		p, okP := nextContent(x, &unordered)
		q, okQ := nextContent(y, &unordered)
		switch {
		case !okP || !okQ:
			return 0, unordered, false
		case p.Kind == call.KindWildcard || q.Kind == call.KindWildcard:
			return 0, unordered, true
		}
		if order = compareElements(p, q); order != 0 {
			return order, unordered, true
		}
		if p.Kind == call.KindList && p.Count != q.Count {
			// If two lists have different lengths, only their common part is left to compare.
			verdict = cmp.Compare(p.Count, q.Count)
			left = 1 + min(p.Count, q.Count)
		} else {
			left += p.Count
		}
	}
	return verdict, unordered, true
}

// nextContent reads a value like [call.Reader.Next]. If it is a list or map with order flags it
// skips these. It sets *unordered if the value is a map that is neither ordered nor empty.
func nextContent(r *call.Reader, unordered *bool) (call.Head, bool) {
	e, ok := r.Next()
	if !ok || e.Count == 0 {
		return e, ok
	}
	first, ok := r.Peek()
	marked := first.Kind >= call.KindExt
	if e.Kind == call.KindMap && (!marked || first.Ext&byte(protocol.Ordered) == 0) {
		*unordered = true
	}
	if !ok || !marked || first.Ext == call.ExtSentinel {
		return e, ok
	}
	flags := uint64(1)
	if e.Kind == call.KindMap {
		flags = 2
	}
	e.Count -= flags
	return e, r.Skip(flags)
}

// compareElements compares two values without their contents. Lists are equal; maps are ordered by
// size.
func compareElements(p, q call.Head) int {
	if p.Kind != q.Kind {
		return cmp.Compare(p.Kind, q.Kind)
	}
	switch p.Kind {
	case call.KindInt, call.KindNegative:
		return cmp.Compare(p.Num, q.Num)
	case call.KindFloat:
		return compareFloats(math.Float64frombits(p.Num), math.Float64frombits(q.Num))
	case call.KindString, call.KindBytes, call.KindGeo, call.KindExt:
		return bytes.Compare(p.Data, q.Data)
	case call.KindMap:
		return cmp.Compare(p.Count, q.Count)
	}
	return 0
}

// compareFloats compares floats like values in collections: a NaN equals all floats.
func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
