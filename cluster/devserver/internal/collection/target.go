package collection

import "github.com/aerosql/aerosql/protocol"

// A target is the list or map that an operation works on: the whole bin, or a part of it selected
// by a context.
type target struct {
	env    *Env
	bin    protocol.Value // the whole bin, nil if it does not exist
	value  protocol.Value // nil if it does not exist yet
	modify bool
	// path leads from the bin to the value. It is nil if the target is the whole bin.
	path *path
	// top reports whether the server treats the target as the top of the bin, where a persisted
	// index is possible.
	top bool
	// order is the order of a target that the operation creates.
	order protocol.Order

	result protocol.Value
}

func (t *target) missing() bool { return t.value.IsNil() }

// begin creates an empty target for an operation that needs one. The order argument is used only
// here; undefined flags mean unordered (docs/wire-cdt-exp.md#3.1). A whole bin exists from now on,
// even if the operation stores nothing. A nested target exists only after something is stored.
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

// emptyMapOrder returns the order of a new map as the operation sees it. A persisted index alone
// does not count as an order, and nested maps have none.
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

// store stores the modified list or map in the bin.
func (t *target) store(v protocol.Value) {
	t.value = v
	if t.path == nil {
		t.bin = v
		return
	}
	t.bin = t.path.rebuild(v)
}

// keep stores a target created by a context if the operation itself stores nothing.
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

// storeList stores a list with the order of the target.
func (t *target) storeList(elements []protocol.Value) {
	t.store(protocol.ListWithOrder(t.value.Order(), elements))
}

// storePairs stores the entries of a map with the order of the target.
func (t *target) storePairs(pairs []protocol.Pair) {
	t.store(protocol.MapWithOrder(t.value.Order(), pairs))
}

func (t *target) answerInt(n int) { t.result = protocol.Int(int64(n)) }

func size(t *target, _ []argument) protocol.ResultCode {
	t.answerInt(t.value.Len())
	return protocol.OK
}

// clearAll removes all elements. A list keeps only its order flag, a map keeps all flags.
func clearAll(t *target, _ []argument) protocol.ResultCode {
	if t.value.Kind() == protocol.KindList {
		t.store(protocol.ListWithOrder(t.value.Order()&protocol.Ordered, nil))
	} else {
		t.storePairs(nil)
	}
	return protocol.OK
}
