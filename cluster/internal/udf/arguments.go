package udf

import "github.com/aerosql/aerosql/protocol"

// preserveOrder is the flag of a map whose pair order matters. Functions receive such a map as a
// list of its keys and values.
const preserveOrder = 8

// Arguments parses the arguments of a request. It returns nil if they are not a list, or if the
// list contains a value that functions cannot receive (docs/wire-cdt-exp.md#10.1). The result
// shares memory with packed.
func Arguments(packed []byte) []protocol.Value {
	v, _, err := protocol.ParseMsgpackPrefix(packed)
	if err != nil || !receive(&v) {
		return nil
	}
	list, _ := v.List()
	return list
}

// receive converts a value from a client in place to one that functions can receive: maps that
// preserve the order of their pairs become lists. It reports whether functions can receive the
// value.
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

// isKey reports whether key can be a key of a Map in Lua: an integer, a string or a plain blob.
func isKey(key protocol.Value) bool {
	switch key.Kind() {
	case protocol.KindInt, protocol.KindUint, protocol.KindString:
		return true
	case protocol.KindBlob:
		return key.Particle() == protocol.ParticleBlob
	}
	return false
}
