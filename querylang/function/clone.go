package function

import (
	"bytes"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// ValueSize is the size of a Value itself.
const ValueSize = 24

// Clone returns a copy of the value that shares no memory with the answer it came from.
func Clone(v protocol.Value) protocol.Value {
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
		return protocol.ListWithOrder(v.Order(), CloneAll(elements))
	case protocol.KindMap:
		pairs, _ := v.Map()
		kept := make([]protocol.Pair, len(pairs))
		for i, p := range pairs {
			kept[i] = protocol.Pair{Key: Clone(p.Key), Value: Clone(p.Value)}
		}
		return protocol.MapWithOrder(v.Order(), kept)
	}
	return v
}

// CloneAll returns copies of values.
func CloneAll(values []protocol.Value) []protocol.Value {
	kept := make([]protocol.Value, len(values))
	for i, v := range values {
		kept[i] = Clone(v)
	}
	return kept
}

// Memory returns the memory of a kept value in bytes.
func Memory(v protocol.Value) int {
	n := ValueSize
	switch v.Kind() {
	case protocol.KindString, protocol.KindGeoJSON, protocol.KindBlob, protocol.KindHLL:
		n += v.Len()
	case protocol.KindList:
		elements, _ := v.List()
		n += MemoryOf(elements)
	case protocol.KindMap:
		pairs, _ := v.Map()
		for _, p := range pairs {
			n += Memory(p.Key) + Memory(p.Value)
		}
	}
	return n
}

// MemoryOf returns the memory of kept values in bytes.
func MemoryOf(values []protocol.Value) int {
	n := ValueSize // the slice
	for _, v := range values {
		n += Memory(v)
	}
	return n
}
