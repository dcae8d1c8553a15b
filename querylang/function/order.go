package function

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// AppendKey appends a form of the value that is equal for values that GROUP BY, DISTINCT and UNION
// treat as equal: those whose Order is 0, such as NULLs, and numbers of the same value.
func AppendKey(dst []byte, v protocol.Value) []byte {
	switch v.Kind() {
	case protocol.KindList:
		elements, _ := v.List()
		dst = binary.AppendUvarint(append(dst, 'l'), uint64(len(elements)))
		for _, e := range elements {
			dst = appendElement(dst, e)
		}
		return dst
	case protocol.KindMap:
		return appendMap(dst, v)
	}
	return appendScalar(dst, v)
}

// appendScalar is AppendKey for values that are neither lists nor maps. It does not call itself, so
// that callers can keep dst on the stack.
func appendScalar(dst []byte, v protocol.Value) []byte {
	switch v.Kind() {
	case protocol.KindInt, protocol.KindUint:
		return appendInteger(dst, v)
	case protocol.KindFloat:
		return appendFloat(dst, v)
	case protocol.KindBool:
		if b, _ := v.Bool(); b {
			return append(dst, 't')
		}
		return append(dst, 'u')
	case protocol.KindString, protocol.KindGeoJSON:
		s, _ := v.Text()
		dst = binary.AppendUvarint(append(dst, 'A'+byte(v.Kind())), uint64(len(s)))
		return append(dst, s...)
	case protocol.KindBlob, protocol.KindHLL:
		b, _ := v.Bytes()
		dst = binary.AppendUvarint(append(dst, 'A'+byte(v.Kind())), uint64(len(b)))
		return append(dst, b...)
	}
	switch v.Kind() {
	case protocol.KindNil:
		return append(dst, 'n')
	case protocol.KindInfinity:
		return append(dst, '>')
	case protocol.KindWildcard:
		return append(dst, '*')
	}
	return append(dst, '!')
}

// appendElement is AppendKey for an element of a list or map. Collections have the server's order,
// in which an integer and a float are never equal.
func appendElement(dst []byte, v protocol.Value) []byte {
	if f, ok := v.Float(); ok {
		return binary.BigEndian.AppendUint64(append(dst, 'F'), math.Float64bits(f+0)) // -0 is 0
	}
	return AppendKey(dst, v)
}

// AppendKeys appends the keys of values.
func AppendKeys(dst []byte, values []protocol.Value) []byte {
	for _, v := range values {
		dst = AppendKey(dst, v)
	}
	return dst
}

func appendInteger(dst []byte, v protocol.Value) []byte {
	if n, ok := v.Int(); ok {
		return binary.BigEndian.AppendUint64(append(dst, 'i'), uint64(n))
	}
	u, _ := v.Uint()
	return binary.BigEndian.AppendUint64(append(dst, 'U'), u)
}

func appendFloat(dst []byte, v protocol.Value) []byte {
	f, _ := v.Float()
	switch {
	case f == math.Trunc(f) && f >= -1<<63 && f < 1<<63:
		return binary.BigEndian.AppendUint64(append(dst, 'i'), uint64(int64(f)))
	case f == math.Trunc(f) && f >= 1<<63 && f < 1<<64:
		return binary.BigEndian.AppendUint64(append(dst, 'U'), uint64(f))
	case math.IsNaN(f):
		return append(dst, 'N')
	}
	return binary.BigEndian.AppendUint64(append(dst, 'f'), math.Float64bits(f))
}

// appendMap appends the pairs in the order of their keys.
func appendMap(dst []byte, v protocol.Value) []byte {
	pairs, _ := v.Map()
	encoded := make([]string, len(pairs))
	for i, p := range pairs {
		encoded[i] = string(appendElement(appendElement(nil, p.Key), p.Value))
	}
	slices.Sort(encoded)
	dst = binary.AppendUvarint(append(dst, 'm'), uint64(len(pairs)))
	for _, s := range encoded {
		dst = append(dst, s...)
	}
	return dst
}

// Class returns the place of a value in the order of values of different kinds. Values of different
// classes are never equal and don't compare.
func Class(v protocol.Value) uint8 { return kindOrder[v.Kind()] }

// kindOrder is the order of values of different kinds in ORDER BY. Integers and floats are one
// kind.
var kindOrder = [...]uint8{
	protocol.KindNil: 0, protocol.KindBool: 1, protocol.KindInt: 2, protocol.KindUint: 2, protocol.KindFloat: 2,
	protocol.KindString: 3, protocol.KindBlob: 4, protocol.KindHLL: 5, protocol.KindGeoJSON: 6, protocol.KindList: 7,
	protocol.KindMap: 8, protocol.KindInfinity: 9, protocol.KindWildcard: 10, protocol.KindInvalid: 11,
}

// Order is the order of ORDER BY for all values. Kinds are in the order of kindOrder: NULL,
// booleans, numbers, strings, and so on. NaN is equal to itself and greater than all other numbers;
// MIN, MAX, GREATEST and LEAST agree. Elements of lists and maps have the servers' order.
func Order(x, y protocol.Value) int {
	if c := cmp.Compare(kindOrder[x.Kind()], kindOrder[y.Kind()]); c != 0 {
		return c
	}
	f, xFloat := x.Float()
	g, yFloat := y.Float()
	switch {
	case xFloat && yFloat:
		return orderFloats(f, g)
	case yFloat:
		return orderIntFloat(x, g)
	case xFloat:
		return -orderIntFloat(y, f)
	}
	return protocol.Compare(x, y)
}

func orderFloats(f, g float64) int {
	switch {
	case math.IsNaN(f) && math.IsNaN(g):
		return 0
	case math.IsNaN(f):
		return 1
	case math.IsNaN(g):
		return -1
	}
	return cmp.Compare(f, g)
}

// orderIntFloat compares exactly, without rounding the integer to a float.
func orderIntFloat(v protocol.Value, f float64) int {
	whole := math.Trunc(f)
	u, unsigned := v.Uint()
	n, _ := v.Int()
	switch {
	case math.IsNaN(f):
		return -1
	case unsigned && f < 0 || f < -1<<63:
		return 1
	case unsigned && f >= 1<<64 || !unsigned && f >= 0:
		return -1
	case unsigned:
		return cmp.Or(cmp.Compare(u, uint64(whole)), cmp.Compare(whole, f))
	}
	return cmp.Or(cmp.Compare(n, int64(whole)), cmp.Compare(whole, f))
}
