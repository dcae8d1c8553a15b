package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// draw draws arguments of calls, each in both clients' forms.
type draw struct{ *rapid.T }

const bin = "bin"

var (
	drawnValues   = values(2)
	drawnOperands = operands()
	drawnKeys     = rapid.OneOf(keys(), rapid.Map(blobs(), func(b []byte) twin { return twin{protocol.Blob(b), b} }))
	drawnItems    = rapid.OneOf(rapid.SliceOfN(values(1), 2, 4), rapid.SliceOfN(scalars(), 15, 17), rapid.Just([]twin{}))
	drawnIndexes  = rapid.Map(rapid.OneOf(rapid.Int64Range(-5, 5), numbers()), func(n int64) int { return int(n) })
	drawnCounts   = rapid.OneOf(rapid.IntRange(0, 5), rapid.SampledFrom([]int{127, 128, 255, 256, 65535, 65536, 1 << 32}))
)

func (d draw) value() twin            { return drawnValues.Draw(d.T, "value") }
func (d draw) operand() twin          { return drawnOperands.Draw(d.T, "operand") }
func (d draw) key() twin              { return drawnKeys.Draw(d.T, "key") }
func (d draw) items() []twin          { return drawnItems.Draw(d.T, "items") }
func (d draw) index() int             { return drawnIndexes.Draw(d.T, "index") }
func (d draw) count() int             { return drawnCounts.Draw(d.T, "count") }
func (d draw) flag() bool             { return rapid.Bool().Draw(d.T, "flag") }
func (d draw) flags(limit int) int    { return rapid.IntRange(0, limit).Draw(d.T, "flags") }
func (d draw) number() twin           { return rapid.OneOf(integerTwins, floatTwins).Draw(d.T, "number") }
func (d draw) limit() twin            { return rapid.OneOf(drawnOperands, nilTwin).Draw(d.T, "limit") }
func (d draw) bytes() []byte          { return blobs().Draw(d.T, "bytes") }
func (d draw) sketches() [][]byte     { return rapid.SliceOfN(blobs(), 0, 17).Draw(d.T, "sketches") }
func (d draw) int64() int64           { return numbers().Draw(d.T, "int64") }
func (d draw) choose(choices int) int { return rapid.IntRange(0, choices-1).Draw(d.T, "choice") }

var (
	integerTwins = rapid.Map(numbers(), func(n int64) twin { return twin{protocol.Int(n), int(n)} })
	floatTwins   = rapid.Map(rapid.Float64(), func(f float64) twin { return twin{protocol.Float(f), f} })
	nilTwin      = rapid.Just(twin{protocol.Nil(), nil})
)

// several draws a count other than 1. The official client turns a count of 1 into another call.
func (d draw) several() int {
	if n := d.count(); n != 1 {
		return n
	}
	return 2
}

// context draws steps of every kind.
func (d draw) context(least int) (cdt.Context, []*as.CDTContext) {
	var ours cdt.Context
	var theirs []*as.CDTContext
	for range rapid.IntRange(least, 3).Draw(d.T, "steps") {
		step, same := d.step()
		ours, theirs = append(ours, step), append(theirs, same)
	}
	return ours, theirs
}

func (d draw) step() (cdt.Step, *as.CDTContext) {
	switch d.choose(10) {
	case 0, 1:
		return d.plainStep()
	case 2:
		n := d.index()
		return cdt.ListRank(n), as.CtxListRank(n)
	case 3:
		v := d.operand()
		return cdt.ListValue(v.ours), as.CtxListValue(as.NewValue(v.theirs))
	case 4:
		n := d.index()
		return cdt.MapIndex(n), as.CtxMapIndex(n)
	case 5:
		n := d.index()
		return cdt.MapRank(n), as.CtxMapRank(n)
	case 6:
		v := d.operand()
		return cdt.MapValue(v.ours), as.CtxMapValue(as.NewValue(v.theirs))
	case 7:
		n, order := d.index(), d.choose(2)
		return cdt.ListIndexCreate(n, protocol.Order(order)), as.CtxListIndexCreate(n, as.ListOrderType(order), false)
	case 8:
		n := d.index()
		return cdt.ListIndexPad(n), as.CtxListIndexCreate(n, as.ListOrderUnordered, true)
	}
	k := d.key()
	ours, theirs := d.mapOrder()
	return cdt.MapKeyCreate(k.ours, ours), as.CtxMapKeyCreate(as.NewValue(k.theirs), theirs)
}

// plainStep draws a step to which a create flag can be added.
func (d draw) plainStep() (cdt.Step, *as.CDTContext) {
	if d.flag() {
		n := d.index()
		return cdt.ListIndex(n), as.CtxListIndex(n)
	}
	k := d.key()
	return cdt.MapKey(k.ours), as.CtxMapKey(as.NewValue(k.theirs))
}

// plainContext draws a context that ends in a plainStep.
func (d draw) plainContext() (cdt.Context, []*as.CDTContext) {
	ours, theirs := d.context(0)
	step, same := d.plainStep()
	return append(ours, step), append(theirs, same)
}

func (d draw) mapOrder() (protocol.Order, as.MapOrderTypes) {
	switch d.choose(3) {
	case 0:
		return protocol.Unordered, as.MapOrder.UNORDERED
	case 1:
		return protocol.Ordered, as.MapOrder.KEY_ORDERED
	}
	return protocol.KeyValueOrdered, as.MapOrder.KEY_VALUE_ORDERED
}

func (d draw) listPolicy() (cdt.ListPolicy, *as.ListPolicy) {
	order, flags := d.choose(2), d.flags(15)
	if d.flag() {
		order |= int(protocol.PersistIndex)
	}
	return cdt.ListPolicy{Order: protocol.Order(order), Flags: cdt.ListFlags(flags)}, as.NewListPolicy(as.ListOrderType(order), flags)
}

func (d draw) mapPolicy() (cdt.MapPolicy, *as.MapPolicy) {
	order, same := d.mapOrder()
	flags := d.flags(15)
	switch d.choose(5) {
	case 0:
		return cdt.MapPolicy{Order: order, Flags: cdt.MapFlags(flags)}, as.NewMapPolicyWithFlags(same, flags)
	case 1:
		return cdt.MapPolicy{Order: order | protocol.PersistIndex, Flags: cdt.MapFlags(flags)}, as.NewMapPolicyWithFlagsAndPersistedIndex(same, flags)
	case 2:
		return cdt.MapPolicy{Order: order, Mode: cdt.MapUpdateOnly}, as.NewMapPolicy(same, as.MapWriteMode.UPDATE_ONLY)
	case 3:
		return cdt.MapPolicy{Order: order, Mode: cdt.MapCreateOnly}, as.NewMapPolicy(same, as.MapWriteMode.CREATE_ONLY)
	}
	return cdt.MapPolicy{Order: order}, as.NewMapPolicy(same, as.MapWriteMode.UPDATE)
}

// returns draws a return type of lists and maps. Several elements can be inverted.
func (d draw) returns(several bool) int {
	what := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13}).Draw(d.T, "return type")
	return d.inverted(what, several)
}

func (d draw) mapReturns(several bool) (cdt.MapReturn, as.MapReturnTypes) {
	what := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17}).Draw(d.T, "return type")
	what = d.inverted(what, several)
	return cdt.MapReturn(what), as.MapReturnTypes(what)
}

func (d draw) inverted(what int, several bool) int {
	if several && d.flag() {
		what |= cdt.Inverted
	}
	return what
}
