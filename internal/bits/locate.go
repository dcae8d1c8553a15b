package bits

// A field is a range of bits. It starts at a bit offset in bytes, counted from the most significant
// bit of the first byte. bytes holds only the bytes that the field overlaps.
type field struct {
	bytes  []byte
	offset int // 0 to 7
	size   int
}

// normalize replaces an offset counted from the end of a blob of n bytes with one from its start.
func (c *invocation) normalize(n int) bool {
	if c.offset < 0 {
		c.offset += int64(n) * 8
	}
	return c.offset >= 0
}

// fieldAt returns the field of the call, cut off at the end of the blob. whole reports whether it
// was not cut off.
func (c *invocation) fieldAt(blob []byte) (f field, whole bool) {
	first := c.offset / 8
	if first >= int64(len(blob)) {
		return field{}, false
	}
	f = field{offset: int(c.offset % 8), size: int(c.size)}
	end := first + int64(f.offset+f.size+7)/8
	whole = end <= int64(len(blob))
	if !whole {
		end = int64(len(blob))
		f.size = int(end-first)*8 - f.offset
	}
	f.bytes = blob[first:end]
	return f, whole
}

// locate is like fieldAt for operations that need the whole field.
func (c *invocation) locate(blob []byte) (field, bool) {
	f, whole := c.fieldAt(blob)
	return f, whole
}

// mask returns the bits of byte i that are in the field.
func (f field) mask(i int) byte {
	m := byte(0xff)
	if i == 0 {
		m >>= f.offset
	}
	if beyond := (i+1)*8 - f.offset - f.size; beyond > 0 {
		m &= 0xff << beyond
	}
	return m
}

// tailMask returns the bits of the last byte that are not after the end of the field.
func (f field) tailMask() byte { return 0xff << (len(f.bytes)*8 - f.offset - f.size) }

// aligned returns a copy of the field's bits that starts at a byte boundary, padded with zeros.
func (f field) aligned() []byte {
	out := make([]byte, (f.size+7)/8)
	for i := range out {
		out[i] = f.bytes[i] << f.offset
		if f.offset != 0 && i+1 < len(f.bytes) {
			out[i] |= f.bytes[i+1] >> (8 - f.offset)
		}
	}
	if rest := f.size % 8; rest != 0 {
		out[len(out)-1] &= 0xff << (8 - rest)
	}
	return out
}

// combine replaces each byte of the field with the result of op on it and the corresponding bits of
// src. src starts at a byte boundary.
func (f field) combine(src []byte, op func(old, arg byte) byte) {
	var before byte
	for i := range f.bytes {
		var now byte
		if i < len(src) {
			now = src[i]
		}
		arg := now >> f.offset
		if f.offset != 0 {
			arg |= before << (8 - f.offset)
		}
		before = now
		m := f.mask(i)
		f.bytes[i] = f.bytes[i]&^m | op(f.bytes[i], arg)&m
	}
}

// load returns a field of at most 64 bits as an unsigned integer.
func (f field) load() uint64 {
	var n uint64
	for _, b := range f.aligned() {
		n = n<<8 | uint64(b)
	}
	return n >> ((8 - f.size%8) % 8)
}

// store writes an integer into a field of at most 64 bits.
func (f field) store(n uint64) {
	n <<= 64 - f.size
	src := make([]byte, 8)
	for i := range src {
		src[i] = byte(n >> (56 - 8*i))
	}
	f.combine(src, func(_, arg byte) byte { return arg })
}
