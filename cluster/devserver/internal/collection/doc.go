// Package collection evaluates the operations on lists and maps: it takes a
// packed call and the value of a bin, and gives the bin's new value and the operation's
// result as a real server would (docs/wire-cdt-exp.md#1 to 3). It is pure: no I/O, no clock, no state.
//
// A call is parsed against the table in call.go and runs on a target, the list
// or map that it is about: the bin's whole value, or what a context leads to (context.go). The
// operations that pick elements, to answer them or to remove them, share one
// selector (selector*.go): it turns an index, a rank, a key, a value or a range of them into a selection, and
// answer.go turns a selection into what the return type asks for. Reading and
// removing differ only in what happens to the target afterwards.
//
// Values are never changed in place: what an operation changes it builds anew,
// and shares the rest with the old value.
package collection

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// An Env is what calls need from their surroundings. Nil stands for one without
// expressions and with the default record size.
type Env struct {
	// MaxRecordSize bounds, in bytes, what an index far behind a list's end may
	// make of it; 0 means protocol.MaxRecordSize.
	MaxRecordSize int
	// Compile builds an expression of a path call from its packed form; false
	// means that it is malformed. Nil refuses every expression.
	Compile func(packed []byte) (Expression, bool)
}

func (e *Env) maxRecordSize() int {
	if e == nil || e.MaxRecordSize == 0 {
		return protocol.MaxRecordSize
	}
	return e.MaxRecordSize
}

func (e *Env) compile(packed []byte) (Expression, bool) {
	if e == nil || e.Compile == nil {
		return nil, false
	}
	return e.Compile(packed)
}

// Apply evaluates one packed call on a bin's value; nil stands for a bin that
// does not exist. modify tells whether the operation may change the bin; a call that may
// not is refused as a parameter error.
//
// newBin is the bin's value afterwards, with [protocol.PersistIndex] in its order
// where the server would keep an index (see [Visible]); nil means that the bin still does not exist. A nil
// result means that the operation has none. Unless the code is OK the other
// results are not valid. Both share memory with bin and packed.
func Apply(env *Env, packed []byte, bin protocol.Value, modify bool) (newBin, result protocol.Value, code protocol.ResultCode) {
	c, ok := parseCall(packed)
	if !ok {
		return bin, protocol.Nil(), protocol.ParameterError
	}
	t := &target{env: env, bin: bin, value: bin, modify: modify, top: true}
	switch c.op {
	case opSelect:
		code = selectPath(t, &c)
	case opContext:
		code = inContext(t, &c)
	default:
		code = perform(t, &c)
	}
	if code != protocol.OK {
		return bin, protocol.Nil(), code
	}
	if _, opaque := call.Opaque(t.result); opaque {
		return bin, protocol.Nil(), protocol.ServerError // no bin can hold it
	}
	return t.bin, particleOf(t.result), protocol.OK
}
