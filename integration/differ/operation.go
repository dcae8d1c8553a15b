package differ

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// bins are the bins of a record. "none" does not exist, and "l" to "kv" are collections.
var bins = []string{"i", "f", "s", "b", "t", "g", "h", "l", "ol", "m", "om", "kv", "none"}

// record returns the bins that a scenario begins with.
func (r *random) record() protocol.Bins {
	return protocol.Bins{
		protocol.NewBin("i", r.small()), protocol.NewBin("f", r.float()), protocol.NewBin("s", r.text()+"x"), protocol.NewBin("b", append(r.bytes(), 7)),
		protocol.NewBin("t", r.chance(2)), {Name: "g", Value: protocol.GeoJSON(pick(r, r.point(), r.region()))},
		{Name: "l", Value: protocol.List(r.values(3)...)}, {Name: "ol", Value: r.orderedList(3)},
		{Name: "m", Value: r.mapping(3)}, {Name: "om", Value: r.mapping(3)}, {Name: "kv", Value: r.mapping(2)},
	}
}

// operation returns an operation on a bin.
func (r *random) operation() protocol.Operation {
	switch r.IntN(12) {
	case 0, 1:
		return r.scalarOperation()
	case 2, 3:
		return r.listRead(r.bin("l", "ol"))
	case 4, 5:
		return r.listWrite(r.bin("l", "ol"))
	case 6:
		return r.mapRead(r.bin("m", "om", "kv"))
	case 7:
		return r.mapWrite(r.bin("m", "om", "kv"))
	case 8:
		return r.bits(r.bin("b"))
	case 9:
		return r.hll(r.bin("h"))
	case 10:
		return r.path(r.bin("l", "ol", "m", "om", "kv"))
	default:
		return r.expression()
	}
}

// bin returns one of the bins, seldom one of another type.
func (r *random) bin(choices ...string) string {
	if r.chance(15) {
		return pick(r, bins...)
	}
	return pick(r, choices...)
}

func (r *random) scalarOperation() protocol.Operation {
	name := pick(r, bins...)
	switch r.IntN(8) {
	case 0:
		return protocol.Operation{Code: protocol.OpWrite, Bin: name, Value: r.value(2)}
	case 1, 2:
		return protocol.Operation{Code: protocol.OpAdd, Bin: r.bin("i", "f", "none"), Value: pick(r, protocol.Int(int64(r.small())), protocol.Float(r.float()))}
	case 3:
		return protocol.Operation{Code: protocol.OpAppend, Bin: r.bin("s", "b", "none"), Value: pick(r, protocol.String(r.text()), protocol.Blob(r.bytes()))}
	case 4:
		return protocol.Operation{Code: protocol.OpPrepend, Bin: r.bin("s", "b", "none"), Value: pick(r, protocol.String(r.text()), protocol.Blob(r.bytes()))}
	case 5:
		return protocol.TouchRecord()
	default:
		return protocol.GetBin(name)
	}
}

// in returns a context, most often none.
func (r *random) in(create bool) cdt.Context {
	var steps cdt.Context
	for r.chance(3) && len(steps) < 3 {
		steps = append(steps, r.step(create))
	}
	return steps
}

// step returns a step of a context. A step that creates a list at a negative index can end a real
// server.
func (r *random) step(create bool) cdt.Step {
	switch n := r.IntN(10); {
	case n == 0 && create:
		return cdt.MapKeyCreate(r.key(), pick(r, protocol.Unordered, protocol.Ordered, protocol.KeyValueOrdered))
	case n == 1 && create:
		return cdt.ListIndexCreate(r.IntN(4), pick(r, protocol.Unordered, protocol.Ordered))
	case n == 2 && create:
		return cdt.ListIndexPad(r.IntN(6))
	case n < 5:
		return cdt.ListIndex(r.small())
	case n == 5:
		return cdt.ListRank(r.small())
	case n == 6:
		return cdt.ListValue(r.value(1))
	case n == 7:
		return cdt.MapIndex(r.small())
	case n == 8:
		return pick(r, cdt.MapRank(r.small()), cdt.MapValue(r.value(1)))
	}
	return cdt.MapKey(r.key())
}

func (r *random) selector() cdt.Selector {
	switch r.IntN(8) {
	case 0:
		return cdt.ByIndex(r.small())
	case 1:
		return cdt.ByIndexRange(r.small(), r.small())
	case 2:
		return cdt.ByRank(r.small())
	case 3:
		return cdt.ByRankRange(r.small(), r.small())
	case 4:
		return cdt.ByValue(r.value(1))
	case 5:
		return cdt.ByValueList(append(r.values(1), r.scalar())...) // an empty list can end a real server
	case 6:
		return cdt.ByValueRange(r.value(1), r.value(1))
	}
	return cdt.ByRelativeRankRange(r.value(1), r.small(), r.small())
}

func (r *random) mapSelector() cdt.MapSelector {
	switch r.IntN(8) {
	case 0, 1:
		return cdt.ByKey(r.key())
	case 2:
		return cdt.ByKeyList(r.key(), r.key())
	case 3:
		return cdt.ByKeyRange(r.key(), r.key())
	case 4:
		return cdt.ByRelativeIndexRange(r.key(), r.small(), r.small())
	}
	return r.selector()
}

func (r *random) listReturn() cdt.ListReturn {
	what := pick[cdt.ListReturn](r, 0, 1, 2, 3, 4, 5, 7, 7, 13)
	if r.chance(4) {
		what |= cdt.Inverted
	}
	return what
}

func (r *random) mapReturn() cdt.MapReturn {
	what := pick[cdt.MapReturn](r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 17)
	if r.chance(4) {
		what |= cdt.Inverted
	}
	return what
}

func (r *random) listRead(bin string) protocol.Operation {
	in := r.in(false)
	switch r.IntN(8) {
	case 0:
		return cdt.ListSize(bin, in)
	case 1:
		return cdt.ListGetAt(bin, r.small(), in)
	case 2:
		return cdt.ListGetRange(bin, r.small(), r.small(), in)
	}
	return cdt.ListGet(bin, r.selector(), r.listReturn(), in)
}

func (r *random) listPolicy() cdt.ListPolicy {
	return cdt.ListPolicy{Order: pick(r, protocol.Unordered, protocol.Ordered), Flags: cdt.ListFlags(pick(r, 0, 0, r.IntN(16)))}
}

func (r *random) listWrite(bin string) protocol.Operation {
	in := r.in(true)
	policy := r.listPolicy()
	switch r.IntN(16) {
	case 0, 1:
		return cdt.ListAppend(bin, r.value(2), in, policy)
	case 2:
		return cdt.ListAppendItems(bin, r.values(2), in, policy)
	case 3:
		return cdt.ListInsert(bin, r.small(), r.value(2), in, policy)
	case 4:
		return cdt.ListInsertItems(bin, r.small(), r.values(2), in, policy)
	case 5:
		return cdt.ListSet(bin, r.small(), r.value(2), in, policy)
	case 6:
		return cdt.ListIncrement(bin, r.small(), pick(r, protocol.Int(int64(r.small())), protocol.Float(r.float())), in, policy)
	case 7:
		return cdt.ListSort(bin, cdt.SortFlags(r.IntN(4)), in)
	case 8:
		return cdt.ListPop(bin, r.small(), in)
	case 9:
		return cdt.ListPopRange(bin, r.small(), r.small(), in)
	case 10:
		return cdt.ListRemoveRange(bin, r.small(), r.small(), in)
	case 11:
		return cdt.ListTrim(bin, r.small(), r.small(), in)
	case 12:
		return cdt.ListSetOrder(bin, pick(r, protocol.Unordered, protocol.Ordered), in)
	case 13:
		return pick(r, cdt.ListClear(bin, in), cdt.ListCreate(bin, pick(r, protocol.Unordered, protocol.Ordered)), cdt.ListRemoveAt(bin, r.small(), in))
	}
	return cdt.ListRemove(bin, r.selector(), r.listReturn(), in)
}

func (r *random) mapRead(bin string) protocol.Operation {
	if r.chance(8) {
		return cdt.MapSize(bin, r.in(false))
	}
	return cdt.MapGet(bin, r.mapSelector(), r.mapReturn(), r.in(false))
}

func (r *random) mapOrder() protocol.Order {
	return pick(r, protocol.Unordered, protocol.Ordered, protocol.KeyValueOrdered)
}

func (r *random) mapPolicy() cdt.MapPolicy {
	return cdt.MapPolicy{Order: r.mapOrder(), Flags: cdt.MapFlags(pick(r, 0, 0, r.IntN(16))), Mode: cdt.MapMode(r.IntN(3))}
}

func (r *random) mapWrite(bin string) protocol.Operation {
	in := r.in(true)
	policy := r.mapPolicy()
	switch r.IntN(9) {
	case 0, 1:
		return cdt.MapPut(bin, r.key(), r.value(2), in, policy)
	case 2:
		pairs, _ := r.mapping(2).Map()
		return cdt.MapPutItems(bin, pairs, in, policy)
	case 3:
		return cdt.MapIncrement(bin, r.key(), pick(r, protocol.Int(int64(r.small())), protocol.Float(r.float())), in, policy)
	case 4:
		return cdt.MapDecrement(bin, r.key(), r.small(), in, policy)
	case 5:
		return pick(r, cdt.MapClear(bin, in), cdt.MapCreate(bin, r.mapOrder(), in), cdt.MapSetOrder(bin, r.mapOrder(), in))
	}
	return cdt.MapRemove(bin, r.mapSelector(), r.mapReturn(), in)
}

func (r *random) bits(bin string) protocol.Operation {
	offset, size := r.IntN(48)-8, r.IntN(40)
	flags := cdt.BitFlags(pick(r, 0, 0, r.IntN(16)))
	whole := flags &^ cdt.Partial // a shift of a part can end a real server
	sign, overflow := pick(r, cdt.Unsigned, cdt.Signed), pick(r, cdt.OverflowFail, cdt.OverflowSaturate, cdt.OverflowWrap)
	switch r.IntN(18) {
	case 0:
		return cdt.BitResize(bin, r.IntN(8), cdt.ResizeFlags(r.IntN(8)), flags)
	case 1:
		return cdt.BitInsert(bin, r.IntN(8)-2, r.bytes(), flags)
	case 2:
		return cdt.BitRemove(bin, r.IntN(8)-2, r.IntN(4), flags)
	case 3:
		return cdt.BitSet(bin, offset, size, r.bytes(), flags)
	case 4:
		return cdt.BitOr(bin, offset, size, r.bytes(), flags)
	case 5:
		return cdt.BitXor(bin, offset, size, r.bytes(), flags)
	case 6:
		return cdt.BitAnd(bin, offset, size, r.bytes(), flags)
	case 7:
		return cdt.BitNot(bin, offset, size, flags)
	case 8:
		return cdt.BitShiftLeft(bin, offset, size, r.IntN(20), whole)
	case 9:
		return cdt.BitShiftRight(bin, offset, size, r.IntN(20), whole)
	case 10:
		return cdt.BitAdd(bin, offset, size, int64(r.small()), sign, overflow, flags)
	case 11:
		return cdt.BitSubtract(bin, offset, size, int64(r.small()), sign, overflow, flags)
	case 12:
		return cdt.BitSetInt(bin, offset, size, int64(r.small()), flags)
	case 13:
		return cdt.BitGet(bin, offset, size)
	case 14:
		return cdt.BitCount(bin, offset, size)
	case 15:
		return cdt.BitScanLeft(bin, offset, size, r.chance(2))
	case 16:
		return cdt.BitScanRight(bin, offset, size, r.chance(2))
	}
	return cdt.BitGetInt(bin, offset, size, sign)
}

func (r *random) hll(bin string) protocol.Operation {
	flags := cdt.HLLFlags(pick(r, 0, 0, r.IntN(16)))
	index, hash := pick(r, -1, 4, 5, 8, 3), pick(r, -1, 0, 4, 10)
	switch r.IntN(8) {
	case 0, 1:
		return cdt.HLLAdd(bin, r.values(1), index, hash, flags)
	case 2:
		return cdt.HLLInit(bin, index, hash, flags)
	case 3:
		return cdt.HLLFold(bin, pick(r, 4, 5, 8))
	case 4:
		return cdt.HLLRefreshCount(bin)
	case 5:
		return cdt.HLLMayContain(bin, r.values(1)...)
	case 6:
		return cdt.HLLDescribe(bin)
	}
	return cdt.HLLGetCount(bin)
}

// path returns an operation that selects or modifies by a path.
func (r *random) path(bin string) protocol.Operation {
	steps := r.pathSteps()
	if r.chance(3) {
		// A path of several steps that modifies an ordered list within another collection can end a
		// real server.
		steps = pick(r, cdt.In(cdt.AllChildren()), cdt.In(cdt.AllChildrenWithFilter(exp.Filter(r.loopFilter()))))
		packed, err := exp.Pack(r.loopValue())
		if err != nil {
			panic(err)
		}
		return cdt.ModifyByPath(bin, steps, packed, pick[cdt.SelectFlags](r, 0, cdt.SelectNoFail))
	}
	return cdt.SelectByPath(bin, steps, r.selected(cdt.SelectTree))
}

// selected returns what a path selects: more, or values or keys.
func (r *random) selected(more ...cdt.SelectFlags) cdt.SelectFlags {
	return pick(r, append(more, cdt.SelectValues, cdt.SelectMapKeys, cdt.SelectMapKeyValues)...) | pick[cdt.SelectFlags](r, 0, 0, cdt.SelectNoFail)
}

// pathSteps returns a path. It has no filter after the index or rank of a map, because a real
// server then answers with the bytes of other elements.
func (r *random) pathSteps() (steps cdt.Context) {
	for len(steps) == 0 || r.chance(2) && len(steps) < 4 {
		switch r.IntN(6) {
		case 0, 1:
			steps = append(steps, cdt.AllChildren())
		case 2, 3:
			steps = append(steps, cdt.AllChildrenWithFilter(exp.Filter(r.loopFilter())))
		case 4:
			steps = append(steps, cdt.MapKeysIn(r.key(), r.key()))
		default:
			steps = append(steps, r.step(false))
		}
		if last := steps[len(steps)-1].Type; r.chance(6) && last != cdt.MapIndex(0).Type && last != cdt.MapRank(0).Type {
			steps = append(steps, cdt.AndFilter(exp.Filter(r.loopFilter())))
		}
	}
	return steps
}
