package bits

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// arithmetic returns an operation that stores the result of compute in an integer field. compute
// reports false if the result overflows.
func arithmetic(compute func(c *invocation, old uint64) (uint64, bool)) func(*invocation, []byte) ([]byte, protocol.ResultCode) {
	return func(c *invocation, old []byte) ([]byte, protocol.ResultCode) {
		blob := slices.Clone(old)
		f, ok := c.locate(blob)
		if !ok {
			return nil, c.flags.Fail(protocol.OpNotApplicable)
		}
		n, ok := compute(c, f.load())
		if !ok {
			return nil, c.flags.Fail(protocol.OpNotApplicable)
		}
		f.store(n)
		return blob, protocol.OK
	}
}

func (c *invocation) valueMask() uint64 { return ^uint64(0) >> (64 - c.size) }

func setInteger(c *invocation, _ uint64) (uint64, bool) { return c.value & c.valueMask(), true }

func add(c *invocation, old uint64) (uint64, bool) {
	mask := c.valueMask()
	value := c.value & mask
	sum := (old + value) & mask
	switch {
	case c.action&actionWrap != 0:
		return sum, true
	case c.action&actionSigned != 0:
		return c.signedSum(old, value, sum)
	case sum >= old:
		return sum, true
	}
	return mask, c.action&actionSaturate != 0
}

func subtract(c *invocation, old uint64) (uint64, bool) {
	mask := c.valueMask()
	value := c.value & mask
	difference := (old - value) & mask
	switch {
	case c.action&actionWrap != 0:
		return difference, true
	case c.action&actionSigned != 0:
		return c.signedSum(old, -value, difference)
	case difference <= old:
		return difference, true
	}
	return 0, c.action&actionSaturate != 0
}

// signedSum handles the overflow of a signed addition. Like the server it does not detect that two
// negative numbers wrap to 0 (docs/wire-cdt-exp.md#4.1).
func (c *invocation) signedSum(a, b, sum uint64) (uint64, bool) {
	mask := c.valueMask()
	x, y, z := c.signed(a), c.signed(b), c.signed(sum)
	switch {
	case x < 0 && y < 0 && z > 0:
		return mask &^ (mask >> 1), c.action&actionSaturate != 0
	case x > 0 && y > 0 && z < 0:
		return mask >> 1, c.action&actionSaturate != 0
	}
	return sum, true
}

// signed sign-extends an integer of the field's size.
func (c *invocation) signed(n uint64) int64 {
	shift := 64 - c.size
	return int64(n<<shift) >> shift
}
