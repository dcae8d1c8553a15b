package exp

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// ReadFlags change how [Read] fails.
type ReadFlags uint8

// WriteFlags change what [Write] does to the bin and how it fails.
type WriteFlags uint8

// Flags of expression operations. Zero is the default.
const (
	// ReadEvalNoFail returns nil if the result is unknown, instead of OpNotApplicable.
	ReadEvalNoFail ReadFlags = 1 << 4

	// WriteCreateOnly fails with BinExists if the bin exists.
	WriteCreateOnly WriteFlags = 1 << 0
	// WriteUpdateOnly fails with BinNotFound if the bin does not exist.
	WriteUpdateOnly WriteFlags = 1 << 1
	// WriteAllowDelete deletes the bin if the result is nil. Without it a nil result is
	// OpNotApplicable.
	WriteAllowDelete WriteFlags = 1 << 2
	// WritePolicyNoFail does nothing instead of failing if WriteCreateOnly or WriteUpdateOnly
	// forbids the write.
	WritePolicyNoFail WriteFlags = 1 << 3
	// WriteEvalNoFail does nothing instead of failing with OpNotApplicable if the result is
	// unknown.
	WriteEvalNoFail WriteFlags = 1 << 4
)

// Read evaluates an expression on the record and returns its result as a bin with the given name,
// which need not be the name of a bin of the record.
//
// It fails with OpNotApplicable if the result is unknown, unless flags have ReadEvalNoFail. If the
// expression cannot be packed the command returns the error. Needs server 5.6.
func Read(name string, e Expression, flags ReadFlags) protocol.Operation {
	return operation(protocol.OpExpRead, name, e, int64(flags))
}

// Write evaluates an expression on the record and writes its result to a bin.
//
// It fails with OpNotApplicable if the result is unknown, unless flags have WriteEvalNoFail, and as
// described with the other flags. If the expression cannot be packed the command returns the error.
// Needs server 5.6.
func Write(bin string, e Expression, flags WriteFlags) protocol.Operation {
	return operation(protocol.OpExpModify, bin, e, int64(flags))
}

// maxOperationFrame is the most bytes that an operation adds to its expression: the array header
// and the flags.
const maxOperationFrame = 16

func operation(code protocol.OpCode, bin string, e Expression, flags int64) protocol.Operation {
	op := protocol.Operation{Code: code, Bin: bin}
	dst := appendArray(make([]byte, 0, 64), 2)
	root := nodeOf(e)
	dst, err := root.appendTo(dst, 0)
	if err == nil && len(dst) > MaxSize+1 {
		err = fmt.Errorf("%w: expression has %d bytes, the limit is %d", protocol.ErrTooLarge, len(dst)-1, MaxSize)
	}
	if err != nil {
		op.Value = protocol.InvalidValue(err)
		return op
	}
	op.Value = protocol.Blob(appendInt(dst, flags))
	return op
}

// ParseOperation parses the value of an expression operation: the expression and its flags, which
// are 0 if they are missing. Errors are those of [Parse].
func ParseOperation(packed []byte) (n *Node, flags int64, err error) {
	p := parser{buf: packed, budget: 2}
	count, err := p.array()
	if err != nil {
		return nil, 0, err
	}
	if count == 0 {
		return nil, 0, malformed("operation without an expression")
	}
	if n, p.buf, err = parsePrefix(p.buf); err != nil {
		return nil, 0, err
	}
	if count == 2 {
		if flags, err = p.integer(); err != nil {
			return nil, 0, err
		}
	}
	if len(p.buf) != 0 {
		return nil, 0, malformed("%d trailing bytes after an operation", len(p.buf))
	}
	return n, flags, nil
}
