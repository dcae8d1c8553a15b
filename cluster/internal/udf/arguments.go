package udf

import "github.com/aerosql/aerosql/protocol"

// preserveOrder is the flag of a map that stands for the list of its keys and values.
const preserveOrder = 8

// Arguments reads the arguments that a request carries. What is no list, or holds what
// functions can't be given, is none at all (docs/wire-cdt-exp.md#10.1). They share memory with packed.
func Arguments(packed []byte) []protocol.Value {
	v, _, err := protocol.ParseMsgpackPrefix(packed)
	if err != nil || !receive(&v) {
		return nil
	}
	list, _ := v.List()
	return list
}

// receive makes a value that came from a client one that functions can be given: maps of
// which the order is to be kept become lists. It reports whether that is possible.
func receive(v *protocol.Value) bool {
	switch v.Kind() {
	case protocol.KindWildcard, protocol.KindInfinity, protocol.KindInvalid:
		return false
	case protocol.KindList:
		list, _ := v.List()
		for i := range list {
			if !receive(&list[i]) {
				return false
			}
		}
	case protocol.KindMap:
		return receiveMap(v)
	}
	return true
}

func receiveMap(v *protocol.Value) bool {
	pairs, _ := v.Map()
	asList := v.Order()&preserveOrder != 0
	list := make([]protocol.Value, 0, 2*len(pairs))
	for i := range pairs {
		p := &pairs[i]
		if !receive(&p.Key) || !receive(&p.Value) || !asList && !isKey(p.Key) {
			return false
		}
		list = append(list, p.Key, p.Value)
	}
	if asList {
		*v = protocol.List(list...)
	}
	return true
}

// isKey reports whether maps of functions can have a key: only integers, strings and plain blobs.
func isKey(key protocol.Value) bool {
	switch key.Kind() {
	case protocol.KindInt, protocol.KindUint, protocol.KindString:
		return true
	case protocol.KindBlob:
		return key.Particle() == protocol.ParticleBlob
	}
	return false
}
