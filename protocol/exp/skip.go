package exp

import "github.com/vmihailenco/msgpack/v5/msgpcode"

// skip returns the length of the MessagePack value at the start of b. It allocates nothing, so that
// a literal's declared lengths are verified before the literal is read.
func skip(b []byte) (int, error) {
	off := 0
	for left := 1; left > 0; left-- {
		entries, size, err := element(b[off:])
		if err != nil {
			return 0, err
		}
		if size > len(b)-off || entries > len(b)-off-size {
			return 0, malformed("literal longer than the remaining bytes")
		}
		off += size
		left += entries
	}
	return off, nil
}

// element returns the size of a scalar, or the size of a collection's header and the number of
// values that follow as its entries.
func element(b []byte) (entries, size int, err error) {
	if len(b) == 0 {
		return 0, 0, malformed("unexpected end")
	}
	switch c := b[0]; {
	case msgpcode.IsFixedNum(c), c == msgpcode.Nil, c == msgpcode.False, c == msgpcode.True:
		return 0, 1, nil
	case msgpcode.IsString(c), msgpcode.IsBin(c):
		n, header, err := rawHeader(b)
		return 0, header + n, err
	case msgpcode.IsFixedMap(c), c == msgpcode.Map16, c == msgpcode.Map32:
		n, header, err := containerHeader(b)
		return 2 * n, header, err
	case msgpcode.IsFixedArray(c), c == msgpcode.Array16, c == msgpcode.Array32:
		return containerHeader(b)
	case msgpcode.IsExt(c):
		return extension(b)
	case c == msgpcode.Uint8, c == msgpcode.Int8:
		return 0, 2, nil
	case c == msgpcode.Uint16, c == msgpcode.Int16:
		return 0, 3, nil
	case c == msgpcode.Uint32, c == msgpcode.Int32, c == msgpcode.Float:
		return 0, 5, nil
	case c == msgpcode.Uint64, c == msgpcode.Int64, c == msgpcode.Double:
		return 0, 9, nil
	}
	return 0, 0, malformed("invalid MessagePack code 0x%02x", b[0])
}

// containerHeader returns the number of elements or pairs of a collection and the size of its
// header.
func containerHeader(b []byte) (n, header int, err error) {
	switch c := b[0]; {
	case msgpcode.IsFixedArray(c), msgpcode.IsFixedMap(c):
		return int(c & 0x0f), 1, nil
	case c == msgpcode.Array16, c == msgpcode.Map16:
		n, err = lengthField(b, 2)
		return n, 3, err
	}
	n, err = lengthField(b, 4)
	return n, 5, err
}

// rawHeader returns the number of bytes of a string or blob and the size of its header.
func rawHeader(b []byte) (n, header int, err error) {
	if len(b) == 0 {
		return 0, 0, malformed("unexpected end")
	}
	switch c := b[0]; {
	case msgpcode.IsFixedString(c):
		return int(c & 0x1f), 1, nil
	case c == msgpcode.Str8, c == msgpcode.Bin8:
		n, err = lengthField(b, 1)
		return n, 2, err
	case c == msgpcode.Str16, c == msgpcode.Bin16:
		n, err = lengthField(b, 2)
		return n, 3, err
	case c == msgpcode.Str32, c == msgpcode.Bin32:
		n, err = lengthField(b, 4)
		return n, 5, err
	}
	return 0, 0, malformed("MessagePack code 0x%02x instead of a name", b[0])
}

func extension(b []byte) (entries, size int, err error) {
	switch c := b[0]; c {
	case msgpcode.Ext8:
		size, err = lengthField(b, 1)
		return 0, size + 3, err
	case msgpcode.Ext16:
		size, err = lengthField(b, 2)
		return 0, size + 4, err
	case msgpcode.Ext32:
		size, err = lengthField(b, 4)
		return 0, size + 6, err
	default: // the fixed sizes 1, 2, 4, 8 and 16 have consecutive codes
		return 0, 2 + 1<<(c-msgpcode.FixExt1), nil
	}
}
