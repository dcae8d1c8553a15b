package driver

import (
	"math"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// nativeValue returns a value as Rows return it. Strings are copied, so that they don't keep the
// whole response in memory. Bytes share the memory of the response.
func nativeValue(v protocol.Value) any {
	switch v.Kind() {
	case protocol.KindString, protocol.KindGeoJSON:
		text, _ := v.Text()
		return strings.Clone(text)
	case protocol.KindList:
		elements, _ := v.List()
		list := make([]any, len(elements))
		for i, e := range elements {
			list[i] = nativeValue(e)
		}
		return list
	case protocol.KindMap:
		return nativeMap(v)
	}
	return v.Any()
}

// nativeMap is [protocol.Value.Any] with copied strings. It checks all keys before it converts
// values: converting a nested map twice at each level would take exponential time.
func nativeMap(v protocol.Value) any {
	pairs, _ := v.Map()
	texts := true
	for _, p := range pairs {
		if !isGoKey(p.Key) {
			return pairs
		}
		texts = texts && p.Key.Kind() == protocol.KindString
	}
	if texts {
		return goMap(pairs, func(key protocol.Value) string { return strings.Clone(key.String()) })
	}
	return goMap(pairs, nativeValue)
}

// goMap converts pairs to a Go map. It returns the pairs themselves if two keys are equal in Go.
func goMap[K comparable](pairs []protocol.Pair, key func(protocol.Value) K) any {
	m := make(map[K]any, len(pairs))
	for _, p := range pairs {
		m[key(p.Key)] = nativeValue(p.Value)
	}
	if len(m) != len(pairs) {
		return pairs
	}
	return m
}

// isGoKey reports whether the value can be a key of a map[any]any.
func isGoKey(v protocol.Value) bool {
	switch v.Kind() {
	case protocol.KindString, protocol.KindInt, protocol.KindUint, protocol.KindBool, protocol.KindNil, protocol.KindGeoJSON:
		return true
	case protocol.KindFloat:
		f, _ := v.Float()
		return !math.IsNaN(f)
	}
	return false
}
