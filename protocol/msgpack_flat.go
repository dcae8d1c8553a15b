package protocol

import (
	"encoding/binary"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// A ValueSpace gives the elements of the lists of many records memory in few allocations. The zero
// ValueSpace is ready. It is not safe for concurrent use.
type ValueSpace struct{ free []Value }

// maxTogether is the number of elements that are allocated together. A list that is kept keeps them
// all.
const maxTogether = 128

// take returns space for n elements of a record, of which so many may follow. s may be nil.
func (s *ValueSpace) take(n, records int) []Value {
	if s == nil || n > maxTogether/2 {
		return make([]Value, n)
	}
	if n > len(s.free) {
		s.free = make([]Value, min(max(n*records, n), maxTogether))
	}
	space := s.free[:n:n]
	s.free = s.free[n:]
	return space
}

// ParseParticle is [ParseParticle] for a bin of one of many records, which must have at most so
// many left, this one included. Elements of lists can be in s, which may be nil.
func (s *ValueSpace) ParseParticle(t ParticleType, data []byte, records int) (Value, error) {
	if t == ParticleList {
		if v, ok := flatList(data, s, records); ok {
			return v, nil
		}
	}
	return ParseParticle(t, data)
}

// flatList decodes an unordered list of numbers, booleans, NULL and short strings, which are the
// elements of most lists, without the library's decoder. It reports false if data is anything else,
// or malformed; then ParseMsgpack decodes it or returns the error. space and records are those of
// [ValueSpace.ParseParticle].
func flatList(data []byte, space *ValueSpace, records int) (Value, bool) {
	n, data, ok := flatLen(data)
	if !ok || n > len(data) {
		return Value{}, false
	}
	// Nested and ordered lists are found out before memory is taken.
	if _, _, ok := flatElement(data); !ok && n > 0 {
		return Value{}, false
	}
	elements := space.take(n, records)
	for i := range elements {
		if len(data) > 0 && msgpcode.IsFixedNum(data[0]) {
			elements[i], data = Int(int64(int8(data[0]))), data[1:]
		} else if elements[i], data, ok = flatElement(data); !ok {
			return Value{}, false
		}
	}
	if len(data) > 0 {
		return Value{}, false
	}
	return ListWithOrder(Unordered, elements), true
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
