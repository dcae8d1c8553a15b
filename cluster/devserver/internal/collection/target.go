package collection

import "github.com/aerosql/aerosql/protocol"

// target is the list or map that an operation is about: the whole bin, or a
// part of it that a context leads to.
type target struct {
	env    *Env
	bin    protocol.Value // the whole bin, nil if it does not exist
	value  protocol.Value // nil if it does not exist yet
	modify bool
	// path leads from the bin to the value; nil if that is the whole bin.
	path *path
	// top tells whether the server takes the target for the top of the bin, where
	// a stored index is possible.
	top bool
	// order is what a target that does not exist yet gets with its creation.
	order protocol.Order

	result protocol.Value
}

func (t *target) missing() bool { return t.value.IsNil() }

// begin gives an operation that creates its target an empty one to work on. The
// order argument counts only here; with undefined flags it counts as none
// (docs/wire-cdt-exp.md#3.1). A whole bin exists from now on, even if the
// operation turns out to change nothing; what a context has led to only when something is stored.
func (t *target) begin(k protocol.Kind, s *spec, args []argument) {
	valid := listFlags
	if k == protocol.KindMap {
		valid = mapFlags
	}
	if s.orderArg != 0 {
		t.order = args[s.orderArg].order()
	}
	if !t.top {
		t.order &^= protocol.PersistIndex
	}
	if t.order&^valid != 0 {
		t.order = protocol.Unordered
	}
	if k == protocol.KindMap {
		t.value = protocol.MapWithOrder(t.emptyMapOrder(), nil)
	} else {
		t.value = protocol.ListWithOrder(t.order, nil)
	}
	if t.path == nil {
		t.bin = t.value
	}
}

// emptyMapOrder is the order that an operation sees in a map that it creates: a
// stored index alone is no order, and below the top of a bin there is none.
func (t *target) emptyMapOrder() protocol.Order {
	o := t.order
	if o == protocol.PersistIndex {
		return protocol.Unordered
	}
	if t.path != nil {
		o &^= protocol.PersistIndex
	}
	return o
}

// store puts the changed list or map back into the bin.
func (t *target) store(v protocol.Value) {
	t.value = v
	if t.path == nil {
		t.bin = v
		return
	}
	t.bin = t.path.rebuild(v)
}

// keep stores a target that a context has created although the operation has
// nothing to put into it.
func (t *target) keep() {
	if t.path != nil && t.path.creates() {
		t.store(withOrder(t.value, t.order))
	}
}

func (t *target) list() []protocol.Value {
	elements, _ := t.value.List()
	return elements
}

func (t *target) pairs() []protocol.Pair {
	pairs, _ := t.value.Map()
	return pairs
}

// storeList stores a list in the order that the target has.
func (t *target) storeList(elements []protocol.Value) {
	t.store(protocol.ListWithOrder(t.value.Order(), elements))
}

// storePairs stores the entries of a map in the order that the target has.
func (t *target) storePairs(pairs []protocol.Pair) {
	t.store(protocol.MapWithOrder(t.value.Order(), pairs))
}

func (t *target) answerInt(n int) { t.result = protocol.Int(int64(n)) }

func size(t *target, _ []argument) protocol.ResultCode {
	t.answerInt(t.value.Len())
	return protocol.OK
}

// clearAll removes all elements. A list keeps its order only, a map all its flags.
func clearAll(t *target, _ []argument) protocol.ResultCode {
	if t.value.Kind() == protocol.KindList {
		t.store(protocol.ListWithOrder(t.value.Order()&protocol.Ordered, nil))
	} else {
		t.storePairs(nil)
	}
	return protocol.OK
}
