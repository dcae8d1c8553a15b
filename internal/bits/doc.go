// Package bits evaluates bit operations on blobs as a real server does (docs/wire-cdt-exp.md#4.1).
// It does no I/O: it maps packed calls and values to values and result codes.
//
// A call is parsed with the table in operations.go. Then its range of bits is located (locate.go)
// and the operation runs on it.
package bits

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// Modify evaluates a packed call that modifies a blob. bin is nil if the bin does not exist. Modify
// returns the bin's new value, nil if the bin still does not exist. There is no result.
//
// The caller must check first that the operation of the request has the type
// [protocol.ParticleBlob]; any other type is a type error.
func Modify(packed []byte, bin protocol.Value) (protocol.Value, protocol.ResultCode) {
	c, ok := parse(packed, true)
	if !ok {
		return bin, protocol.ParameterError
	}
	if bin.IsNil() {
		if !c.op.creates || c.flags&cdt.UpdateOnly != 0 {
			return bin, c.flags.Fail(protocol.BinNotFound)
		}
	} else {
		if c.flags&cdt.CreateOnly != 0 {
			return bin, c.flags.Fail(protocol.BinExists)
		}
		if bin.Particle() != protocol.ParticleBlob {
			return bin, protocol.BinTypeError
		}
	}
	old, _ := bin.Bytes()
	if bin.IsNil() && c.offset < 0 {
		return bin, protocol.ParameterError
	}
	if !c.normalize(len(old)) {
		return bin, protocol.ParameterError
	}
	blob, code := c.op.modify(c, old)
	if code != protocol.OK || blob == nil {
		return bin, code
	}
	return protocol.Blob(blob), protocol.OK
}

// Read evaluates a packed call that reads the value of an existing bin.
func Read(packed []byte, bin protocol.Value) (result protocol.Value, code protocol.ResultCode) {
	c, ok := parse(packed, false)
	if !ok {
		return protocol.Nil(), protocol.ParameterError
	}
	if bin.Particle() != protocol.ParticleBlob {
		return protocol.Nil(), protocol.BinTypeError
	}
	blob, _ := bin.Bytes()
	if !c.normalize(len(blob)) {
		return protocol.Nil(), protocol.ParameterError
	}
	f, ok := c.locate(blob)
	if !ok {
		return protocol.Nil(), protocol.OpNotApplicable
	}
	return c.op.read(c, f), protocol.OK
}

// parse reads a call's number and its arguments according to the table.
func parse(packed []byte, modify bool) (*invocation, bool) {
	op, args, ok := call.Lookup(packed, operations[:])
	if !ok || op.args == nil || (op.modify != nil) != modify {
		return nil, false
	}
	c := &invocation{op: op}
	return c, call.Parse(args, c, op.args, op.optional)
}
