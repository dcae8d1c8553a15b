// Package bits evaluates bit operations on blobs as a real server does
// (docs/wire-cdt-exp.md#4.1). It is pure: packed calls and values in, values and result codes out.
//
// A call is parsed against the table in operations.go, then the bits that it is
// about are located (locate.go), and then the operation runs on them.
package bits

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// Modify evaluates a packed call that may change a blob; nil stands for a bin that does not exist. It
// returns the bin's new value, which is nil if the bin still does not exist. There is no result.
//
// In a request the operation must be of [protocol.ParticleBlob]; any other type is
// a type error before anything else is looked at, which is the caller's business.
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

// Read evaluates a packed call that changes nothing on the value of a bin that exists.
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

// parse reads the number of an operation and the arguments that the table asks for.
func parse(packed []byte, modify bool) (*invocation, bool) {
	op, args, ok := call.Lookup(packed, operations[:])
	if !ok || op.args == nil || (op.modify != nil) != modify {
		return nil, false
	}
	c := &invocation{op: op}
	return c, call.Parse(args, c, op.args, op.optional)
}
