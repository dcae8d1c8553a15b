package differ

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// expression returns an operation with an expression that reads or writes.
func (r *random) expression() protocol.Operation {
	r.divides = r.chance(2)
	e := r.anything(3)
	if r.chance(2) {
		return exp.Write(pick(r, "i", "f", "s", "l", "m", "none", "t"), e, exp.WriteFlags(pick(r, 0, 0, 4, 16, r.IntN(32))))
	}
	return exp.Read("x", e, exp.ReadFlags(pick(r, 0, 0, 16)))
}

// filter returns a filter expression.
func (r *random) filter() []byte {
	r.divides = r.chance(2)
	return exp.Filter(r.boolean(3))
}

func (r *random) anything(depth int) exp.Expression {
	switch r.IntN(8) {
	case 0:
		return r.float64s(depth)
	case 1:
		return r.str(depth)
	case 2:
		return r.boolean(depth)
	case 3:
		return r.lists(depth)
	case 4:
		return r.maps(depth)
	case 5:
		return r.blob(depth)
	}
	return r.integer(depth)
}

func (r *random) integer(depth int) exp.Int {
	if depth == 0 || r.chance(4) {
		return pick(r, exp.IntVal(int64(r.small())), exp.IntBin(r.bin("i")), exp.IntBin("i"))
	}
	d := depth - 1
	switch n := r.IntN(22); {
	case n == 0:
		return exp.Add(r.integer(d), r.integer(d))
	case n == 1:
		return exp.Sub(r.integer(d), r.integer(d))
	case n == 2 && !r.divides:
		return exp.Mul(r.integer(d), r.integer(d), exp.IntVal(int64(r.small())))
	case n == 3 && r.divides:
		return exp.Div(r.integer(d), r.integer(d))
	case n == 4 && r.divides:
		return exp.Mod(r.integer(d), r.integer(d))
	case n == 5:
		return pick(r, exp.Abs(r.integer(d)), exp.IntNot(r.integer(d)))
	case n == 6:
		return pick(r, exp.Min(r.integer(d), r.integer(d)), exp.Max(r.integer(d), r.integer(d)))
	case n == 7 && !r.divides:
		return pick(r, exp.IntLShift, exp.IntRShift, exp.IntARShift)(r.integer(d), r.integer(d))
	case n == 8:
		return pick(r, exp.IntAnd, exp.IntOr, exp.IntXor)(r.integer(d), r.integer(d))
	case n == 9:
		return pick(r, exp.IntLScan, exp.IntRScan)(r.integer(d), r.boolean(d))
	case n == 10:
		return exp.IntCount(r.integer(d))
	case n == 11 && !r.divides:
		return exp.ToInt(r.float64s(d))
	case n == 12:
		return exp.BinType(pick(r, bins...))
	case n == 13:
		return exp.ListSize(r.lists(d), r.in(false))
	case n == 14:
		return exp.MapSize(r.maps(d), r.in(false))
	case n == 15:
		return exp.ListGetByIndex(r.lists(d), exp.IntVal(int64(r.small())), exp.ReturnInt, r.in(false))
	case n == 16:
		return exp.MapGetByKey(r.maps(d), exp.Val(r.key()), exp.ReturnInt, r.in(false))
	case n == 17:
		return exp.BitCount(r.blob(d), exp.IntVal(int64(r.IntN(16))), r.integer(d))
	case n == 18:
		return exp.Cond(exp.When(r.boolean(d), r.integer(d)), exp.When(r.boolean(d), r.integer(d))).Else(pick(r, r.integer(d), exp.Unknown[exp.Int]()))
	case n == 19:
		return exp.Let(exp.Defs{exp.Def("v", r.integer(d))}, exp.Add(exp.IntVar("v"), r.integer(d)))
	case n == 20:
		return exp.DigestModulo(int64(1 + r.IntN(9)))
	}
	return exp.HLLGetCount(exp.HLLBin(r.bin("h")))
}

func (r *random) float64s(depth int) exp.Float {
	if depth == 0 || r.chance(3) {
		return pick(r, exp.FloatVal(r.float()), exp.FloatBin(r.bin("f")))
	}
	d := depth - 1
	switch r.IntN(9) {
	case 0:
		return exp.Add(r.float64s(d), r.float64s(d))
	case 1:
		return exp.Sub(r.float64s(d), r.float64s(d))
	case 2:
		return exp.Mul(r.float64s(d), r.float64s(d))
	case 3:
		return exp.Div(r.float64s(d), r.float64s(d))
	case 4:
		return pick(r, exp.Floor, exp.Ceil, exp.Abs[exp.Float])(r.float64s(d))
	case 5:
		return exp.Pow(r.float64s(d), r.float64s(d))
	case 6:
		return pick(r, exp.Min[exp.Float], exp.Max[exp.Float])(r.float64s(d), r.float64s(d))
	case 7:
		return exp.ListGetByRank(r.lists(d), r.integer(d), exp.ReturnFloat)
	}
	return exp.ToFloat(r.integer(d))
}

func (r *random) str(depth int) exp.String {
	if depth == 0 || r.chance(2) {
		return pick(r, exp.StringVal(r.text()), exp.StringBin(r.bin("s")), exp.SetName())
	}
	d := depth - 1
	switch r.IntN(3) {
	case 0:
		return exp.Cond(exp.When(r.boolean(d), r.str(d))).Else(r.str(d))
	case 1:
		return exp.ListGetByIndex(r.lists(d), r.integer(d), exp.ReturnString, r.in(false))
	}
	return exp.MapGetByKey(r.maps(d), r.str(d), exp.ReturnString)
}

func (r *random) blob(depth int) exp.Blob {
	if depth == 0 || r.chance(2) {
		return pick(r, exp.BlobVal(r.bytes()), exp.BlobBin(r.bin("b")))
	}
	d := depth - 1
	switch r.IntN(6) {
	case 0:
		return exp.BitNot(r.blob(d), exp.IntVal(int64(r.IntN(12))), r.integer(d))
	case 1:
		return exp.BitGet(r.blob(d), r.integer(d), exp.IntVal(int64(r.IntN(20))))
	case 2:
		return exp.BitResize(r.blob(d), exp.IntVal(int64(r.IntN(6))), cdt.ResizeFlags(r.IntN(4)))
	case 3:
		return pick(r, exp.BitOr, exp.BitXor, exp.BitAnd, exp.BitSet)(r.blob(d), exp.IntVal(int64(r.IntN(9))), exp.IntVal(int64(r.IntN(20))), r.blob(d))
	case 4:
		return pick(r, exp.BitLShift, exp.BitRShift)(r.blob(d), exp.IntVal(int64(r.IntN(9))), exp.IntVal(int64(r.IntN(20))), r.integer(d))
	}
	return exp.BitInsert(r.blob(d), r.integer(d), r.blob(d))
}

// compared returns a comparison of two values of a type.
func compared[T exp.Comparable](r *random, left, right T) exp.Bool {
	return pick(r, exp.Eq[T], exp.Ne[T], exp.Lt[T], exp.Le[T], exp.Gt[T], exp.Ge[T])(left, right)
}

func (r *random) boolean(depth int) exp.Bool {
	if depth == 0 || r.chance(6) {
		return pick(r, exp.BoolVal(r.chance(2)), exp.BoolBin(r.bin("t")), exp.BinExists(pick(r, bins...)), exp.KeyExists())
	}
	d := depth - 1
	switch r.IntN(14) {
	case 0, 1:
		return compared(r, r.integer(d), r.integer(d))
	case 2:
		return compared(r, r.float64s(d), r.float64s(d))
	case 3:
		return compared(r, r.str(d), r.str(d))
	case 4:
		return compared(r, r.blob(d), r.blob(d))
	case 5:
		return compared(r, r.lists(d), r.lists(d))
	case 6:
		return compared(r, r.maps(d), r.maps(d))
	case 7:
		return pick(r, exp.And, exp.Or, exp.Exclusive)(r.boolean(d), r.boolean(d))
	case 8:
		return exp.Not(r.boolean(d))
	case 9:
		return exp.RegexCompare(pick(r, "a", "^a", "b$", "[ab]+", "."), exp.RegexFlags(pick(r, 0, 1, 2, 3)), r.str(d))
	case 10:
		return exp.GeoCompare(exp.GeoBin(r.bin("g")), exp.GeoVal(pick(r, r.point(), r.region())))
	case 11:
		return exp.InList(r.integer(d), r.lists(d))
	case 12:
		return exp.ListGetByValue(r.lists(d), exp.Val(r.value(1)), exp.ReturnExists, r.in(false))
	}
	return exp.MapGetByKey(r.maps(d), exp.Val(r.key()), exp.ReturnBool, r.in(false))
}

func (r *random) lists(depth int) exp.List {
	if depth == 0 || r.chance(2) {
		return pick(r, exp.Cast[exp.List](exp.Val(protocol.List(r.values(2)...))), exp.ListBin(r.bin("l", "ol")))
	}
	d := depth - 1
	in := r.in(true)
	switch r.IntN(12) {
	case 0:
		return exp.ListAppend(r.lists(d), r.anything(d), in, r.listPolicy())
	case 1:
		return exp.ListInsert(r.lists(d), r.integer(d), r.anything(d), in, r.listPolicy())
	case 2:
		return exp.ListSort(r.lists(d), cdt.SortFlags(r.IntN(4)), in)
	case 3:
		return exp.ListRemoveByIndexRange(r.lists(d), r.integer(d), r.integer(d), r.listReturn()&^7, in)
	case 4:
		return exp.ListRemoveByValue(r.lists(d), exp.Val(r.value(1)), r.listReturn()&^7, in)
	case 5:
		return exp.ListAppendItems(r.lists(d), r.lists(d), in, r.listPolicy())
	case 6:
		return exp.MapKeys(r.maps(d))
	case 7:
		return exp.MapValues(r.maps(d))
	case 8:
		return exp.ListGetByIndexRange(r.lists(d), r.integer(d), r.integer(d), exp.ReturnValues, in)
	case 9:
		return exp.MapGetByIndexRange(r.maps(d), r.integer(d), r.integer(d), exp.ReturnValues, in)
	case 10:
		if r.chance(2) {
			return exp.SelectByPath(r.lists(d), r.pathSteps(), r.selected())
		}
		return exp.SelectByPath(r.maps(d), r.pathSteps(), r.selected())
	}
	return exp.ListIncrement(r.lists(d), r.integer(d), r.integer(d), in, r.listPolicy())
}

func (r *random) maps(depth int) exp.Map {
	if depth == 0 || r.chance(2) {
		return pick(r, exp.Cast[exp.Map](exp.Val(r.mapping(2))), exp.MapBin(r.bin("m", "om", "kv")))
	}
	d := depth - 1
	in := r.in(true)
	switch r.IntN(7) {
	case 0:
		return exp.MapPut(r.maps(d), exp.Val(r.key()), r.anything(d), in, r.mapPolicy())
	case 1:
		return exp.MapPutItems(r.maps(d), r.maps(d), in, r.mapPolicy())
	case 2:
		return exp.MapIncrement(r.maps(d), exp.Val(r.key()), r.integer(d), in, r.mapPolicy())
	case 3:
		return exp.MapRemoveByKey(r.maps(d), exp.Val(r.key()), in)
	case 4:
		return exp.MapRemoveByKeyRange(r.maps(d), exp.Val(r.key()), exp.Val(r.key()), r.mapReturn()&cdt.Inverted, in)
	case 5:
		return exp.SelectTreeByPath(r.maps(d), r.pathSteps(), pick[cdt.SelectFlags](r, 0, cdt.SelectNoFail))
	}
	return exp.MapRemoveByRankRange(r.maps(d), r.integer(d), r.integer(d), r.mapReturn()&cdt.Inverted, in)
}

// loopFilter returns a filter of the elements of a path.
func (r *random) loopFilter() exp.Bool {
	switch r.IntN(6) {
	case 0:
		return compared(r, exp.IntLoopVar(exp.LoopValue), exp.IntVal(int64(r.small())))
	case 1:
		return compared(r, exp.StringLoopVar(pick(r, exp.LoopKey, exp.LoopValue)), exp.StringVal(r.text()))
	case 2:
		return compared(r, exp.IntLoopVar(exp.LoopKey), exp.IntVal(int64(r.small())))
	case 3:
		return compared(r, exp.IntLoopVar(exp.LoopIndex), exp.IntVal(int64(r.small())))
	case 4:
		return exp.BoolVal(r.chance(2))
	}
	return exp.Not(compared(r, exp.FloatLoopVar(exp.LoopValue), exp.FloatVal(r.float())))
}

// loopValue returns what a path writes for an element.
func (r *random) loopValue() exp.Expression {
	switch r.IntN(6) {
	case 0:
		return exp.Add(exp.IntLoopVar(exp.LoopValue), exp.IntVal(int64(r.small())))
	case 1:
		return exp.ResultRemove()
	case 2:
		return exp.Val(r.value(2))
	case 3:
		return exp.IntLoopVar(exp.LoopIndex)
	case 4:
		return exp.Cond(exp.When(r.loopFilter(), exp.StringVal(r.text()))).Else(exp.StringLoopVar(exp.LoopKey))
	}
	return exp.ListAppend(exp.ListLoopVar(exp.LoopValue), exp.IntVal(1))
}
