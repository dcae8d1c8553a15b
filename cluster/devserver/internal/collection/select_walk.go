package collection

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A walker follows a path through nested containers.
type walker struct {
	entries      []pathEntry
	form         cdt.SelectFlags
	noFail       bool
	modification Expression

	leaves []protocol.Value // the result if it is a flat list

	// exhausted is set after an element was selected by rank, or by index in a map. The server then
	// continues reading at the end of the whole bin and fails if anything remains to be read.
	exhausted bool
}

// walk applies one level of the path to a container. It returns the tree of matches or the modified
// container; other result forms ignore it.
func (w *walker) walk(v protocol.Value, level int) (protocol.Value, protocol.ResultCode) {
	s := sequenceOf(v)
	e := &w.entries[level]
	b := &branch{walker: w, sequence: s, level: level, leaf: level+1 == len(w.entries)}
	switch {
	case s.len() == 0 && s.order == protocol.Unordered:
		return v, protocol.OK
	case b.leaf && !s.isMap && w.form&cdt.SelectMapKeys != 0:
		if !w.noFail {
			return v, protocol.BinTypeError
		}
		return v, protocol.OK
	case s.len() == 0:
		return v, protocol.OK
	case !e.fits(s):
		return v, protocol.ParameterError
	case s.torn():
		return v, protocol.ServerError
	}
	b.prepare()
	var code protocol.ResultCode
	switch e.kind & contextBase {
	case contextIndex, contextRank:
		code = b.followOne(e)
	default:
		code = b.followAll(e)
	}
	return b.result(), code
}

// fits reports whether the step is valid for the container.
func (e *pathEntry) fits(s *sequence) bool {
	if s.isMap {
		kind := e.kind & 0xf0
		return kind == 0 || kind == contextMap
	}
	kind := e.kind & (contextList | contextMap)
	return kind == 0 || kind == contextList
}

// A branch is the state of walking one container.
type branch struct {
	*walker
	*sequence
	level int
	leaf  bool

	// The matching children of a tree, or all children of a modified container.
	elements []protocol.Value
	entries  []protocol.Pair
	removed  []int
}

func (b *branch) prepare() {
	if b.form == selectApply {
		b.elements, b.entries = slices.Clone(b.values), slices.Clone(b.pairs)
	}
}

// followOne follows an index or rank. An index out of range matches nothing. A second condition
// that is unknown does not match.
func (b *branch) followOne(e *pathEntry) protocol.ResultCode {
	one, ok := resolve(e.index, 1, b.len(), single)
	if !ok {
		return protocol.OK
	}
	at := b.at(one.start, 1)[0]
	byRank := e.kind&contextBase == contextRank
	if byRank && !b.ranked() {
		at = quickSelect(b.len(), one.start, func(i, j int) int { return protocol.Compare(b.value(i), b.value(j)) })
	}
	if e.and == nil || e.and.Matches(b.loop(at)) == True {
		if code := b.include(at); code != protocol.OK {
			return code
		}
	}
	if byRank || b.isMap {
		b.exhausted = true
	} else if b.exhausted && at+1 < b.len() {
		return protocol.ServerError
	}
	return protocol.OK
}

// followAll follows all matching children.
func (b *branch) followAll(e *pathEntry) protocol.ResultCode {
	match, ok := b.matcher(e)
	if !ok {
		return protocol.ParameterError
	}
	for i := range b.len() {
		if b.exhausted {
			return protocol.ServerError
		}
		m := match(i)
		if m == True && e.and != nil {
			m = e.and.Matches(b.loop(i))
		}
		if m == Unknown && !b.noFail {
			return protocol.ParameterError
		}
		if m == True {
			if code := b.include(i); code != protocol.OK {
				return code
			}
		}
	}
	return protocol.OK
}

// matcher returns a function that reports whether the child at a position matches. It reports false
// if the step is invalid.
func (b *branch) matcher(e *pathEntry) (func(int) Trilean, bool) {
	equal := func(same bool) Trilean {
		if same {
			return True
		}
		return False
	}
	switch base := e.kind & contextBase; {
	case base == contextExpression && e.filter == nil:
		return func(int) Trilean { return True }, true
	case base == contextExpression:
		return func(i int) Trilean { return e.filter.Matches(b.loop(i)) }, true
	case base == contextValue:
		return func(i int) Trilean { return equal(protocol.Compare(b.value(i), e.value) == 0) }, true
	case base == contextKey && b.isMap:
		found := false // a wildcard matches only the first key
		return func(i int) Trilean {
			same := !found && protocol.Compare(b.pairs[i].Key, e.value) == 0
			found = found || same
			return equal(same)
		}, true
	case base == contextKeyList && b.isMap:
		keys, ok := e.value.List()
		ordered := e.value.Order()&protocol.Ordered != 0
		// The server accepts an ordered list of at most two keys.
		if !ok || hasSentinel(e.value) || ordered && (len(keys) > 2 || !slices.IsSortedFunc(keys, protocol.Compare)) {
			return nil, false
		}
		return func(i int) Trilean { return equal(containsValue(keys, b.pairs[i].Key)) }, true
	}
	return func(int) Trilean { return Unknown }, true
}

func (b *branch) loop(i int) *Loop {
	l := &Loop{Value: b.value(i), InMap: b.isMap, Index: i}
	if b.isMap {
		l.Key, l.Index = b.pairs[i].Key, 0
	}
	return l
}

// include processes a matching child: it descends into it, or adds it to the result.
func (b *branch) include(i int) protocol.ResultCode {
	v := b.value(i)
	if k := v.Kind(); !b.leaf && (k == protocol.KindList || k == protocol.KindMap) {
		below, code := b.walk(v, b.level+1)
		if code == protocol.OK {
			b.put(i, below)
		}
		return code
	}
	switch {
	case b.form == cdt.SelectTree:
		b.put(i, v)
	case !b.leaf:
	case b.form == selectApply:
		return b.change(i)
	default:
		if b.form&cdt.SelectMapKeys != 0 {
			b.leaves = append(b.leaves, b.pairs[i].Key)
		}
		if b.form&cdt.SelectValues != 0 {
			b.leaves = append(b.leaves, v)
		}
	}
	return protocol.OK
}

// put adds a child to the tree, or replaces it in the modified container.
func (b *branch) put(i int, v protocol.Value) {
	switch {
	case b.form == selectApply && b.isMap:
		b.entries[i].Value = v
	case b.form == selectApply:
		b.elements[i] = v
	case b.form != cdt.SelectTree:
	case b.isMap:
		b.entries = append(b.entries, protocol.Pair{Key: b.pairs[i].Key, Value: v})
	default:
		b.elements = append(b.elements, v)
	}
}

// change replaces a child with the result of the modification, or removes it.
func (b *branch) change(i int) protocol.ResultCode {
	v, outcome := b.modification.Compute(b.loop(i))
	switch {
	case outcome == Undefined && !b.noFail:
		return protocol.ServerError
	case outcome == Undefined:
	case outcome == Removed:
		b.removed = append(b.removed, i)
	case hasSentinel(v):
		return protocol.BinTypeError
	default:
		b.put(i, v)
	}
	return protocol.OK
}

// result returns the tree, which is unordered, or the modified container. Ordered lists are sorted
// again.
func (b *branch) result() protocol.Value {
	order := b.order
	if b.form == cdt.SelectTree {
		order = protocol.Unordered
	}
	for _, i := range slices.Backward(b.removed) {
		if b.isMap {
			b.entries = slices.Delete(b.entries, i, i+1)
		} else {
			b.elements = slices.Delete(b.elements, i, i+1)
		}
	}
	if b.isMap {
		return protocol.MapWithOrder(order, b.entries)
	}
	if order&protocol.Ordered != 0 && !slices.IsSortedFunc(b.elements, protocol.Compare) {
		b.elements = sortedList(b.elements, false)
	}
	return protocol.ListWithOrder(order, b.elements)
}
