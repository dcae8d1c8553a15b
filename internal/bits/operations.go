package bits

import (
	"math"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// invocation is a call with its arguments.
type invocation struct {
	op     *operation
	offset int64 // in bits
	size   int64 // in bits
	value  uint64
	buf    []byte
	flags  call.Flags
	action uint64 // the flags of a resize or of arithmetic
}

// Flags of resize and of integer operations.
const (
	resizeFromFront  = uint64(cdt.ResizeFromFront)
	resizeGrowOnly   = uint64(cdt.ResizeGrowOnly)
	resizeShrinkOnly = uint64(cdt.ResizeShrinkOnly)

	actionSigned   = uint64(cdt.Signed)
	actionSaturate = uint64(cdt.OverflowSaturate)
	actionWrap     = uint64(cdt.OverflowWrap)
)

// parser reads one argument and reports whether it is valid.
type parser = call.Parser[invocation]

// An operation is a row of the table. Either modify or read is set.
type operation struct {
	args     []parser
	optional int  // number of arguments that may be left out
	creates  bool // works on a missing bin
	// modify returns the new blob, or nil to leave the bin unchanged.
	modify func(*invocation, []byte) ([]byte, protocol.ResultCode)
	read   func(*invocation, field) protocol.Value
}

const (
	sizeFlags  = cdt.CreateOnly | cdt.UpdateOnly | cdt.NoFail
	rangeFlags = cdt.UpdateOnly | cdt.NoFail | cdt.Partial
	mathFlags  = cdt.UpdateOnly | cdt.NoFail
)

// operations is indexed by the number of the operation.
var operations = [...]operation{
	cdt.CodeBitResize:     {args: []parser{byteSizeOrZero, policy(sizeFlags), resizeAction}, optional: 2, creates: true, modify: resize},
	cdt.CodeBitInsert:     {args: []parser{byteOffset, buffer, policy(sizeFlags)}, optional: 1, creates: true, modify: insert},
	cdt.CodeBitRemove:     {args: []parser{byteOffset, byteSize, policy(rangeFlags)}, optional: 1, modify: remove},
	cdt.CodeBitSet:        {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(set)},
	cdt.CodeBitOr:         {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(or)},
	cdt.CodeBitXor:        {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(xor)},
	cdt.CodeBitAnd:        {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(and)},
	cdt.CodeBitNot:        {args: []parser{bitOffset, bitSize, policy(rangeFlags)}, optional: 1, modify: overwrite(not)},
	cdt.CodeBitShiftLeft:  {args: []parser{bitOffset, bitSize, shiftWidth, policy(rangeFlags)}, optional: 1, modify: overwrite(leftShift)},
	cdt.CodeBitShiftRight: {args: []parser{bitOffset, bitSize, shiftWidth, policy(rangeFlags)}, optional: 1, modify: overwrite(rightShift)},
	cdt.CodeBitAdd:        {args: []parser{bitOffset, integerSize, integer, policy(mathFlags), arithmeticAction}, optional: 2, modify: arithmetic(add)},
	cdt.CodeBitSubtract:   {args: []parser{bitOffset, integerSize, integer, policy(mathFlags), arithmeticAction}, optional: 2, modify: arithmetic(subtract)},
	cdt.CodeBitSetInt:     {args: []parser{bitOffset, integerSize, integer, policy(mathFlags)}, optional: 1, modify: arithmetic(setInteger)},

	cdt.CodeBitGet:       {args: []parser{bitOffset, bitSize}, read: get},
	cdt.CodeBitCount:     {args: []parser{bitOffset, bitSize}, read: countOnes},
	cdt.CodeBitScanLeft:  {args: []parser{bitOffset, bitSize, boolean}, read: scanLeft},
	cdt.CodeBitScanRight: {args: []parser{bitOffset, bitSize, boolean}, read: scanRight},
	cdt.CodeBitGetInt:    {args: []parser{bitOffset, integerSize, signedness}, optional: 1, read: getInteger},
}

// Limits of arguments. A blob cannot be larger than a message.
const (
	maxBytes = protocol.MaxProtoSize
	maxBits  = maxBytes * 8
)

func offsetArgument(c *invocation, r *call.Reader, unit, limit int64) bool {
	n, ok := r.Int()
	if ok && n == math.MinInt64 {
		n = 0 // the server's check computes the absolute value, which overflows, and keeps the low half
	}
	if !ok || n > limit || n < -limit {
		return false
	}
	c.offset = n * unit
	return true
}

func byteOffset(c *invocation, r *call.Reader) bool { return offsetArgument(c, r, 8, maxBytes) }

func bitOffset(c *invocation, r *call.Reader) bool { return offsetArgument(c, r, 1, maxBits) }

func sizeArgument(c *invocation, r *call.Reader, unit, least, limit uint64) bool {
	n, ok := r.Uint()
	if !ok || n < least || n > limit {
		return false
	}
	c.size = int64(n * unit)
	return true
}

func byteSize(c *invocation, r *call.Reader) bool { return sizeArgument(c, r, 8, 1, maxBytes) }

func byteSizeOrZero(c *invocation, r *call.Reader) bool { return sizeArgument(c, r, 8, 0, maxBytes) }

func bitSize(c *invocation, r *call.Reader) bool { return sizeArgument(c, r, 1, 1, maxBits) }

func integerSize(c *invocation, r *call.Reader) bool { return sizeArgument(c, r, 1, 1, 64) }

func integer(c *invocation, r *call.Reader) (ok bool) {
	c.value, ok = r.Uint()
	return ok
}

func shiftWidth(c *invocation, r *call.Reader) bool { return integer(c, r) && c.value <= maxBits }

func boolean(c *invocation, r *call.Reader) bool {
	b, ok := r.Bool()
	if b {
		c.value = 1
	}
	return ok
}

// buffer reads a blob. It ignores the type byte. The blob must have at least as many bits as the
// size argument; without one it sets the size.
func buffer(c *invocation, r *call.Reader) bool {
	b, ok := r.Bytes()
	if !ok || len(b) <= 1 {
		return false
	}
	c.buf = b[1:]
	have := int64(len(c.buf)) * 8
	if c.size == 0 {
		c.size = have
	}
	return have >= c.size
}

// policy returns a parser of policy flags that allows only the valid ones.
func policy(valid call.Flags) parser {
	return func(c *invocation, r *call.Reader) (ok bool) {
		c.flags, ok = r.Flags(valid)
		return ok
	}
}

func actionArgument(c *invocation, r *call.Reader, valid, exclusive uint64) (ok bool) {
	c.action, ok = r.Uint()
	return ok && c.action&^valid == 0 && (exclusive == 0 || c.action&exclusive != exclusive)
}

func resizeAction(c *invocation, r *call.Reader) bool {
	return actionArgument(c, r, resizeFromFront|resizeGrowOnly|resizeShrinkOnly, resizeGrowOnly|resizeShrinkOnly)
}

func arithmeticAction(c *invocation, r *call.Reader) bool {
	return actionArgument(c, r, actionSigned|actionSaturate|actionWrap, actionSaturate|actionWrap)
}

func signedness(c *invocation, r *call.Reader) bool { return actionArgument(c, r, actionSigned, 0) }
