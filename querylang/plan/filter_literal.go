package plan

import "github.com/aerosql/aerosql/protocol"

// isLiteral reports whether a value can be a literal of an expression. A server rejects the whole
// expression for a literal that a bin can't hold, such as a map that is not sorted.
func isLiteral(v protocol.Value) bool {
	switch v.Kind() {
	case protocol.KindInt, protocol.KindFloat, protocol.KindString, protocol.KindBool, protocol.KindGeoJSON:
		return true
	case protocol.KindBlob:
		return isPlainBlob(v)
	case protocol.KindList:
		return isListLiteral(v)
	case protocol.KindMap:
		return isMapLiteral(v)
	}
	return false
}

// isPlainBlob reports whether a blob has no particle type of a programming language.
func isPlainBlob(v protocol.Value) bool { return v.Particle() == protocol.ParticleBlob }

func isElement(v protocol.Value) bool {
	return v.IsNil() || v.Kind() == protocol.KindUint || isLiteral(v)
}

func isListLiteral(v protocol.Value) bool {
	elements, _ := v.List()
	sorted := v.Order()&protocol.Ordered != 0
	for i := range elements {
		if !isElement(elements[i]) || sorted && i > 0 && protocol.Compare(elements[i-1], elements[i]) > 0 {
			return false
		}
	}
	return true
}

// isMapLiteral leaves out maps without an order, which compare with nothing unless they are empty.
func isMapLiteral(v protocol.Value) bool {
	pairs, _ := v.Map()
	if len(pairs) > 0 && v.Order()&protocol.Ordered == 0 {
		return false
	}
	for i := range pairs {
		key := pairs[i].Key
		if !key.CanBeMapKey() || !isElement(key) || !isElement(pairs[i].Value) {
			return false
		}
		if i > 0 && protocol.Compare(pairs[i-1].Key, key) >= 0 {
			return false
		}
	}
	return true
}
