package expression

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// Flags of expression operations (docs/wire-cdt-exp.md#7.6).
const (
	flagCreateOnly   = uint64(exp.WriteCreateOnly)
	flagUpdateOnly   = uint64(exp.WriteUpdateOnly)
	flagAllowDelete  = uint64(exp.WriteAllowDelete)
	flagPolicyNoFail = uint64(exp.WritePolicyNoFail)
	flagEvalNoFail   = uint64(exp.WriteEvalNoFail) // the same bit as exp.ReadEvalNoFail

	flagsRead   = flagEvalNoFail
	flagsModify = flagCreateOnly | flagUpdateOnly | flagAllowDelete | flagPolicyNoFail | flagEvalNoFail
)

// An Operation is an expression that a command reads or writes as an operation.
type Operation struct {
	expression *Expression
	flags      uint64
}

// ParseRead compiles the value of an EXP_READ operation. The operation retains packed.
func ParseRead(packed []byte) (*Operation, protocol.ResultCode) {
	return parseOperation(packed, flagsRead)
}

// ParseModify is ParseRead for an EXP_MODIFY operation.
func ParseModify(packed []byte) (*Operation, protocol.ResultCode) {
	return parseOperation(packed, flagsModify)
}

// parseOperation reads an array of an expression and flags. Flags that are not an integer count as
// 0. Bytes after the flags are ignored.
func parseOperation(packed []byte, valid uint64) (*Operation, protocol.ResultCode) {
	r := call.NewReader(packed)
	count, ok := r.Array()
	if !ok || count == 0 || count > 2 {
		return nil, protocol.ParameterError
	}
	body, ok := r.Whole()
	if !ok {
		return nil, protocol.ParameterError
	}
	o := &Operation{}
	if flags, ok := r.Int(); ok {
		o.flags = uint64(flags)
	}
	if o.flags&^valid != 0 {
		return nil, protocol.ParameterError
	}
	var code protocol.ResultCode
	o.expression, code = Parse(body)
	return o, code
}

// Read evaluates the operation for a response. The bin is empty if the result is nil, or if it is
// unknown and the flags allow that.
func (o *Operation) Read(r Record) (Bin, protocol.ResultCode) {
	b, ok := o.expression.Eval(r)
	if !ok {
		return Bin{}, o.forgiven(protocol.OpNotApplicable, flagEvalNoFail)
	}
	return b, protocol.OK
}

// A Change is the effect of an operation on its bin.
type Change uint8

// The changes.
const (
	Keep   Change = iota // leave the bin unchanged, or missing
	Set                  // set the bin to the value
	Delete               // remove the bin
)

// Modify evaluates the operation. exists reports whether its bin exists. The returned bin may share
// memory with the record and the packed expression.
func (o *Operation) Modify(r Record, exists bool) (Change, Bin, protocol.ResultCode) {
	if code := o.policy(exists); code != protocol.OK {
		return Keep, Bin{}, o.forgiven(code, flagPolicyNoFail)
	}
	b, ok := o.expression.Eval(r)
	switch {
	case !ok:
		return Keep, Bin{}, o.forgiven(protocol.OpNotApplicable, flagEvalNoFail)
	case b.Type != protocol.ParticleNull:
		return Set, b, protocol.OK
	case !exists:
		return Keep, Bin{}, protocol.OK
	case o.flags&flagAllowDelete != 0:
		return Delete, Bin{}, protocol.OK
	}
	// With any flag the server does not return an error.
	return Keep, Bin{}, o.forgiven(protocol.OpNotApplicable, flagsModify)
}

func (o *Operation) policy(exists bool) protocol.ResultCode {
	switch {
	case exists && o.flags&flagCreateOnly != 0:
		return protocol.BinExists
	case !exists && o.flags&flagUpdateOnly != 0:
		return protocol.BinNotFound
	}
	return protocol.OK
}

// forgiven returns code, or OK if one of the flags is set.
func (o *Operation) forgiven(code protocol.ResultCode, flags uint64) protocol.ResultCode {
	if o.flags&flags != 0 {
		return protocol.OK
	}
	return code
}
