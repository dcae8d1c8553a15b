package devserver

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// Order flags that a stored list or map may have (wire-cdt-exp.md 1.3).
const (
	listFlags = protocol.Ordered | protocol.PersistIndex
	mapFlags  = protocol.KeyValueOrdered | protocol.PersistIndex
)

// storedCollection checks a list or map that was written as a whole bin and
// packs it anew in its shortest form, maps sorted by key (wire-cdt-exp.md 1.4).
func (c *command) storedCollection(t protocol.ParticleType, data []byte) ([]byte, protocol.ResultCode) {
	v, err := protocol.ParseMsgpack(data)
	if err != nil || v.Particle() != t {
		return nil, protocol.ServerError
	}
	v, ok := normalized(v)
	if !ok {
		return nil, protocol.ServerError
	}
	start := len(c.scratch)
	packed, err := protocol.AppendMsgpack(c.scratch, v)
	if err != nil {
		return nil, protocol.ServerError
	}
	c.scratch = packed
	return packed[start:len(packed):len(packed)], protocol.OK
}

// normalized returns the value as it is stored, and false if it can't be. The
// flag that asks for a stored index changes no answer and is left out.
func normalized(v protocol.Value) (protocol.Value, bool) {
	switch v.Kind() {
	case protocol.KindInfinity, protocol.KindWildcard, protocol.KindInvalid:
		return v, false
	case protocol.KindList:
		return normalizedList(v)
	case protocol.KindMap:
		return normalizedMap(v)
	}
	return v, true
}

func normalizedList(v protocol.Value) (protocol.Value, bool) {
	elements, _ := v.List()
	for i := range elements {
		var ok bool
		if elements[i], ok = normalized(elements[i]); !ok {
			return v, false
		}
	}
	order := v.Order() & listFlags
	if order&protocol.Ordered != 0 && !slices.IsSortedFunc(elements, protocol.Compare) {
		return v, false
	}
	return protocol.ListWithOrder(order&^protocol.PersistIndex, elements), true
}

func normalizedMap(v protocol.Value) (protocol.Value, bool) {
	pairs, _ := v.Map()
	for i := range pairs {
		var ok bool
		if pairs[i].Value, ok = normalized(pairs[i].Value); !ok || !isMapKey(pairs[i].Key) {
			return v, false
		}
	}
	byKey := func(a, b protocol.Pair) int { return protocol.Compare(a.Key, b.Key) }
	order := v.Order() & mapFlags
	if !slices.IsSortedFunc(pairs, byKey) {
		if order&protocol.Ordered != 0 {
			return v, false
		}
		slices.SortFunc(pairs, byKey)
	}
	for i := 1; i < len(pairs); i++ {
		if byKey(pairs[i-1], pairs[i]) == 0 {
			return v, false
		}
	}
	return protocol.MapWithOrder(order&^protocol.PersistIndex, pairs), true
}

// isMapKey reports whether a map may have the key: an integer, a string or a
// plain blob.
func isMapKey(k protocol.Value) bool {
	switch k.Kind() {
	case protocol.KindInt, protocol.KindUint, protocol.KindString:
		return true
	case protocol.KindBlob:
		return k.Particle() == protocol.ParticleBlob
	}
	return false
}
