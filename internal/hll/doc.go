// Package hll evaluates operations on HyperLogLog values as a real server does
// (docs/wire-cdt-exp.md#4.2 and 4.3). Registers and estimates are equal bit by bit. The package
// does no I/O: it maps packed calls and values to values and result codes.
//
// sketch.go defines the layout of a value and its registers, estimate.go computes counts and
// similarities, call.go and operations.go implement the operations.
package hll

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// Modify evaluates a packed call that modifies a value. bin is nil if the bin does not exist.
// Modify returns the bin's new value, nil if the bin still does not exist, and the operation's
// result, nil if it has none.
func Modify(packed []byte, bin protocol.Value) (newBin, result protocol.Value, code protocol.ResultCode) {
	c, code := parse(packed, bin, true)
	if code != protocol.OK {
		return bin, protocol.Nil(), code
	}
	switch {
	case c.old != nil && c.flags&cdt.CreateOnly != 0:
		return bin, protocol.Nil(), c.flags.Fail(protocol.BinExists)
	case c.old == nil && c.flags&cdt.UpdateOnly != 0:
		return bin, protocol.Nil(), c.flags.Fail(protocol.BinNotFound)
	}
	changed, result, code := c.op.modify(c)
	if code != protocol.OK {
		return bin, protocol.Nil(), code
	}
	return protocol.HLL(changed), result, protocol.OK
}

// Read evaluates a packed call that reads the value of an existing bin.
func Read(packed []byte, bin protocol.Value) (result protocol.Value, code protocol.ResultCode) {
	c, code := parse(packed, bin, false)
	if code != protocol.OK {
		return protocol.Nil(), code
	}
	return c.op.read(c)
}

// Valid reports whether a client may write the bytes as a HyperLogLog value: no flags, numbers of
// bits in their ranges, and the length that they require.
func Valid(b []byte) bool {
	_, ok := parseSketch(b)
	return ok && validBits(int64(b[offIndexBits]), int64(b[offMinhashBits]))
}
