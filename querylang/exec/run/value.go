package run

import (
	"bytes"
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
