package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

var mapCalls = map[string]call{
	"MapCreate": func(d draw) (protocol.Operation, *as.Operation) {
		order, same := d.mapOrder()
		return cdt.MapCreate(bin, order), as.MapCreateOp(bin, same, nil)
	},
	"MapCreate persisted": func(d draw) (protocol.Operation, *as.Operation) {
		order, same := d.mapOrder()
		return cdt.MapCreate(bin, order|protocol.PersistIndex), as.MapCreateWithIndexOp(bin, same)
	},
	"MapCreate in": func(d draw) (protocol.Operation, *as.Operation) {
		order, same := d.mapOrder()
		in, ctx := d.plainContext()
		return cdt.MapCreate(bin, order, in), as.MapCreateOp(bin, same, ctx)
	},
	"MapSetOrder": func(d draw) (protocol.Operation, *as.Operation) {
		policy, same := d.mapPolicy()
		in, ctx := d.context(0)
		return cdt.MapSetOrder(bin, policy.Order, in), as.MapSetPolicyOp(same, bin, ctx...)
	},
	"MapPut": func(d draw) (protocol.Operation, *as.Operation) {
		k, v := d.key(), d.value()
		return cdt.MapPut(bin, k.ours, v.ours), as.MapPutOp(as.DefaultMapPolicy(), bin, k.theirs, v.theirs)
	},
	"MapPut policy in": func(d draw) (protocol.Operation, *as.Operation) {
		k, v := d.key(), d.value()
		policy, same := d.mapPolicy()
		in, ctx := d.context(0)
		return cdt.MapPut(bin, k.ours, v.ours, policy, in), as.MapPutOp(same, bin, k.theirs, v.theirs, ctx...)
	},
	"MapPutItems policy in": func(d draw) (protocol.Operation, *as.Operation) {
		m := maps(drawnValues, 0, 17).Draw(d.T, "entries")
		pairs, _ := m.ours.Map()
		policy, same := d.mapPolicy()
		in, ctx := d.context(0)
		return cdt.MapPutItems(bin, pairs, policy, in), as.MapPutItemsOp(same, bin, m.theirs.(map[any]any), ctx...)
	},
	"MapIncrement": func(d draw) (protocol.Operation, *as.Operation) {
		k, v := d.key(), d.number()
		policy, same := d.mapPolicy()
		in, ctx := d.context(0)
		return cdt.MapIncrement(bin, k.ours, v.ours, policy, in), as.MapIncrementOp(same, bin, k.theirs, v.theirs, ctx...)
	},
	"MapDecrement": func(d draw) (protocol.Operation, *as.Operation) {
		k, v := d.key(), d.number()
		policy, same := d.mapPolicy()
		in, ctx := d.context(0)
		return cdt.MapDecrement(bin, k.ours, v.ours, policy, in), as.MapDecrementOp(same, bin, k.theirs, v.theirs, ctx...)
	},
	"MapClear": func(d draw) (protocol.Operation, *as.Operation) {
		in, ctx := d.context(0)
		return cdt.MapClear(bin, in), as.MapClearOp(bin, ctx...)
	},
	"MapSize": func(d draw) (protocol.Operation, *as.Operation) {
		in, ctx := d.context(0)
		return cdt.MapSize(bin, in), as.MapSizeOp(bin, ctx...)
	},
}
