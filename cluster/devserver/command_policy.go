package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A writePolicy is the combined effect of a write's flags and operations.
type writePolicy struct {
	mustExist bool // fail if the record does not exist
	replace   bool // start with no bins
}

// checkPolicy checks that a write's flags and operations are compatible, before the record is read
// (docs/wire-core.md#5.4).
func (c *command) checkPolicy() (writePolicy, protocol.ResultCode) {
	m := c.message
	policy := writePolicy{
		mustExist: m.Info3&(wire.Info3UpdateOnly|wire.Info3ReplaceOnly) != 0,
		replace:   m.Info3&(wire.Info3CreateOrReplace|wire.Info3ReplaceOnly) != 0,
	}
	if len(m.Ops) == 0 || len(m.Ops) > protocol.MaxOps {
		return policy, protocol.ParameterError
	}
	var reads, answers, readAll bool
	for i := range m.Ops {
		op := &m.Ops[i]
		switch {
		case op.Code == protocol.OpTouch:
			policy.mustExist = true
		case !validBinName(op.Name):
			return policy, protocol.BinNameTooLong
		case c.isReadAll(op):
			if c.respondAll() || readAll {
				return policy, protocol.ParameterError
			}
			reads, readAll = true, true
		case isRead(op.Code):
			reads, answers = true, true
		case op.Code == protocol.OpCDTModify || op.Code == protocol.OpHLLModify:
			answers = true
		}
		if policy.replace && needsOldBins(op) {
			return policy, protocol.ParameterError
		}
	}
	if reads && m.Info1&wire.Info1Read == 0 || readAll && answers ||
		m.Info1&wire.Info1GetAll != 0 && !readAll {
		return policy, protocol.ParameterError
	}
	return policy, protocol.OK
}

func (c *command) isReadAll(op *wire.RawOp) bool {
	return op.Code == protocol.OpRead && len(op.Name) == 0 && c.message.Info1&wire.Info1GetAll != 0
}

func isRead(code protocol.OpCode) bool {
	switch code {
	case protocol.OpRead, protocol.OpCDTRead, protocol.OpBitsRead, protocol.OpHLLRead, protocol.OpExpRead:
		return true
	}
	return false
}

// needsOldBins reports whether the operation is invalid in a command that replaces all bins.
func needsOldBins(op *wire.RawOp) bool {
	switch op.Code {
	case protocol.OpWrite:
		return op.Type == protocol.ParticleNull
	case protocol.OpTouch, protocol.OpDelete, protocol.OpAdd, protocol.OpAppend, protocol.OpPrepend,
		protocol.OpBitsModify, protocol.OpHLLModify, protocol.OpCDTModify:
		return true
	}
	return false
}
