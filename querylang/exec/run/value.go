package run

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// valueSize is the size of a Value itself.
const valueSize = 24

// keep returns a copy of the value that shares no memory with the answer it came from.
func keep(v protocol.Value) protocol.Value {
	switch v.Kind() {
	case protocol.KindString:
		s, _ := v.Text()
		return protocol.String(strings.Clone(s))
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		return protocol.GeoJSON(strings.Clone(s))
	case protocol.KindBlob:
		b, _ := v.Bytes()
		return protocol.BlobOf(v.Particle(), bytes.Clone(b))
	case protocol.KindHLL:
		b, _ := v.Bytes()
		return protocol.HLL(bytes.Clone(b))
	case protocol.KindList:
		elements, _ := v.List()
		return protocol.ListWithOrder(v.Order(), keepAll(elements))
	case protocol.KindMap:
		pairs, _ := v.Map()
		kept := make([]protocol.Pair, len(pairs))
		for i, p := range pairs {
			kept[i] = protocol.Pair{Key: keep(p.Key), Value: keep(p.Value)}
		}
		return protocol.MapWithOrder(v.Order(), kept)
	}
	return v
}

// keepAll returns copies of values.
func keepAll(values []protocol.Value) []protocol.Value {
	kept := make([]protocol.Value, len(values))
	for i, v := range values {
		kept[i] = keep(v)
	}
	return kept
}

// memory returns the memory of a kept value in bytes.
func memory(v protocol.Value) int {
	n := valueSize
	switch v.Kind() {
	case protocol.KindString, protocol.KindGeoJSON, protocol.KindBlob, protocol.KindHLL:
		n += v.Len()
	case protocol.KindList:
		elements, _ := v.List()
		n += memoryOf(elements)
	case protocol.KindMap:
		pairs, _ := v.Map()
		for _, p := range pairs {
			n += memory(p.Key) + memory(p.Value)
		}
	}
	return n
}

// memoryOf returns the memory of kept values in bytes.
func memoryOf(values []protocol.Value) int {
	n := valueSize // the slice
	for _, v := range values {
		n += memory(v)
	}
	return n
}

// appendKey appends a form of the value that is equal for values that GROUP BY, DISTINCT and UNION
// treat as equal: NULLs, and numbers of the same value.
func appendKey(dst []byte, v protocol.Value) []byte {
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
	case protocol.KindList:
		elements, _ := v.List()
		dst = binary.AppendUvarint(append(dst, 'l'), uint64(len(elements)))
		return appendKeys(dst, elements)
	case protocol.KindMap:
		return appendMap(dst, v)
	}
	return append(dst, 'n')
}

// appendKeys appends the keys of values.
func appendKeys(dst []byte, values []protocol.Value) []byte {
	for _, v := range values {
		dst = appendKey(dst, v)
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
		encoded[i] = string(appendKey(appendKey(nil, p.Key), p.Value))
	}
	slices.Sort(encoded)
	dst = binary.AppendUvarint(append(dst, 'm'), uint64(len(pairs)))
	for _, s := range encoded {
		dst = append(dst, s...)
	}
	return dst
}

// kindOrder is the order of values of different kinds in ORDER BY. Integers and floats are one kind.
var kindOrder = [...]uint8{
	protocol.KindNil: 0, protocol.KindBool: 1, protocol.KindInt: 2, protocol.KindUint: 2, protocol.KindFloat: 2,
	protocol.KindString: 3, protocol.KindBlob: 4, protocol.KindHLL: 5, protocol.KindGeoJSON: 6, protocol.KindList: 7,
	protocol.KindMap: 8, protocol.KindInfinity: 9, protocol.KindWildcard: 9, protocol.KindInvalid: 9,
}

// order is the order of ORDER BY for all values. NaN is before all other numbers.
func order(x, y protocol.Value) int {
	if c := cmp.Compare(kindOrder[x.Kind()], kindOrder[y.Kind()]); c != 0 {
		return c
	}
	f, xFloat := x.Float()
	g, yFloat := y.Float()
	switch {
	case xFloat && yFloat:
		return cmp.Compare(f, g)
	case yFloat:
		return orderIntFloat(x, g)
	case xFloat:
		return -orderIntFloat(y, f)
	}
	return protocol.Compare(x, y)
}

// orderIntFloat compares exactly, without rounding the integer to a float.
func orderIntFloat(v protocol.Value, f float64) int {
	whole := math.Trunc(f)
	u, unsigned := v.Uint()
	n, _ := v.Int()
	switch {
	case math.IsNaN(f) || unsigned && f < 0 || f < -1<<63:
		return 1
	case unsigned && f >= 1<<64 || !unsigned && f >= 0:
		return -1
	case unsigned:
		return cmp.Or(cmp.Compare(u, uint64(whole)), cmp.Compare(whole, f))
	}
	return cmp.Or(cmp.Compare(n, int64(whole)), cmp.Compare(whole, f))
}
