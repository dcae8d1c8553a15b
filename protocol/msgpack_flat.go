package protocol

import (
	"encoding/binary"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// flatList decodes an unordered list of numbers, booleans, NULL and short strings, which are the
// elements of most lists, without the library's decoder. It reports false if data is anything else,
// or malformed; then ParseMsgpack decodes it or returns the error.
func flatList(data []byte) (Value, bool) {
	n, data, ok := flatLen(data)
	if !ok || !isFlat(n, data) {
		return Value{}, false
	}
	elements := make([]Value, n)
	for i := range elements {
		elements[i], data, _ = flatElement(data)
	}
	return ListWithOrder(Unordered, elements), true
}

// isFlat reports whether data is n elements that flatElement decodes.
func isFlat(n int, data []byte) bool {
	for range n {
		var ok bool
		if _, data, ok = flatElement(data); !ok {
			return false
		}
	}
	return len(data) == 0
}

// flatLen returns the number of elements of a list, and the bytes after it.
func flatLen(data []byte) (n int, rest []byte, ok bool) {
	switch {
	case len(data) == 0:
		return 0, nil, false
	case msgpcode.IsFixedArray(data[0]):
		return int(data[0] & msgpcode.FixedArrayMask), data[1:], true
	case data[0] == msgpcode.Array16 && len(data) >= 3:
		return int(binary.BigEndian.Uint16(data[1:])), data[3:], true
	}
	return 0, nil, false
}

// flatElement decodes the element at the start of data and returns the bytes after it.
func flatElement(data []byte) (v Value, rest []byte, ok bool) {
	if len(data) == 0 {
		return Value{}, nil, false
	}
	code, data := data[0], data[1:]
	switch {
	case msgpcode.IsFixedNum(code):
		return Int(int64(int8(code))), data, true
	case code >= msgpcode.Float && code <= msgpcode.Int64:
		size := numberSize(code)
		if size > len(data) {
			return Value{}, nil, false
		}
		return numberOf(code, data), data[size:], true
	case msgpcode.IsFixedString(code):
		size := int(code & msgpcode.FixedStrMask)
		if size == 0 || size > len(data) || ParticleType(data[0]) != ParticleString {
			return Value{}, nil, false
		}
		text := data[1:size]
		return Value{tag: tag{kind: KindString}, ptr: sliceData(text), num: uint64(len(text))}, data[size:], true
	case code == msgpcode.True, code == msgpcode.False:
		return Bool(code == msgpcode.True), data, true
	case code == msgpcode.Nil:
		return Value{}, data, true
	}
	return Value{}, nil, false
}
