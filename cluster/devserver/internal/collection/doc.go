// Package collection evaluates operations on lists and maps as a real server does
// (docs/wire-cdt-exp.md#1 to 3): it maps a packed call and the value of a bin to the bin's new
// value and the operation's result. It does no I/O and has no state.
//
// A call is parsed with the table in operations.go and runs on a target: the list or map that is
// the bin's value, or a nested one selected by a context (context.go). The operations that return
// or remove elements share the selectors in selector*.go, which turn an index, rank, key, value or
// range into a selection. answer.go turns a selection into the result that the return type asks
// for. Reads and removals differ only in what happens to the target afterwards.
//
// Values are never modified in place: an operation builds new lists and maps that share unchanged
// elements with the old ones.
package collection

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// An Env is the environment of calls. A nil Env has no expressions and the default record size.
type Env struct {
	// MaxRecordSize limits, in bytes, how far an index after the end can extend a list. 0 means
	// protocol.MaxRecordSize.
	MaxRecordSize int
	// Compile compiles a packed expression of a path call. It reports false if the expression is
	// malformed. If Compile is nil all expressions are invalid.
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

// Apply evaluates one packed call on a bin's value, nil if the bin does not exist. modify reports
// whether the operation may modify the bin; a call of the other kind is a ParameterError.
//
// newBin is the bin's new value, nil if the bin still does not exist. Its order has
// [protocol.PersistIndex] if the server would keep an index (see [Visible]). A nil result means
// that the operation has none. If code is not OK the other results are not valid. Both share memory
// with bin and packed.
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
