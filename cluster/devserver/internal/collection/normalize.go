package collection

import (
	"slices"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// Valid order flags of stored lists and maps (docs/wire-cdt-exp.md#1.3).
const (
	listFlags = protocol.Ordered | protocol.PersistIndex
	mapFlags  = protocol.KeyValueOrdered | protocol.PersistIndex
)

// Normalized parses a list or map that a client writes as a whole bin and returns its stored form,
// see [Normalize].
func Normalized(t protocol.ParticleType, packed []byte) (protocol.Value, bool) {
	v, rest, ok := call.ParseValue(packed)
	if !ok || len(rest) != 0 || v.Particle() != t {
		return v, false
	}
	return Normalize(v)
}

// Normalize returns the stored form of a list or map that a client writes as a whole bin. It
// reports false if the value contains sentinels or invalid keys, or ordered lists and maps that are
// out of order. It sorts unordered maps by key (docs/wire-cdt-exp.md#1.4). It takes ownership of v
// and may modify it. The order of the result may have [protocol.PersistIndex], see [Visible].
func Normalize(v protocol.Value) (protocol.Value, bool) { return normalized(v, true) }

// Visible returns a stored list or map as clients see it: without the flag of a persisted index.
func Visible(v protocol.Value) protocol.Value {
	return withOrder(v, v.Order()&^protocol.PersistIndex)
}

// Indexed returns a stored list or map with the flag of a persisted index, which clients do not
// see.
func Indexed(v protocol.Value) protocol.Value {
	return withOrder(v, v.Order()|protocol.PersistIndex)
}

// withOrder returns the list or map with the given order flags. It returns other values unchanged.
func withOrder(v protocol.Value, o protocol.Order) protocol.Value {
	switch v.Kind() {
	case protocol.KindList:
		elements, _ := v.List()
		return protocol.ListWithOrder(o, elements)
	case protocol.KindMap:
		pairs, _ := v.Map()
		return protocol.MapWithOrder(o, pairs)
	}
	return v
}

// normalized is Normalize for a value at any depth. The flag of a persisted index has an effect
// only at the top of a bin.
func normalized(v protocol.Value, top bool) (protocol.Value, bool) {
	switch v.Kind() {
	case protocol.KindInfinity, protocol.KindWildcard:
		return v, false
	case protocol.KindInvalid:
		return call.Normal(v)
	case protocol.KindList:
		return normalizedList(v, top)
	case protocol.KindMap:
		return normalizedMap(v, top)
	}
	return v, true
}

func keptFlags(o, valid protocol.Order, top bool) protocol.Order {
	if !top {
		valid &^= protocol.PersistIndex
	}
	return o & valid
}

func normalizedList(v protocol.Value, top bool) (protocol.Value, bool) {
	elements, _ := v.List()
	order := keptFlags(v.Order(), listFlags, top)
	// The elements are compared as they were sent: the maps in them are not sorted yet.
	if order&protocol.Ordered != 0 && !slices.IsSortedFunc(elements, protocol.Compare) {
		return v, false
	}
	for i := range elements {
		var ok bool
		if elements[i], ok = normalized(elements[i], false); !ok {
			return v, false
		}
	}
	return protocol.ListWithOrder(order, elements), true
}

func normalizedMap(v protocol.Value, top bool) (protocol.Value, bool) {
	pairs, _ := v.Map()
	for i := range pairs {
		var ok bool
		if pairs[i].Value, ok = normalized(pairs[i].Value, false); !ok || !isMapKey(pairs[i].Key) {
			return v, false
		}
	}
	order := keptFlags(v.Order(), mapFlags, top)
	if !slices.IsSortedFunc(pairs, compareKeys) {
		if order&protocol.Ordered != 0 {
			return v, false
		}
		slices.SortStableFunc(pairs, compareKeys)
	}
	for i := 1; i < len(pairs); i++ {
		if compareKeys(pairs[i-1], pairs[i]) == 0 {
			return v, false
		}
	}
	return protocol.MapWithOrder(order, pairs), true
}

func compareKeys(a, b protocol.Pair) int { return protocol.Compare(a.Key, b.Key) }

// isMapKey reports whether a value can be a map key: an integer, string or plain blob.
func isMapKey(k protocol.Value) bool {
	switch k.Kind() {
	case protocol.KindInt, protocol.KindUint, protocol.KindString:
		return true
	case protocol.KindBlob:
		return k.Particle() == protocol.ParticleBlob
	}
	return false
}

// hasSentinel reports whether the value contains a wildcard or infinity.
func hasSentinel(v protocol.Value) bool {
	switch v.Kind() {
	case protocol.KindInfinity, protocol.KindWildcard:
		return true
	case protocol.KindList:
		elements, _ := v.List()
		return slices.ContainsFunc(elements, hasSentinel)
	case protocol.KindMap:
		pairs, _ := v.Map()
		return slices.ContainsFunc(pairs, func(p protocol.Pair) bool {
			return hasSentinel(p.Key) || hasSentinel(p.Value)
		})
	}
	return false
}

// particleOf returns an element as the value of a result: floats have 64 bits, and blobs of types
// that bins cannot have become plain blobs.
func particleOf(v protocol.Value) protocol.Value {
	switch v.Kind() {
	case protocol.KindInvalid:
		return protocol.Nil()
	case protocol.KindUint:
		n, _ := v.Uint()
		return protocol.Int(int64(n))
	case protocol.KindFloat:
		f, _ := v.Float()
		return protocol.Float(f)
	case protocol.KindBlob:
		if !v.Particle().IsBlob() {
			b, _ := v.Bytes()
			return protocol.Blob(b)
		}
	}
	return v
}
