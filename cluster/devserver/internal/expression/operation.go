package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// Flags of the operations (docs/wire-cdt-exp.md#7.6).
const (
	flagCreateOnly   = uint64(exp.WriteCreateOnly)
	flagUpdateOnly   = uint64(exp.WriteUpdateOnly)
	flagAllowDelete  = uint64(exp.WriteAllowDelete)
	flagPolicyNoFail = uint64(exp.WritePolicyNoFail)
	flagEvalNoFail   = uint64(exp.WriteEvalNoFail) // the same bit as exp.ReadEvalNoFail

	flagsRead   = flagEvalNoFail
	flagsModify = flagCreateOnly | flagUpdateOnly | flagAllowDelete | flagPolicyNoFail | flagEvalNoFail
)

// An Operation is an expression that is read or written as an operation of a command.
type Operation struct {
	expression *Expression
	flags      uint64
}

// ParseRead checks the value of an EXP_READ operation and prepares it. The operation
// keeps a reference to packed.
func ParseRead(packed []byte) (*Operation, protocol.ResultCode) {
	return parseOperation(packed, flagsRead)
}

// ParseModify is ParseRead for an EXP_MODIFY operation.
func ParseModify(packed []byte) (*Operation, protocol.ResultCode) {
	return parseOperation(packed, flagsModify)
}

// parseOperation reads an array of an expression and flags. What is no integer is
// taken for no flags, and what follows is never looked at.
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

// Read evaluates the operation for an answer: no bin for nil, and for what is
// unknown if the flags forgive that.
func (o *Operation) Read(r Record) (Bin, protocol.ResultCode) {
	b, ok := o.expression.Eval(r)
	if !ok {
		return Bin{}, o.forgiven(protocol.OpNotApplicable, flagEvalNoFail)
	}
	return b, protocol.OK
}

// A Change is what an operation does to its bin.
type Change uint8

// The changes.
const (
	Keep   Change = iota // the bin stays as it is, or missing
	Set                  // the bin gets the value
	Delete               // the bin is removed
)

// Modify evaluates the operation for a bin that exists or not. What is to be
// stored may share memory with the record and the packed expression.
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
	// Any flag at all keeps the server from complaining.
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

// forgiven returns the code, or OK if one of the flags is set.
func (o *Operation) forgiven(code protocol.ResultCode, flags uint64) protocol.ResultCode {
	if o.flags&flags != 0 {
		return protocol.OK
	}
	return code
}
