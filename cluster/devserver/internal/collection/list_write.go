package collection

import (
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// writeFlags are the flags of operations that write elements (docs/wire-cdt-exp.md#2.4 and 2.5).
type writeFlags uint64

// The write flags of lists. partial has an effect only with noFail.
const (
	addUnique     = writeFlags(cdt.AddUnique)
	insertBounded = writeFlags(cdt.InsertBounded)
	noFail        = writeFlags(cdt.NoFail)
	partial       = writeFlags(cdt.Partial)
)

func (f writeFlags) has(flags writeFlags) bool { return f&flags == flags }

// exists returns the result code of adding an element that exists already.
func (f writeFlags) exists() protocol.ResultCode {
	if f.has(noFail) {
		return protocol.OK
	}
	return protocol.ElementExists
}

func flagsOf(a *argument) writeFlags { return writeFlags(a.n) }

func (t *target) ordered() bool { return t.value.Order()&protocol.Ordered != 0 }

// listSetType changes a list's order. A list that becomes ordered is sorted.
func listSetType(t *target, args []argument) protocol.ResultCode {
	order := args[0].order()
	if order&^listFlags != 0 {
		return protocol.OpNotApplicable
	}
	if !t.top {
		order &^= protocol.PersistIndex
	}
	if order == t.value.Order() {
		t.keep()
		return protocol.OK
	}
	elements := t.list()
	if order&protocol.Ordered != 0 && !t.ordered() {
		if isTorn(elements) {
			return protocol.ParameterError
		}
		elements = sortedList(elements, false)
	}
	t.store(protocol.ListWithOrder(order, elements))
	return protocol.OK
}

func listAppend(t *target, args []argument) protocol.ResultCode {
	flags := flagsOf(&args[2])
	if t.ordered() {
		return addOrdered(t, args[0].storable(), flags)
	}
	return insertOne(t, int64(t.value.Len()), args[0].storable(), flags)
}

func listAppendItems(t *target, args []argument) protocol.ResultCode {
	items, ok := args[0].value.List()
	switch {
	case !ok, args[0].invalid:
		return protocol.ParameterError
	case t.ordered():
		return addItemsOrdered(t, items, flagsOf(&args[2]))
	}
	return insertItems(t, int64(t.value.Len()), items, flagsOf(&args[2]))
}

func listInsert(t *target, args []argument) protocol.ResultCode {
	if t.ordered() {
		return protocol.OpNotApplicable
	}
	return insertOne(t, args[0].n, args[1].storable(), flagsOf(&args[2]))
}

func listInsertItems(t *target, args []argument) protocol.ResultCode {
	items, ok := args[1].value.List()
	switch {
	case !ok:
		return protocol.ParameterError
	case t.ordered():
		return protocol.OpNotApplicable
	case args[1].invalid:
		return protocol.ParameterError
	}
	return insertItems(t, args[0].n, items, flagsOf(&args[2]))
}

func insertOne(t *target, index int64, v protocol.Value, flags writeFlags) protocol.ResultCode {
	if t.path != nil && isMissing(v) {
		return protocol.ParameterError
	}
	at, done, code := insertionPoint(t, index, flags)
	if done {
		return code
	}
	if flags.has(addUnique) {
		if list := t.list(); !searchable(list, v) {
			return protocol.ParameterError
		} else if containsValue(list, v) {
			t.answerInt(len(list))
			return flags.exists()
		}
	}
	return insertElements(t, at, []protocol.Value{v})
}

// searchable reports whether a list can be searched for a value. Neither may be incomplete.
func searchable(list []protocol.Value, v protocol.Value) bool {
	return len(list) == 0 || !isTorn(list) && !isMissing(v)
}

// insertItems inserts several elements into an unordered list.
func insertItems(t *target, index int64, items []protocol.Value, flags writeFlags) protocol.ResultCode {
	if len(items) == 0 {
		t.answerInt(t.value.Len())
		t.keep()
		return protocol.OK
	}
	at, done, code := insertionPoint(t, index, flags)
	if done {
		return code
	}
	if flags.has(addUnique) {
		if isTorn(t.list()) {
			return protocol.ParameterError
		}
		items, code = uniqueItems(t.list(), items, flags)
		if len(items) == 0 {
			t.answerInt(t.value.Len())
			return code
		}
	}
	return insertElements(t, at, items)
}

// insertionPoint resolves an index to insert at. done reports that the operation ends, with an
// error or because its flags forbid the change.
func insertionPoint(t *target, index int64, flags writeFlags) (at int, done bool, code protocol.ResultCode) {
	size := t.value.Len()
	if index < 0 {
		index += int64(size)
	}
	switch {
	case index < 0 || index > math.MaxInt32:
		return 0, true, protocol.OpNotApplicable
	case index <= int64(size) || !flags.has(insertBounded):
		return int(index), false, protocol.OK
	case flags.has(noFail):
		t.answerInt(size)
		return 0, true, protocol.OK
	}
	return 0, true, protocol.OpNotApplicable
}

// uniqueItems returns the items that can be added to a list: those not in it, without duplicates.
// Without partial a single duplicate makes the result empty, and code is the code of the operation.
func uniqueItems(list, items []protocol.Value, flags writeFlags) (fresh []protocol.Value, code protocol.ResultCode) {
	for i, v := range items {
		switch {
		case containsValue(list, v):
			if !flags.has(noFail | partial) {
				return nil, flags.exists()
			}
		case containsValue(items[:i], v):
			if !flags.has(noFail) {
				return nil, protocol.OpNotApplicable
			}
			if !flags.has(partial) {
				return nil, protocol.OK
			}
		default:
			fresh = append(fresh, v)
		}
	}
	return fresh, flags.exists()
}

// insertElements inserts at an index of an unordered list. It fills a gap after the end with nil.
func insertElements(t *target, at int, items []protocol.Value) protocol.ResultCode {
	if at >= t.value.Len() && at+len(items) >= math.MaxInt32 {
		return protocol.ParameterError
	}
	list, code := padded(t, at)
	if code != protocol.OK {
		return code
	}
	t.storeList(tornLast(slices.Insert(list, at, items...)))
	t.answerInt(t.value.Len())
	return protocol.OK
}

// maxRecords limits a list, in multiples of the record size, while later operations of the command
// can still shrink it.
const maxRecords = 4

// padded returns a copy of the list, padded with nil to size elements. Each takes at least a byte,
// so it fails without an attempt if the record would be far too large.
func padded(t *target, size int) ([]protocol.Value, protocol.ResultCode) {
	list := t.list()
	if size > max(maxRecords*t.env.maxRecordSize(), len(list)) {
		return nil, protocol.RecordTooBig
	}
	full := make([]protocol.Value, max(size, len(list)), max(size, len(list))+1)
	copy(full, list)
	return full, protocol.OK
}

func containsValue(list []protocol.Value, v protocol.Value) bool {
	return slices.ContainsFunc(list, func(e protocol.Value) bool { return protocol.Compare(e, v) == 0 })
}

func addOrdered(t *target, v protocol.Value, flags writeFlags) protocol.ResultCode {
	list := t.list()
	if !searchable(list, v) {
		return protocol.ParameterError
	}
	at, found := search(0, len(list), anyEqual, func(i int) int { return protocol.Compare(v, list[i]) })
	if found && flags.has(addUnique) {
		t.answerInt(len(list))
		return flags.exists()
	}
	return insertElements(t, at, []protocol.Value{v})
}

// addItemsOrdered merges items into an ordered list. Duplicates among the items are detected before
// duplicates of list elements.
func addItemsOrdered(t *target, items []protocol.Value, flags writeFlags) protocol.ResultCode {
	list := t.list()
	t.answerInt(len(list))
	if len(items) == 0 {
		t.keep()
		return protocol.OK
	}
	if isTorn(list) {
		return protocol.ParameterError
	}
	items = sortedList(items, false)
	unique := flags.has(addUnique)
	if unique {
		once := withoutRepeats(items)
		switch {
		case len(once) == len(items):
		case !flags.has(noFail):
			return protocol.OpNotApplicable
		case !flags.has(partial):
			return protocol.OK
		}
		items = once
	}
	merged := make([]protocol.Value, 0, len(list)+len(items))
	taken := 0
	for _, v := range items {
		at, found := search(0, len(list), anyEqual, func(i int) int { return protocol.Compare(v, list[i]) })
		if unique && found {
			if !flags.has(noFail | partial) {
				return flags.exists()
			}
			continue
		}
		if at > taken {
			merged = append(merged, list[taken:at]...)
			taken = at
		}
		merged = append(merged, v)
	}
	t.storeList(append(merged, list[taken:]...))
	t.answerInt(t.value.Len())
	return protocol.OK
}

// sortedList returns a sorted copy. The sort is stable.
func sortedList(list []protocol.Value, descending bool) []protocol.Value {
	positions := count(0, len(list))
	mergeSort(positions, func(a, b int) int {
		c := protocol.Compare(list[a], list[b])
		if descending {
			return -c
		}
		return c
	})
	sorted := make([]protocol.Value, len(list))
	for i, p := range positions {
		sorted[i] = list[p]
	}
	return sorted
}

// withoutRepeats returns a sorted list without duplicates.
func withoutRepeats(sorted []protocol.Value) []protocol.Value {
	var once []protocol.Value
	for i, v := range sorted {
		if i == 0 || protocol.Compare(sorted[i-1], v) != 0 {
			once = append(once, v)
		}
	}
	return once
}

func listSet(t *target, args []argument) protocol.ResultCode {
	if t.ordered() {
		return protocol.OpNotApplicable
	}
	return setElement(t, args[0].n, args[1].storable(), flagsOf(&args[2]))
}

// setElement replaces an element of an unordered list, or appends it after the end. It has no
// result.
func setElement(t *target, index int64, v protocol.Value, flags writeFlags) protocol.ResultCode {
	result := t.result
	defer func() { t.result = result }()
	list := t.list()
	if index >= int64(len(list)) {
		return insertOne(t, index, v, flags)
	}
	if t.path != nil && isMissing(v) {
		return protocol.ParameterError
	}
	if index < 0 {
		index += int64(len(list))
	}
	if index < 0 {
		return protocol.OpNotApplicable
	}
	if flags.has(addUnique) {
		if !searchable(list, v) {
			return protocol.ParameterError
		}
		for i, e := range list {
			if int64(i) != index && protocol.Compare(e, v) == 0 {
				return flags.exists()
			}
		}
	}
	list = slices.Clone(list)
	list[index] = v
	t.storeList(tornLast(list))
	return protocol.OK
}

// listIncrement adds to a number. A missing element counts as zero.
func listIncrement(t *target, args []argument) protocol.ResultCode {
	list := t.list()
	index := args[0].n
	if index < 0 {
		index += int64(len(list))
	}
	if index < 0 || index > math.MaxInt32 {
		return protocol.OpNotApplicable
	}
	var old *protocol.Value
	if index < int64(len(list)) {
		old = &list[index]
	}
	sum, ok := add(old, &args[1], false)
	if !ok {
		return protocol.ParameterError
	}
	t.result = sum
	if t.ordered() {
		return replaceOrdered(t, int(index), sum, flagsOf(&args[3]))
	}
	return setElement(t, index, sum, flagsOf(&args[3]))
}

// replaceOrdered replaces an element of an ordered list and moves it to its new position.
func replaceOrdered(t *target, index int, v protocol.Value, flags writeFlags) protocol.ResultCode {
	list := t.list()
	if index > len(list) {
		return protocol.OpNotApplicable
	}
	at, found := search(0, len(list), firstEqual, func(i int) int { return protocol.Compare(v, list[i]) })
	if found && flags.has(addUnique) {
		if at == index {
			return protocol.OK
		}
		return flags.exists()
	}
	t.storeList(moved(list, index, at, v))
	return protocol.OK
}

// moved returns a copy of an ordered list with v inserted at position at of the old list and
// without the element at index. If index is the length of the list nothing is removed.
func moved(list []protocol.Value, index, at int, v protocol.Value) []protocol.Value {
	out := slices.Clone(list)
	if index < len(list) {
		out = slices.Delete(out, index, index+1)
		if at > index {
			at--
		}
	}
	return slices.Insert(out, at, v)
}

// Flags of the sort operation (docs/wire-cdt-exp.md#2.4).
const (
	sortDescending     = 0x01
	sortDropDuplicates = 0x02
)

func listSort(t *target, args []argument) protocol.ResultCode {
	list, flags := t.list(), args[0].n
	switch {
	case len(list) <= 1:
		return protocol.OK
	case isTorn(list):
		return protocol.ParameterError
	}
	if !t.ordered() {
		list = sortedList(list, flags&sortDescending != 0)
	}
	if flags&sortDropDuplicates != 0 {
		if !slices.IsSortedFunc(list, protocol.Compare) {
			// The server can remove duplicates only in ascending order and fails otherwise.
			return protocol.ParameterError
		}
		list = withoutRepeats(list)
	}
	t.storeList(list)
	return protocol.OK
}
