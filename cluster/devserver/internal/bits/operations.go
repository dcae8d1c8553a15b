package bits

import (
	"math"

	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// invocation is a call with its arguments.
type invocation struct {
	op     *operation
	offset int64 // in bits
	size   int64 // in bits
	value  uint64
	buf    []byte
	flags  uint64
	action uint64 // the flags of a resize or of arithmetic
}

// Policy flags (docs/wire-cdt-exp.md#4.1).
const (
	createOnly = 0x01
	updateOnly = 0x02
	noFail     = 0x04
	partial    = 0x08
)

// What an operation may be asked for besides.
const (
	resizeFromFront  = 0x01
	resizeGrowOnly   = 0x02
	resizeShrinkOnly = 0x04

	actionSigned   = 0x01
	actionSaturate = 0x02
	actionWrap     = 0x04
)

// unlessNoFail returns the code, or OK if the flags turn failures into nothing happening.
func (c *invocation) unlessNoFail(code protocol.ResultCode) protocol.ResultCode {
	if c.flags&noFail != 0 {
		return protocol.OK
	}
	return code
}

// parser reads one argument and reports whether it is valid.
type parser func(*invocation, *call.Reader) bool

// operation is what the table knows of an operation; it has either modify or read.
type operation struct {
	args     []parser
	optional int  // of the arguments, at their end
	creates  bool // works on a bin that does not exist
	// modify returns the new blob, or nil if nothing is to happen.
	modify func(*invocation, []byte) ([]byte, protocol.ResultCode)
	read   func(*invocation, field) protocol.Value
}

const (
	sizeFlags  = createOnly | updateOnly | noFail
	rangeFlags = updateOnly | noFail | partial
	mathFlags  = updateOnly | noFail
)

// operations is the table of all operations by number.
var operations = [...]operation{
	0:  {args: []parser{byteSizeOrZero, policy(sizeFlags), resizeAction}, optional: 2, creates: true, modify: resize},
	1:  {args: []parser{byteOffset, buffer, policy(sizeFlags)}, optional: 1, creates: true, modify: insert},
	2:  {args: []parser{byteOffset, byteSize, policy(rangeFlags)}, optional: 1, modify: remove},
	3:  {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(set)},
	4:  {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(or)},
	5:  {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(xor)},
	6:  {args: []parser{bitOffset, bitSize, buffer, policy(rangeFlags)}, optional: 1, modify: overwrite(and)},
	7:  {args: []parser{bitOffset, bitSize, policy(rangeFlags)}, optional: 1, modify: overwrite(not)},
	8:  {args: []parser{bitOffset, bitSize, shiftWidth, policy(rangeFlags)}, optional: 1, modify: overwrite(leftShift)},
	9:  {args: []parser{bitOffset, bitSize, shiftWidth, policy(rangeFlags)}, optional: 1, modify: overwrite(rightShift)},
	10: {args: []parser{bitOffset, integerSize, integer, policy(mathFlags), arithmeticAction}, optional: 2, modify: arithmetic(add)},
	11: {args: []parser{bitOffset, integerSize, integer, policy(mathFlags), arithmeticAction}, optional: 2, modify: arithmetic(subtract)},
	12: {args: []parser{bitOffset, integerSize, integer, policy(mathFlags)}, optional: 1, modify: arithmetic(setInteger)},

	50: {args: []parser{bitOffset, bitSize}, read: get},
	51: {args: []parser{bitOffset, bitSize}, read: countOnes},
	52: {args: []parser{bitOffset, bitSize, boolean}, read: scanLeft},
	53: {args: []parser{bitOffset, bitSize, boolean}, read: scanRight},
	54: {args: []parser{bitOffset, integerSize, signedness}, optional: 1, read: getInteger},
}

// Limits of arguments: no blob is larger than a message.
const (
	maxBytes = protocol.MaxProtoSize
	maxBits  = maxBytes * 8
)

func offsetArgument(c *invocation, r *call.Reader, unit, limit int64) bool {
	n, ok := r.Int()
	if ok && n == math.MinInt64 {
		n = 0 // a server's check takes its magnitude, which overflows, and then keeps the low half
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

// buffer takes a blob, whose first byte names its type and is not looked at. It must
// have all the bits that the operation is about, or says how many these are.
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

func policy(valid uint64) parser {
	return func(c *invocation, r *call.Reader) (ok bool) {
		c.flags, ok = r.Uint()
		return ok && c.flags&^valid == 0 && c.flags&(createOnly|updateOnly) != createOnly|updateOnly
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
