package bits

import (
	mathbits "math/bits"

	"github.com/aerosql/aerosql/protocol"
)

func get(_ *invocation, f field) protocol.Value { return protocol.Blob(f.aligned()) }

func countOnes(_ *invocation, f field) protocol.Value {
	n := 0
	for i, b := range f.bytes {
		n += mathbits.OnesCount8(b & f.mask(i))
	}
	return protocol.Int(int64(n))
}

// searched returns byte i with the bits set that a scan looks for. A scan for zeros inverts the
// byte.
func (c *invocation) searched(f field, i int) byte {
	if c.value == 1 {
		return f.bytes[i]
	}
	return ^f.bytes[i]
}

// scanLeft returns the position of the first bit with the searched value, or -1 if there is none.
func scanLeft(c *invocation, f field) protocol.Value {
	for i := range f.bytes {
		if b := c.searched(f, i) & f.mask(i); b != 0 {
			return protocol.Int(int64(i*8 + mathbits.LeadingZeros8(b) - f.offset))
		}
	}
	return protocol.Int(-1)
}

// scanRight returns the position of the last bit with the searched value, or -1 if there is none.
// Like the server it also finds a bit before the field in the first byte if the field has none, and
// returns another negative number (docs/wire-cdt-exp.md#4.1).
func scanRight(c *invocation, f field) protocol.Value {
	last := len(f.bytes) - 1
	for i := last; i >= 0; i-- {
		b := c.searched(f, i)
		if i == last {
			b &= f.tailMask()
		}
		if b != 0 {
			return protocol.Int(int64(i*8 + 7 - mathbits.TrailingZeros8(b) - f.offset))
		}
	}
	return protocol.Int(-1)
}

func getInteger(c *invocation, f field) protocol.Value {
	n := f.load()
	if c.action&actionSigned != 0 {
		return protocol.Int(c.signed(n))
	}
	return protocol.Int(int64(n))
}
