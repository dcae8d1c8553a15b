package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

var listWrites = map[string]call{
	"ListSetOrder": func(d draw) (protocol.Operation, *as.Operation) {
		order := d.choose(2)
		in, ctx := d.context(0)
		return cdt.ListSetOrder(bin, protocol.Order(order), in), as.ListSetOrderOp(bin, as.ListOrderType(order), ctx...)
	},
	"ListSetOrder persisted": func(d draw) (protocol.Operation, *as.Operation) {
		order := d.choose(2)
		in, ctx := d.context(0)
		return cdt.ListSetOrder(bin, protocol.Order(order)|protocol.PersistIndex, in), as.ListSetOrderWithIndexOp(bin, as.ListOrderType(order), ctx...)
	},
	"ListCreate": func(d draw) (protocol.Operation, *as.Operation) {
		order := d.choose(2)
		return cdt.ListCreate(bin, protocol.Order(order)), as.ListCreateOp(bin, as.ListOrderType(order), d.flag())
	},
	"ListCreate persisted": func(d draw) (protocol.Operation, *as.Operation) {
		order := d.choose(2)
		return cdt.ListCreate(bin, protocol.Order(order)|protocol.PersistIndex), as.ListCreateWithIndexOp(bin, as.ListOrderType(order), d.flag())
	},
	"ListCreate in": func(d draw) (protocol.Operation, *as.Operation) {
		order := d.choose(2)
		in, ctx := d.plainContext()
		return cdt.ListCreate(bin, protocol.Order(order), in), as.ListCreateOp(bin, as.ListOrderType(order), false, ctx...)
	},
	"ListCreate persisted in": func(d draw) (protocol.Operation, *as.Operation) {
		order := d.choose(2)
		in, ctx := d.plainContext()
		return cdt.ListCreate(bin, protocol.Order(order)|protocol.PersistIndex, in), as.ListCreateWithIndexOp(bin, as.ListOrderType(order), false, ctx...)
	},
	"ListCreate padded in": func(d draw) (protocol.Operation, *as.Operation) {
		in, ctx := d.context(0)
		n := d.index()
		return cdt.ListCreate(bin, protocol.Unordered, in, cdt.In(cdt.ListIndexPad(n))),
			as.ListCreateOp(bin, as.ListOrderUnordered, true, append(ctx, as.CtxListIndex(n))...)
	},
	"ListAppend": func(d draw) (protocol.Operation, *as.Operation) {
		v := d.value()
		return cdt.ListAppend(bin, v.ours), as.ListAppendOp(bin, v.theirs)
	},
	"ListAppend policy": func(d draw) (protocol.Operation, *as.Operation) {
		v := d.value()
		ours, theirs := d.listPolicy()
		return cdt.ListAppend(bin, v.ours, ours), as.ListAppendWithPolicyOp(theirs, bin, v.theirs)
	},
	"ListAppend policy in": func(d draw) (protocol.Operation, *as.Operation) {
		v := d.value()
		ours, theirs := d.listPolicy()
		in, ctx := d.context(0)
		return cdt.ListAppend(bin, v.ours, in, ours), as.ListAppendWithPolicyContextOp(theirs, bin, ctx, v.theirs)
	},
	"ListAppendItems": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.items()
		return cdt.ListAppendItems(bin, ours(l)), as.ListAppendOp(bin, theirs(l)...)
	},
	"ListAppendItems policy": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.items()
		policy, same := d.listPolicy()
		return cdt.ListAppendItems(bin, ours(l), policy), as.ListAppendWithPolicyOp(same, bin, theirs(l)...)
	},
	"ListAppendItems policy in": func(d draw) (protocol.Operation, *as.Operation) {
		l := d.items()
		policy, same := d.listPolicy()
		in, ctx := d.context(0)
		return cdt.ListAppendItems(bin, ours(l), policy, in), as.ListAppendWithPolicyContextOp(same, bin, ctx, theirs(l)...)
	},
	"ListInsert": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.value()
		return cdt.ListInsert(bin, n, v.ours), as.ListInsertOp(bin, n, v.theirs)
	},
	"ListInsert policy": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.value()
		policy, same := d.listPolicy()
		return cdt.ListInsert(bin, n, v.ours, policy), as.ListInsertWithPolicyOp(same, bin, n, v.theirs)
	},
	"ListInsert policy in": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.value()
		policy, same := d.listPolicy()
		in, ctx := d.context(0)
		return cdt.ListInsert(bin, n, v.ours, policy, in), as.ListInsertWithPolicyContextOp(same, bin, n, ctx, v.theirs)
	},
	"ListInsertItems": func(d draw) (protocol.Operation, *as.Operation) {
		n, l := d.index(), d.items()
		return cdt.ListInsertItems(bin, n, ours(l)), as.ListInsertOp(bin, n, theirs(l)...)
	},
	"ListInsertItems policy": func(d draw) (protocol.Operation, *as.Operation) {
		n, l := d.index(), d.items()
		policy, same := d.listPolicy()
		return cdt.ListInsertItems(bin, n, ours(l), policy), as.ListInsertWithPolicyOp(same, bin, n, theirs(l)...)
	},
	"ListInsertItems policy in": func(d draw) (protocol.Operation, *as.Operation) {
		n, l := d.index(), d.items()
		policy, same := d.listPolicy()
		in, ctx := d.context(0)
		return cdt.ListInsertItems(bin, n, ours(l), policy, in), as.ListInsertWithPolicyContextOp(same, bin, n, ctx, theirs(l)...)
	},
	"ListSet": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.value()
		in, ctx := d.context(0)
		return cdt.ListSet(bin, n, v.ours, in), as.ListSetOp(bin, n, v.theirs, ctx...)
	},
	"ListSet policy": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.value()
		policy, same := d.listPolicy()
		in, ctx := d.context(0)
		return cdt.ListSet(bin, n, v.ours, policy, in), as.ListSetWithPolicyOp(same, bin, n, v.theirs, ctx...)
	},
	"ListIncrement": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.number()
		in, ctx := d.context(0)
		return cdt.ListIncrement(bin, n, v.ours, in), as.ListIncrementOp(bin, n, v.theirs, ctx...)
	},
	"ListIncrement by one": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListIncrement(bin, n, protocol.Nil(), in), as.ListIncrementByOneOp(bin, n, ctx...)
	},
	"ListIncrement by one policy": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		policy, same := d.listPolicy()
		in, ctx := d.context(0)
		return cdt.ListIncrement(bin, n, protocol.Nil(), policy, in), as.ListIncrementByOneWithPolicyOp(same, bin, n, ctx...)
	},
	"ListIncrement policy": func(d draw) (protocol.Operation, *as.Operation) {
		n, v := d.index(), d.number()
		policy, same := d.listPolicy()
		in, ctx := d.context(0)
		return withoutOrder(d, cdt.ListIncrement(bin, n, v.ours, policy, in)), as.ListIncrementWithPolicyOp(same, bin, n, v.theirs, ctx...)
	},
	"ListSort": func(d draw) (protocol.Operation, *as.Operation) {
		flags := d.flags(3)
		in, ctx := d.context(0)
		return cdt.ListSort(bin, cdt.SortFlags(flags), in), as.ListSortOp(bin, as.ListSortFlags(flags), ctx...)
	},
}

// withoutOrder removes the order from an increment with a policy. The official client leaves the
// order out, so that the server reads its flags as the order.
func withoutOrder(d draw, op protocol.Operation) protocol.Operation {
	parsed, err := cdt.Parse(op)
	require.NoError(d, err)
	require.Len(d, parsed.Args, 4)
	parsed.Args = append(parsed.Args[:2:2], parsed.Args[3])
	return parsed.Operation()
}

var listReads = map[string]call{
	"ListSize": func(d draw) (protocol.Operation, *as.Operation) {
		in, ctx := d.context(0)
		return cdt.ListSize(bin, in), as.ListSizeOp(bin, ctx...)
	},
	"ListClear": func(d draw) (protocol.Operation, *as.Operation) {
		in, ctx := d.context(0)
		return cdt.ListClear(bin, in), as.ListClearOp(bin, ctx...)
	},
	"ListTrim": func(d draw) (protocol.Operation, *as.Operation) {
		n, count := d.index(), d.count()
		in, ctx := d.context(0)
		return cdt.ListTrim(bin, n, count, in), as.ListTrimOp(bin, n, count, ctx...)
	},
	"ListGetAt": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListGetAt(bin, n, in), as.ListGetOp(bin, n, ctx...)
	},
	"ListGetRange": func(d draw) (protocol.Operation, *as.Operation) {
		n, count := d.index(), d.count()
		in, ctx := d.context(0)
		return cdt.ListGetRange(bin, n, count, in), as.ListGetRangeOp(bin, n, count, ctx...)
	},
	"ListGetRange to end": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListGetRange(bin, n, cdt.ToEnd, in), as.ListGetRangeFromOp(bin, n, ctx...)
	},
	"ListPop": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListPop(bin, n, in), as.ListPopOp(bin, n, ctx...)
	},
	"ListPopRange": func(d draw) (protocol.Operation, *as.Operation) {
		n, count := d.index(), d.several()
		in, ctx := d.context(0)
		return cdt.ListPopRange(bin, n, count, in), as.ListPopRangeOp(bin, n, count, ctx...)
	},
	"ListPopRange to end": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListPopRange(bin, n, cdt.ToEnd, in), as.ListPopRangeFromOp(bin, n, ctx...)
	},
	"ListRemoveAt": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListRemoveAt(bin, n, in), as.ListRemoveOp(bin, n, ctx...)
	},
	"ListRemoveRange": func(d draw) (protocol.Operation, *as.Operation) {
		n, count := d.index(), d.several()
		in, ctx := d.context(0)
		return cdt.ListRemoveRange(bin, n, count, in), as.ListRemoveRangeOp(bin, n, count, ctx...)
	},
	"ListRemoveRange to end": func(d draw) (protocol.Operation, *as.Operation) {
		n := d.index()
		in, ctx := d.context(0)
		return cdt.ListRemoveRange(bin, n, cdt.ToEnd, in), as.ListRemoveRangeFromOp(bin, n, ctx...)
	},
}
