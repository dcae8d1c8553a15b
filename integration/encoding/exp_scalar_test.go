package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol/exp"
)

// leafBin, leafKey and leafOf return constructors without operands.
func leafBin[T exp.Typed](name string, ours func(string) T, theirs func(string) *as.Expression) constructor[T] {
	return constructor[T]{name, func(g expGen) expTwin[T] {
		bin := binNames.Draw(g.T, "bin")
		return expTwin[T]{ours(bin), theirs(bin)}
	}}
}

func leafOf[T exp.Typed](name string, ours func() T, theirs func() *as.Expression) constructor[T] {
	return constructor[T]{name, func(expGen) expTwin[T] { return expTwin[T]{ours(), theirs()} }}
}

func leafKey[T exp.Typed](name string, ours func() T, of as.ExpType) constructor[T] {
	return leafOf(name, ours, func() *as.Expression { return as.ExpKey(of) })
}

// leafVal returns the constructor of a literal with a drawn value.
func leafVal[T exp.Typed, V any](name string, of *rapid.Generator[V], ours func(V) T, theirs func(V) *as.Expression) constructor[T] {
	return constructor[T]{name, func(g expGen) expTwin[T] {
		v := of.Draw(g.T, "value")
		return expTwin[T]{ours(v), theirs(v)}
	}}
}

func registerLeaves() {
	registerAny[exp.Bool](exp.TypeBool)
	registerAny[exp.Int](exp.TypeInt)
	registerAny[exp.Float](exp.TypeFloat)
	registerAny[exp.String](exp.TypeString)
	registerAny[exp.Blob](exp.TypeBlob)
	registerAny[exp.List](exp.TypeList)
	registerAny[exp.Map](exp.TypeMap)
	registerAny[exp.Geo](exp.TypeGeo)
	registerAny[exp.HLL](exp.TypeHLL)

	register(expLeaves, exp.TypeBool,
		leafBin("BoolBin", exp.BoolBin, as.ExpBoolBin),
		leafBin("BinExists", exp.BinExists, as.ExpBinExists),
		leafVal("BoolVal", rapid.Bool(), exp.BoolVal, as.ExpBoolVal),
		leafOf("KeyExists", exp.KeyExists, as.ExpKeyExists),
		leafOf("IsTombstone", exp.IsTombstone, as.ExpIsTombstone),
	)
	register(expLeaves, exp.TypeInt,
		leafBin("IntBin", exp.IntBin, as.ExpIntBin),
		leafBin("BinType", exp.BinType, as.ExpBinType),
		leafVal("IntVal", expNumbers, exp.IntVal, as.ExpIntVal),
		leafKey("IntKey", exp.IntKey, as.ExpTypeINT),
		leafVal("DigestModulo", nonZeroInt64, exp.DigestModulo, as.ExpDigestModulo),
		leafOf("RecordSize", exp.RecordSize, as.ExpRecordSize),
		//lint:ignore SA1019 servers before 7.0 have no other
		leafOf("DeviceSize", exp.DeviceSize, as.ExpDeviceSize),
		//lint:ignore SA1019 servers before 7.0 have no other
		leafOf("MemorySize", exp.MemorySize, as.ExpMemorySize),
		leafOf("LastUpdate", exp.LastUpdate, as.ExpLastUpdate),
		leafOf("SinceUpdate", exp.SinceUpdate, as.ExpSinceUpdate),
		leafOf("VoidTime", exp.VoidTime, as.ExpVoidTime),
		leafOf("TTL", exp.TTL, as.ExpTTL),
	)
	register(expLeaves, exp.TypeFloat,
		leafBin("FloatBin", exp.FloatBin, as.ExpFloatBin),
		leafVal("FloatVal", rapid.Float64(), exp.FloatVal, as.ExpFloatVal),
	)
	register(expLeaves, exp.TypeString,
		leafBin("StringBin", exp.StringBin, as.ExpStringBin),
		leafVal("StringVal", expTexts, exp.StringVal, as.ExpStringVal),
		leafKey("StringKey", exp.StringKey, as.ExpTypeSTRING),
		leafOf("SetName", exp.SetName, officialSetName),
	)
	register(expLeaves, exp.TypeBlob,
		leafBin("BlobBin", exp.BlobBin, as.ExpBlobBin),
		leafVal("BlobVal", expBlobs, exp.BlobVal, as.ExpBlobVal),
		leafKey("BlobKey", exp.BlobKey, as.ExpTypeBLOB),
	)
	register(expLeaves, exp.TypeGeo,
		leafBin("GeoBin", exp.GeoBin, as.ExpGeoBin),
		leafVal("GeoVal", expTexts, exp.GeoVal, as.ExpGeoVal),
	)
	register(expLeaves, exp.TypeHLL,
		leafBin("HLLBin", exp.HLLBin, as.ExpHLLBin),
	)
	registerCollectionLeaves()
}

func registerCollectionLeaves() {
	register(expLeaves, exp.TypeList,
		leafBin("ListBin", exp.ListBin, as.ExpListBin),
		leafVal("ListVal", expLists, func(l []twin) exp.List {
			elements := make([]any, len(l))
			for i, e := range l {
				elements[i] = e.ours
			}
			return exp.ListVal(elements...)
		}, func(l []twin) *as.Expression {
			elements := make([]as.Value, len(l))
			for i, e := range l {
				elements[i] = as.NewValue(e.theirs)
			}
			return as.ExpListVal(elements...)
		}),
	)
	register(expLeaves, exp.TypeMap,
		leafBin("MapBin", exp.MapBin, as.ExpMapBin),
		leafVal("Val", expMaps, func(v twin) exp.Map {
			return exp.Val(v.ours).(exp.Map)
		}, func(v twin) *as.Expression { return as.ExpMapVal(as.MapValue(v.theirs.(map[any]any))) }),
		leafVal("MapVal", rapid.MapOfN(expTexts, expNumbers, 0, 17), exp.MapVal[string, int64], func(m map[string]int64) *as.Expression {
			theirs := make(as.MapValue)
			for k, v := range m {
				theirs[k] = v
			}
			return as.ExpMapVal(theirs)
		}),
	)
}

func officialSetName() *as.Expression { return as.ExpSetName() }

// unary, dyadic and nary return constructors of operators.
func unary[T, A exp.Typed](name string, ours func(A) T, theirs func(*as.Expression) *as.Expression) constructor[T] {
	return constructor[T]{name, func(g expGen) expTwin[T] {
		a := operand[A](g)
		return expTwin[T]{ours(a.ours), theirs(a.theirs)}
	}}
}

func dyadic[T, A, B exp.Typed](name string, ours func(A, B) T, theirs func(a, b *as.Expression) *as.Expression) constructor[T] {
	return constructor[T]{name, func(g expGen) expTwin[T] {
		a, b := operand[A](g), operand[B](g)
		return expTwin[T]{ours(a.ours, b.ours), theirs(a.theirs, b.theirs)}
	}}
}

func nary[T exp.Typed](name string, least int, ours func(...T) T, theirs func(...*as.Expression) *as.Expression) constructor[T] {
	return constructor[T]{name, func(g expGen) expTwin[T] {
		mine, official := several[T](g, least)
		return expTwin[T]{ours(mine...), theirs(official...)}
	}}
}

func registerScalars() {
	registerComparisons[exp.Bool]("Bool")
	registerComparisons[exp.Int]("Int")
	registerComparisons[exp.Float]("Float")
	registerComparisons[exp.String]("String")
	registerComparisons[exp.Blob]("Blob")
	registerComparisons[exp.List]("List")
	registerComparisons[exp.Map]("Map")
	register(expOperators, exp.TypeBool,
		nary("And", 2, exp.And, as.ExpAnd),
		nary("Or", 2, exp.Or, as.ExpOr),
		nary("Exclusive", 2, exp.Exclusive, as.ExpExclusive),
		unary("Not", exp.Not, as.ExpNot),
		dyadic("GeoCompare", exp.GeoCompare, as.ExpGeoCompare),
		constructor[exp.Bool]{"RegexCompare", func(g expGen) expTwin[exp.Bool] {
			pattern, flags, s := expTexts.Draw(g.T, "pattern"), rapid.IntRange(0, 15).Draw(g.T, "flags"), operand[exp.String](g)
			return expTwin[exp.Bool]{
				exp.RegexCompare(pattern, exp.RegexFlags(flags), s.ours),
				as.ExpRegexCompare(pattern, as.ExpRegexFlags(flags), s.theirs),
			}
		}},
	)
	registerArithmetic[exp.Int](exp.TypeInt)
	registerArithmetic[exp.Float](exp.TypeFloat)
	register(expOperators, exp.TypeFloat,
		dyadic("Pow", exp.Pow, as.ExpNumPow),
		dyadic("Log", exp.Log, as.ExpNumLog),
		unary("Floor", exp.Floor, as.ExpNumFloor),
		unary("Ceil", exp.Ceil, as.ExpNumCeil),
		unary("ToFloat", exp.ToFloat, as.ExpToFloat),
	)
	register(expOperators, exp.TypeInt,
		dyadic("Mod", exp.Mod, as.ExpNumMod),
		unary("ToInt", exp.ToInt, as.ExpToInt),
		nary("IntAnd", 1, exp.IntAnd, as.ExpIntAnd),
		nary("IntOr", 1, exp.IntOr, as.ExpIntOr),
		nary("IntXor", 1, exp.IntXor, as.ExpIntXor),
		unary("IntNot", exp.IntNot, as.ExpIntNot),
		dyadic("IntLShift", exp.IntLShift, as.ExpIntLShift),
		dyadic("IntRShift", exp.IntRShift, as.ExpIntRShift),
		dyadic("IntARShift", exp.IntARShift, as.ExpIntARShift),
		unary("IntCount", exp.IntCount, as.ExpIntCount),
		dyadic("IntLScan", exp.IntLScan, as.ExpIntLScan),
		dyadic("IntRScan", exp.IntRScan, as.ExpIntRScan),
	)
}

func registerComparisons[T exp.Comparable](of string) {
	register(expOperators, exp.TypeBool,
		dyadic("Eq"+of, exp.Eq[T], as.ExpEq),
		dyadic("Ne"+of, exp.Ne[T], as.ExpNotEq),
		dyadic("Gt"+of, exp.Gt[T], as.ExpGreater),
		dyadic("Ge"+of, exp.Ge[T], as.ExpGreaterEq),
		dyadic("Lt"+of, exp.Lt[T], as.ExpLess),
		dyadic("Le"+of, exp.Le[T], as.ExpLessEq),
	)
}

func registerArithmetic[T exp.Number](t exp.Type) {
	register(expOperators, t,
		nary("Add", 1, exp.Add[T], as.ExpNumAdd),
		nary("Sub", 1, exp.Sub[T], as.ExpNumSub),
		nary("Mul", 1, exp.Mul[T], as.ExpNumMul),
		nary("Div", 1, exp.Div[T], as.ExpNumDiv),
		unary("Abs", exp.Abs[T], as.ExpNumAbs),
		nary("Min", 1, exp.Min[T], as.ExpMin),
		nary("Max", 1, exp.Max[T], as.ExpMax),
	)
}
