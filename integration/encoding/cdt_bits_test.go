package encoding

import (
	as "github.com/aerospike/aerospike-client-go/v8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func (d draw) bitPolicy() (cdt.BitFlags, *as.BitPolicy) {
	flags := d.flags(15)
	return cdt.BitFlags(flags), as.NewBitPolicy(flags)
}

func (d draw) sign() (cdt.Sign, bool) {
	if d.flag() {
		return cdt.Signed, true
	}
	return cdt.Unsigned, false
}

func (d draw) overflow() (cdt.Overflow, as.BitOverflowAction) {
	switch d.choose(3) {
	case 0:
		return cdt.OverflowFail, as.BitOverflowActionFail
	case 1:
		return cdt.OverflowSaturate, as.BitOverflowActionSaturate
	}
	return cdt.OverflowWrap, as.BitOverflowActionWrap
}

var bitCalls = map[string]call{
	"BitResize": func(d draw) (protocol.Operation, *as.Operation) {
		size, how := d.count(), d.flags(7)
		flags, policy := d.bitPolicy()
		return cdt.BitResize(bin, size, cdt.ResizeFlags(how), flags), as.BitResizeOp(policy, bin, size, as.BitResizeFlags(how))
	},
	"BitInsert": func(d draw) (protocol.Operation, *as.Operation) {
		at, b := d.index(), d.bytes()
		flags, policy := d.bitPolicy()
		return cdt.BitInsert(bin, at, b, flags), as.BitInsertOp(policy, bin, at, b)
	},
	"BitRemove": func(d draw) (protocol.Operation, *as.Operation) {
		at, size := d.index(), d.count()
		flags, policy := d.bitPolicy()
		return cdt.BitRemove(bin, at, size, flags), as.BitRemoveOp(policy, bin, at, size)
	},
	"BitSet": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, b := d.index(), d.count(), d.bytes()
		flags, policy := d.bitPolicy()
		return cdt.BitSet(bin, at, size, b, flags), as.BitSetOp(policy, bin, at, size, b)
	},
	"BitOr": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, b := d.index(), d.count(), d.bytes()
		flags, policy := d.bitPolicy()
		return cdt.BitOr(bin, at, size, b, flags), as.BitOrOp(policy, bin, at, size, b)
	},
	"BitXor": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, b := d.index(), d.count(), d.bytes()
		flags, policy := d.bitPolicy()
		return cdt.BitXor(bin, at, size, b, flags), as.BitXorOp(policy, bin, at, size, b)
	},
	"BitAnd": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, b := d.index(), d.count(), d.bytes()
		flags, policy := d.bitPolicy()
		return cdt.BitAnd(bin, at, size, b, flags), as.BitAndOp(policy, bin, at, size, b)
	},
	"BitNot": func(d draw) (protocol.Operation, *as.Operation) {
		at, size := d.index(), d.count()
		flags, policy := d.bitPolicy()
		return cdt.BitNot(bin, at, size, flags), as.BitNotOp(policy, bin, at, size)
	},
	"BitShiftLeft": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, shift := d.index(), d.count(), d.count()
		flags, policy := d.bitPolicy()
		return cdt.BitShiftLeft(bin, at, size, shift, flags), as.BitLShiftOp(policy, bin, at, size, shift)
	},
	"BitShiftRight": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, shift := d.index(), d.count(), d.count()
		flags, policy := d.bitPolicy()
		return cdt.BitShiftRight(bin, at, size, shift, flags), as.BitRShiftOp(policy, bin, at, size, shift)
	},
	"BitAdd": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, n := d.index(), d.count(), d.int64()
		flags, policy := d.bitPolicy()
		sign, signed := d.sign()
		overflow, action := d.overflow()
		return cdt.BitAdd(bin, at, size, n, sign, overflow, flags), as.BitAddOp(policy, bin, at, size, n, signed, action)
	},
	"BitSubtract": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, n := d.index(), d.count(), d.int64()
		flags, policy := d.bitPolicy()
		sign, signed := d.sign()
		overflow, action := d.overflow()
		return cdt.BitSubtract(bin, at, size, n, sign, overflow, flags), as.BitSubtractOp(policy, bin, at, size, n, signed, action)
	},
	"BitSetInt": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, n := d.index(), d.count(), d.int64()
		flags, policy := d.bitPolicy()
		return cdt.BitSetInt(bin, at, size, n, flags), as.BitSetIntOp(policy, bin, at, size, n)
	},
	"BitGet": func(d draw) (protocol.Operation, *as.Operation) {
		at, size := d.index(), d.count()
		return cdt.BitGet(bin, at, size), as.BitGetOp(bin, at, size)
	},
	"BitCount": func(d draw) (protocol.Operation, *as.Operation) {
		at, size := d.index(), d.count()
		return cdt.BitCount(bin, at, size), as.BitCountOp(bin, at, size)
	},
	"BitScanLeft": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, bit := d.index(), d.count(), d.flag()
		return cdt.BitScanLeft(bin, at, size, bit), as.BitLScanOp(bin, at, size, bit)
	},
	"BitScanRight": func(d draw) (protocol.Operation, *as.Operation) {
		at, size, bit := d.index(), d.count(), d.flag()
		return cdt.BitScanRight(bin, at, size, bit), as.BitRScanOp(bin, at, size, bit)
	},
	"BitGetInt": func(d draw) (protocol.Operation, *as.Operation) {
		at, size := d.index(), d.count()
		sign, signed := d.sign()
		return cdt.BitGetInt(bin, at, size, sign), as.BitGetIntOp(bin, at, size, signed)
	},
}
