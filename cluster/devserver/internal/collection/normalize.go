package collection

import (
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// Order flags that a stored list or map may have (docs/wire-cdt-exp.md#1.3).
const (
	listFlags = protocol.Ordered | protocol.PersistIndex
	mapFlags  = protocol.KeyValueOrdered | protocol.PersistIndex
)

// Normalized reads a list or map that was written as a whole bin and brings it into its stored form, see [Normalize].
func Normalized(t protocol.ParticleType, packed []byte) (protocol.Value, bool) {
	v, rest, ok := call.ParseValue(packed)
	if !ok || len(rest) != 0 || v.Particle() != t {
		return v, false
	}
	return Normalize(v)
}

// Normalize brings a list or map that was written as a whole bin into its stored
// form: sentinels and invalid keys are refused, ordered ones must be in order, maps without
// order are sorted by key (docs/wire-cdt-exp.md#1.4). It takes over v and may
// change it. The order of the result may have [protocol.PersistIndex], see [Visible].
func Normalize(v protocol.Value) (protocol.Value, bool) { return normalized(v, true) }

// Visible returns a stored list or map as a client sees it: without the flag
// that asks for a stored index.
func Visible(v protocol.Value) protocol.Value {
	return withOrder(v, v.Order()&^protocol.PersistIndex)
}

// Indexed returns a stored list or map with the flag for a stored index, which is not
// among the bytes that a client sees.
func Indexed(v protocol.Value) protocol.Value {
	return withOrder(v, v.Order()|protocol.PersistIndex)
}

// withOrder returns the list or map with other order flags, anything else as it is.
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

// normalized is Normalize for a value at any depth; only at the top of a bin
// does the flag for a stored index have a meaning.
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
	// The elements are compared as they came: the maps in them are not sorted yet.
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

// isMapKey reports whether a map may have the key: an integer, a string or a plain blob.
func isMapKey(k protocol.Value) bool {
	switch k.Kind() {
	case protocol.KindInt, protocol.KindUint, protocol.KindString:
		return true
	case protocol.KindBlob:
		return k.Particle() == protocol.ParticleBlob
	}
	return false
}

// hasSentinel reports whether a wildcard or an infinity is in the value.
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

// particleOf returns an element as it stands alone in an answer: floats are
// widened, blobs of a type that no bin has become plain ones.
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
