package collection

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// returnType selects the result of an operation that selects elements (docs/wire-cdt-exp.md#2.3).
type returnType uint64

// The return types that only maps support.
const (
	returnKey          = returnType(cdt.ReturnKey)
	returnKeyValue     = returnType(cdt.ReturnKeyValue)
	returnUnorderedMap = returnType(cdt.ReturnUnorderedMap)
	returnOrderedMap   = returnType(cdt.ReturnOrderedMap)
)

// returnMask is the part of the flags that is a return type.
const returnMask returnType = 0xffff

func (t returnType) isIndexRange() bool {
	return t == cdt.ReturnIndexRange || t == cdt.ReturnReverseIndexRange
}

func (t returnType) isRankRange() bool {
	return t == cdt.ReturnRankRange || t == cdt.ReturnReverseRankRange
}

func (t returnType) isRange() bool { return t.isIndexRange() || t.isRankRange() }

func (t returnType) isRank() bool { return t == cdt.ReturnRank || t == cdt.ReturnReverseRank }

// isReverse reports whether indexes or ranks are counted from the end.
func (t returnType) isReverse() bool {
	switch t {
	case cdt.ReturnReverseIndex, cdt.ReturnReverseRank, cdt.ReturnReverseIndexRange, cdt.ReturnReverseRankRange:
		return true
	}
	return false
}

// mapOrder returns the order of a map result, and whether the return type is a map.
func (t returnType) mapOrder() (protocol.Order, bool) {
	switch t {
	case returnKeyValue:
		return protocol.PreserveOrder, true
	case returnUnorderedMap:
		return protocol.Unordered, true
	case returnOrderedMap:
		return protocol.Ordered, true
	}
	return 0, false
}

// pick returns an operation that selects elements. Its first argument is the return type. If the
// operation modifies, it removes the selected elements.
func pick(multi bool, find selector) func(*target, []argument) protocol.ResultCode {
	return func(t *target, args []argument) protocol.ResultCode {
		return pickElements(t, returnType(args[0].n), multi, find, args[1:])
	}
}

// pickFixed is like pick for an operation with a fixed return type.
func pickFixed(want returnType, multi bool, find selector) func(*target, []argument) protocol.ResultCode {
	return func(t *target, args []argument) protocol.ResultCode {
		return pickElements(t, want, multi, find, args)
	}
}

func pickElements(t *target, want returnType, multi bool, find selector, args []argument) protocol.ResultCode {
	s := sequenceOf(t.value)
	q := &query{want: want & returnMask, inverted: want&cdt.Inverted != 0, multi: multi}
	sel, code := find(s, q, args)
	if code != protocol.OK {
		return code
	}
	if t.result, code = s.answer(q, sel); code == protocol.OK && t.modify {
		t.remove(s, sel)
	}
	return code
}

// remove removes the selected elements from the target.
func (t *target) remove(s *sequence, sel *selection) {
	if sel.none != nil || len(sel.picked) == 0 {
		return
	}
	kept := complement(sel.picked, s.len())
	if s.isMap {
		pairs := make([]protocol.Pair, len(kept))
		for i, p := range kept {
			pairs[i] = s.pairs[p]
		}
		t.storePairs(pairs)
		return
	}
	if len(kept) == 0 {
		// An emptied list keeps only its order flag.
		t.store(protocol.ListWithOrder(s.order&protocol.Ordered, nil))
		return
	}
	elements := make([]protocol.Value, len(kept))
	for i, p := range kept {
		elements[i] = s.values[p]
	}
	t.storeList(elements)
}

// numbers are the indexes or ranks of a selection.
type numbers struct {
	runs []run // ascending, even if counted from the end
	each []int // individual numbers; used if there are no runs
}

func inRuns(runs ...run) func() numbers { return func() numbers { return numbers{runs: runs} } }

func oneByOne(each []int) func() numbers { return func() numbers { return numbers{each: each} } }

func (s *sequence) inPositions(positions []int) func() numbers {
	return func() numbers { return numbers{each: s.indexesOf(positions)} }
}

// list returns the numbers as list elements, counted from the end of size elements if reversed.
func (n numbers) list(size int, reversed bool) []protocol.Value {
	var out []protocol.Value
	for _, r := range n.runs {
		start := r.start
		if reversed {
			start = size - r.end()
		}
		for i := range r.count {
			out = append(out, protocol.Int(int64(start+i)))
		}
	}
	for _, i := range n.each {
		if reversed {
			i = size - i - 1
		}
		out = append(out, protocol.Int(int64(i)))
	}
	return out
}

func (r *run) answer(size int, reversed bool) protocol.Value {
	start := r.start
	if reversed {
		start = size - r.end()
	}
	return protocol.List(protocol.Int(int64(start)), protocol.Int(int64(r.count)))
}

// answer returns the result of a selection in the requested form (docs/wire-cdt-exp.md#2.3).
func (s *sequence) answer(q *query, sel *selection) (protocol.Value, protocol.ResultCode) {
	if sel.none != nil {
		return s.answerNothing(q, sel.none)
	}
	switch q.want {
	case cdt.ReturnNone:
		return protocol.Nil(), protocol.OK
	case cdt.ReturnCount:
		return protocol.Int(int64(len(sel.picked))), protocol.OK
	case cdt.ReturnExists:
		return protocol.Bool(sel.exists), protocol.OK
	case cdt.ReturnIndex, cdt.ReturnReverseIndex:
		return s.answerNumbers(q, sel.index)
	case cdt.ReturnRank, cdt.ReturnReverseRank:
		return s.answerNumbers(q, sel.rank)
	case cdt.ReturnIndexRange, cdt.ReturnReverseIndexRange:
		return s.answerRange(q, sel.indexRange)
	case cdt.ReturnRankRange, cdt.ReturnReverseRankRange:
		return s.answerRange(q, sel.rankRange)
	}
	shown := sel.shown
	if shown == nil {
		shown = sel.picked
	}
	return s.answerElements(q, shown)
}

func (s *sequence) answerNumbers(q *query, of func() numbers) (protocol.Value, protocol.ResultCode) {
	if of == nil {
		return protocol.Nil(), protocol.OpNotApplicable
	}
	list := of().list(s.len(), q.want.isReverse())
	switch {
	case q.multi:
		return protocol.List(list...), protocol.OK
	case len(list) == 0:
		return protocol.Int(-1), protocol.OK
	}
	return list[0], protocol.OK
}

func (s *sequence) answerRange(q *query, r *run) (protocol.Value, protocol.ResultCode) {
	if r == nil {
		return protocol.Nil(), protocol.OpNotApplicable
	}
	return r.answer(s.len(), q.want.isReverse()), protocol.OK
}

// answerElements returns keys, values or both in the order of shown.
func (s *sequence) answerElements(q *query, shown []int) (protocol.Value, protocol.ResultCode) {
	if order, ok := q.want.mapOrder(); ok && s.isMap {
		pairs := make([]protocol.Pair, len(shown))
		for i, p := range shown {
			pairs[i] = s.pairs[p]
		}
		if order == protocol.Ordered && s.keyed != nil {
			slices.SortStableFunc(pairs, compareKeys)
		}
		return protocol.MapWithOrder(order, pairs), protocol.OK
	}
	element := s.value
	switch {
	case q.want == returnKey && s.isMap:
		element = func(i int) protocol.Value { return s.pairs[i].Key }
	case q.want != cdt.ReturnValue:
		return protocol.Nil(), protocol.OpNotApplicable
	}
	if !q.multi {
		if len(shown) == 0 {
			return protocol.Nil(), protocol.OK
		}
		return element(shown[0]), protocol.OK
	}
	elements := make([]protocol.Value, len(shown))
	for i, p := range shown {
		elements[i] = element(p)
	}
	return protocol.List(elements...), protocol.OK
}

// answerNothing returns the result of an empty selection (docs/wire-cdt-exp.md#2.3).
func (s *sequence) answerNothing(q *query, none *emptySelection) (protocol.Value, protocol.ResultCode) {
	order, isMap := q.want.mapOrder()
	switch {
	case q.want == cdt.ReturnNone:
		return protocol.Nil(), protocol.OK
	case q.want == cdt.ReturnCount:
		return protocol.Int(0), protocol.OK
	case q.want == cdt.ReturnExists:
		return protocol.Bool(false), protocol.OK
	case q.want >= cdt.ReturnIndex && q.want <= cdt.ReturnReverseRank:
		if q.multi {
			return protocol.List(), protocol.OK
		}
		return protocol.Int(-1), protocol.OK
	case q.want == cdt.ReturnValue, q.want == returnKey && s.isMap:
		if q.multi {
			return protocol.List(), protocol.OK
		}
		return protocol.Nil(), protocol.OK
	case isMap && s.isMap:
		return protocol.MapWithOrder(order, nil), protocol.OK
	case q.want.isIndexRange() && (!s.isMap || none.by == byIndex),
		q.want.isRankRange() && (!s.isMap || none.by == byRank):
		return (&run{none.at, 0}).answer(0, false), protocol.OK
	case none.lenient:
		return protocol.Nil(), protocol.OK
	}
	return protocol.Nil(), protocol.OpNotApplicable
}
