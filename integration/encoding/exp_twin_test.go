package encoding

import (
	"cmp"
	"encoding/base64"
	"slices"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// An expTwin is one expression built with both clients.
type expTwin[T exp.Typed] struct {
	ours   T
	theirs *as.Expression
}

// A constructor builds an expression of type T with one function of each client and drawn
// arguments.
type constructor[T exp.Typed] struct {
	name  string
	build func(g expGen) expTwin[T]
}

// An expGen draws arguments. depth is the number of further levels of operators.
type expGen struct {
	*rapid.T
	depth int
}

// deeper returns the generator for the operands of what g draws.
func (g expGen) deeper() expGen { return expGen{g.T, g.depth - 1} }

// operand draws an expression of type T. At depth 0 it is a leaf.
func operand[T exp.Typed](g expGen) expTwin[T] {
	leaves, operators := leavesOf[T](), operatorsOf[T]()
	if g.depth <= 0 || len(operators) == 0 || rapid.IntRange(0, 2).Draw(g.T, "leaf") == 0 {
		return rapid.SampledFrom(leaves).Draw(g.T, "leaf").build(g)
	}
	return rapid.SampledFrom(operators).Draw(g.T, "operator").build(g.deeper())
}

// several draws n or more operands.
func several[T exp.Typed](g expGen, n int) (ours []T, theirs []*as.Expression) {
	for range rapid.IntRange(n, n+2).Draw(g.T, "operands") {
		o := operand[T](g)
		ours, theirs = append(ours, o.ours), append(theirs, o.theirs)
	}
	return ours, theirs
}

// anyOperand draws an expression of any type that a collection can hold.
func anyOperand(g expGen) expTwin[exp.Nil] {
	switch rapid.IntRange(0, 7).Draw(g.T, "type") {
	case 0:
		return untyped(operand[exp.Bool](g))
	case 1:
		return untyped(operand[exp.Int](g))
	case 2:
		return untyped(operand[exp.Float](g))
	case 3:
		return untyped(operand[exp.String](g))
	case 4:
		return untyped(operand[exp.Blob](g))
	case 5:
		return untyped(operand[exp.List](g))
	case 6:
		return untyped(operand[exp.Map](g))
	}
	return rapid.SampledFrom([]expTwin[exp.Nil]{
		{exp.NilVal(), as.ExpNilValue()},
		{exp.Infinity(), as.ExpInfinityValue()},
		{exp.Wildcard(), as.ExpWildCardValue()},
	}).Draw(g.T, "sentinel")
}

func untyped[T exp.Typed](t expTwin[T]) expTwin[exp.Nil] {
	return expTwin[exp.Nil]{exp.Cast[exp.Nil](t.ours), t.theirs}
}

// contexts draws a path from a collection of type C to a nested one. If itself is set the path can
// be empty.
func contexts[C exp.Collection](g expGen, itself bool) (ours []cdt.Context, theirs []*as.CDTContext) {
	steps := rapid.IntRange(0, 3).Draw(g.T, "steps")
	if steps == 0 && itself {
		return nil, nil
	}
	var path cdt.Context
	for i := range max(steps, 1) {
		list := rapid.Bool().Draw(g.T, "list")
		if i == 0 {
			_, list = any(*new(C)).(exp.List)
		}
		step, official := contextStep(g, list)
		path, theirs = append(path, step), append(theirs, official)
	}
	return []cdt.Context{path}, theirs
}

func contextStep(g expGen, list bool) (cdt.Step, *as.CDTContext) {
	at := rapid.IntRange(-3, 300).Draw(g.T, "at")
	value := expValues.Draw(g.T, "value")
	key := expKeys.Draw(g.T, "key")
	which := rapid.IntRange(0, 3).Draw(g.T, "step")
	switch {
	case list && which == 0:
		return cdt.ListIndex(at), as.CtxListIndex(at)
	case list && which == 1:
		return cdt.ListRank(at), as.CtxListRank(at)
	case list && which == 2:
		return cdt.ListValue(value.ours), as.CtxListValue(as.NewValue(value.theirs))
	case list:
		return cdt.ListIndexPad(at), as.CtxListIndexCreate(at, as.ListOrderUnordered, true)
	case which == 0:
		return cdt.MapIndex(at), as.CtxMapIndex(at)
	case which == 1:
		return cdt.MapRank(at), as.CtxMapRank(at)
	case which == 2:
		return cdt.MapKey(key.ours), as.CtxMapKey(as.NewValue(key.theirs))
	}
	return cdt.MapValue(value.ours), as.CtxMapValue(as.NewValue(value.theirs))
}

// sharesOfCheck is the number of parts that the constructors are divided into. Each of rapid's 100
// checks covers one part, so that every constructor is compared about 20 times.
const sharesOfCheck = 5

// compareAll compares constructors with the official client's, with drawn arguments.
func compareAll[T exp.Typed](t *rapid.T, constructors []constructor[T]) {
	for i := rapid.IntRange(0, sharesOfCheck-1).Draw(t, "share"); i < len(constructors); i += sharesOfCheck {
		twin := constructors[i].build(expGen{t, 2})
		packed, err := exp.Pack(twin.ours)
		require.NoError(t, err)
		sameBytes(t, officialExpression(t, twin.theirs), packed, constructors[i].name+" "+twin.ours.String())

		parsed, err := exp.Parse(packed)
		require.NoError(t, err)
		again, err := exp.Pack(parsed)
		require.NoError(t, err)
		require.Equal(t, packed, again)
		comparedExpressions++
	}
}

// comparedExpressions is the number of expressions that TestExpressions has compared.
var comparedExpressions int

func officialExpression(t require.TestingT, e *as.Expression) []byte {
	text, err := e.Base64()
	require.NoError(t, plain(err))
	packed, decodeErr := base64.StdEncoding.DecodeString(text)
	require.NoError(t, decodeErr)
	return packed
}

func leavesOf[T exp.Typed]() []constructor[T] { return constructorsOf[T](expLeaves) }

func operatorsOf[T exp.Typed]() []constructor[T] { return constructorsOf[T](expOperators) }

// constructorsOf returns the constructors of one type.
func constructorsOf[T exp.Typed](all map[exp.Type]any) []constructor[T] {
	for _, c := range all {
		if c, ok := c.([]constructor[T]); ok {
			return c
		}
	}
	return nil
}

// Constructors by result type. The files of each family fill them.
var (
	expLeaves    = make(map[exp.Type]any)
	expOperators = make(map[exp.Type]any)
)

func init() {
	registerLeaves()
	registerScalars()
	registerCollections()
	registerBlobs()
}

func register[T exp.Typed](to map[exp.Type]any, t exp.Type, more ...constructor[T]) {
	known, _ := to[t].([]constructor[T])
	to[t] = append(slices.Clip(known), more...)
}

// registerAny adds a constructor with a generic result for all types.
func registerAny[T exp.Typed](t exp.Type) {
	register(expOperators, t,
		constructor[T]{"Cond", func(g expGen) expTwin[T] {
			var branches []exp.Branch[T]
			var theirs []*as.Expression
			for range rapid.IntRange(1, 3).Draw(g.T, "branches") {
				c, a := operand[exp.Bool](g), operand[T](g)
				branches, theirs = append(branches, exp.When(c.ours, a.ours)), append(theirs, c.theirs, a.theirs)
			}
			last := operand[T](g)
			return expTwin[T]{exp.Cond(branches...).Else(last.ours), as.ExpCond(append(theirs, last.theirs)...)}
		}},
		constructor[T]{"Let", func(g expGen) expTwin[T] {
			var defs exp.Defs
			var theirs []*as.Expression
			for range rapid.IntRange(1, 3).Draw(g.T, "definitions") {
				name, value := variables.Draw(g.T, "name"), anyOperand(g)
				defs, theirs = append(defs, exp.Def(name, value.ours)), append(theirs, as.ExpDef(name, value.theirs))
			}
			body := operand[T](g)
			return expTwin[T]{exp.Let(defs, body.ours), as.ExpLet(append(theirs, body.theirs)...)}
		}},
	)
	register(expLeaves, t,
		constructor[T]{"Var", func(g expGen) expTwin[T] {
			name := variables.Draw(g.T, "name")
			return expTwin[T]{exp.Var[T](name), as.ExpVar(name)}
		}},
		constructor[T]{"Unknown", func(expGen) expTwin[T] { return expTwin[T]{exp.Unknown[T](), as.ExpUnknown()} }},
	)
}

// Generators are created once because creating one costs more than drawing from it.
var (
	expValues    = values(2)
	expMaps      = maps(expValues, 0, 17)
	expLists     = rapid.SliceOfN(expValues, 0, 17)
	expKeys      = keys()
	expNumbers   = numbers()
	expTexts     = texts()
	expBlobs     = blobs()
	variables    = rapid.StringMatching(`[A-Za-z_][A-Za-z0-9_]{0,8}`)
	binNames     = rapid.StringMatching(`[ -~]{1,15}`)
	nonZeroInt64 = rapid.Map(expNumbers, func(n int64) int64 { return cmp.Or(n, 1) })
)

func TestExpressions(t *testing.T) {
	comparedExpressions = 0
	for _, of := range []map[exp.Type]any{expLeaves, expOperators} {
		compareOf[exp.Bool](t, "Bool", of)
		compareOf[exp.Int](t, "Int", of)
		compareOf[exp.Float](t, "Float", of)
		compareOf[exp.String](t, "String", of)
		compareOf[exp.Blob](t, "Blob", of)
		compareOf[exp.List](t, "List", of)
		compareOf[exp.Map](t, "Map", of)
		compareOf[exp.Geo](t, "Geo", of)
		compareOf[exp.HLL](t, "HLL", of)
	}
	t.Logf("%d expressions compared", comparedExpressions)
}

func compareOf[T exp.Typed](t *testing.T, name string, of map[exp.Type]any) {
	constructors := constructorsOf[T](of)
	t.Run(name, rapid.MakeCheck(func(t *rapid.T) { compareAll(t, constructors) }))
}

func TestExpressionOperations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := operand[exp.Int](expGen{t, 3})
		flags := rapid.IntRange(0, 31).Draw(t, "flags")
		ours, _ := exp.Write("b", e.ours, exp.WriteFlags(flags)).Value.Bytes()
		want := append([]byte{0x92}, officialExpression(t, e.theirs)...)
		sameBytes(t, append(want, byte(flags)), ours, e.ours.String())
		read, _ := exp.Read("b", e.ours, exp.ReadFlags(flags)).Value.Bytes()
		require.Equal(t, ours, read)
	})
}
