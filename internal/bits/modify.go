package bits

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// maxKept is the largest size in bytes of any record, in any configuration. Larger blobs are not
// created.
const maxKept = 8 << 20

// resize truncates a blob or extends it with zero bytes, at its end or its front.
func resize(c *invocation, old []byte) ([]byte, protocol.ResultCode) {
	size := int(c.size / 8)
	grow := size - len(old)
	switch {
	case grow == 0:
		return nil, protocol.OK
	case grow < 0 && c.action&resizeGrowOnly != 0, grow > 0 && c.action&resizeShrinkOnly != 0:
		return nil, c.flags.Fail(protocol.ParameterError)
	case size >= maxBytes:
		return nil, protocol.ParameterError
	case size > maxKept:
		return nil, protocol.RecordTooBig
	}
	front := c.action&resizeFromFront != 0
	switch {
	case grow < 0 && front:
		return slices.Clone(old[-grow:]), protocol.OK
	case grow < 0:
		return append([]byte{}, old[:size]...), protocol.OK
	}
	blob := make([]byte, size)
	if front {
		copy(blob[grow:], old)
	} else {
		copy(blob, old)
	}
	return blob, protocol.OK
}

// insert inserts bytes at an offset. It fills a gap after the end of the blob with zeros.
func insert(c *invocation, old []byte) ([]byte, protocol.ResultCode) {
	at := int(c.offset / 8)
	size := max(at, len(old)) + len(c.buf)
	switch {
	case size >= maxBytes:
		return nil, protocol.ParameterError
	case size > maxKept:
		return nil, protocol.RecordTooBig
	}
	blob := make([]byte, size)
	head := copy(blob, old[:min(at, len(old))])
	copy(blob[at:], c.buf)
	copy(blob[at+len(c.buf):], old[head:])
	return blob, protocol.OK
}

// remove removes bytes.
func remove(c *invocation, old []byte) ([]byte, protocol.ResultCode) {
	at, n := c.offset/8, c.size/8
	switch size := int64(len(old)); {
	case at >= size, at+n > size && c.flags&cdt.Partial == 0:
		return nil, c.flags.Fail(protocol.ParameterError)
	case at+n > size:
		n = size - at
	}
	blob := make([]byte, 0, int64(len(old))-n)
	return append(append(blob, old[:at]...), old[at+n:]...), protocol.OK
}

// overwrite returns an operation that applies change to a field of a copy of the blob.
func overwrite(change func(*invocation, field)) func(*invocation, []byte) ([]byte, protocol.ResultCode) {
	return func(c *invocation, old []byte) ([]byte, protocol.ResultCode) {
		blob := slices.Clone(old)
		f, whole := c.fieldAt(blob)
		if f.bytes == nil || !whole && c.flags&cdt.Partial == 0 {
			return nil, c.flags.Fail(protocol.OpNotApplicable)
		}
		change(c, f)
		return blob, protocol.OK
	}
}

func set(c *invocation, f field) { f.combine(c.buf, func(_, arg byte) byte { return arg }) }

func or(c *invocation, f field) { f.combine(c.buf, func(old, arg byte) byte { return old | arg }) }

func xor(c *invocation, f field) { f.combine(c.buf, func(old, arg byte) byte { return old ^ arg }) }

func and(c *invocation, f field) { f.combine(c.buf, func(old, arg byte) byte { return old & arg }) }

func not(_ *invocation, f field) { f.combine(nil, func(old, _ byte) byte { return ^old }) }

// leftShift shifts the field's bits. A real server 8.1.2 crashes if the shift is larger than a
// field that PARTIAL has cut off. Here the result is zeros, as for a field that was not cut off.
// The same applies to rightShift.
func leftShift(c *invocation, f field) {
	src := f.aligned()
	whole, part := int(c.value/8), c.value%8
	for i := range src {
		var n uint16
		if i+whole < len(src) {
			n = uint16(src[i+whole]) << 8
		}
		if i+whole+1 < len(src) {
			n |= uint16(src[i+whole+1])
		}
		src[i] = byte(n << part >> 8)
	}
	f.combine(src, func(_, arg byte) byte { return arg })
}

func rightShift(c *invocation, f field) {
	src := f.aligned()
	whole, part := int(c.value/8), c.value%8
	for i := len(src) - 1; i >= 0; i-- {
		var n uint16
		if i-whole >= 0 {
			n = uint16(src[i-whole])
		}
		if i-whole-1 >= 0 {
			n |= uint16(src[i-whole-1]) << 8
		}
		src[i] = byte(n >> part)
	}
	f.combine(src, func(_, arg byte) byte { return arg })
}
