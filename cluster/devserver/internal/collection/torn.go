package collection

import (
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// torn stands for a missing element at the end of an incomplete list.
//
// A real server does not reject a single value with an invalid map in it (keys of an invalid type,
// or duplicate keys) that is appended to, inserted into or set in an unordered list. It counts an
// element but writes none. The list is incomplete from then on: its header announces more elements
// than follow. Since programs and recordings can observe this, lists here behave the same. In a
// nested list or map, where the missing bytes would be taken from what follows, such a value is
// rejected.
var torn = protocol.ValueOf(errors.New("missing list element"))

// maxTorn is the largest number of missing elements in a list. A longer list is treated as
// malformed, because the announced elements would take memory.
const maxTorn = 1024

func isTorn(list []protocol.Value) bool { return len(list) > 0 && isMissing(list[len(list)-1]) }

// isMissing reports whether a value stands for a missing element.
func isMissing(v protocol.Value) bool {
	if v.Kind() != protocol.KindInvalid {
		return false
	}
	_, opaque := call.Opaque(v)
	return !opaque
}

// torn reports whether elements of a list are missing. Such a list cannot be searched by value.
func (s *sequence) torn() bool { return !s.isMap && isTorn(s.values) }

// tornLast moves missing elements to the end of the list, where a reader of the packed list finds
// them missing.
func tornLast(list []protocol.Value) []protocol.Value {
	there := 0
	for _, v := range list {
		if !isMissing(v) {
			list[there] = v
			there++
		}
	}
	for i := there; i < len(list); i++ {
		list[i] = torn
	}
	return list
}

// Unpack parses a bin's bytes like [protocol.ParseParticle], but also accepts lists and maps with
// opaque elements (see [call.Opaque]), and incomplete lists.
func Unpack(t protocol.ParticleType, data []byte) (protocol.Value, error) {
	v, err := protocol.ParseParticle(t, data)
	if err == nil || t != protocol.ParticleList && t != protocol.ParticleMap {
		return v, err
	}
	if deep, rest, ok := call.ParseValue(data); ok && len(rest) == 0 && deep.Particle() == t {
		return deep, nil
	}
	if t == protocol.ParticleMap {
		return v, err
	}
	r := call.NewReader(data)
	n, _ := r.Array()
	order := protocol.Unordered
	if first, ok := r.Peek(); ok && first.Kind == call.KindExt && len(first.Data) == 0 {
		order = protocol.Order(first.Ext)
		r.Skip(1)
		n--
	}
	var list []protocol.Value
	for len(list) < n {
		if len(r.Rest()) == 0 {
			if n-len(list) > maxTorn {
				return v, err
			}
			list = append(list, torn)
			continue
		}
		e, ok := r.Value()
		if !ok {
			return v, err
		}
		list = append(list, e)
	}
	return protocol.ListWithOrder(order, list), nil
}

// Pack appends the bytes of a bin as a client sees it. It is like [protocol.AppendParticle], but
// also accepts what only [Unpack] reads.
func Pack(dst []byte, v protocol.Value) ([]byte, error) {
	v = Visible(v)
	list, _ := v.List()
	switch {
	case isTorn(list):
	case v.Kind() == protocol.KindList, v.Kind() == protocol.KindMap:
		return call.AppendValue(dst, v)
	default:
		return protocol.AppendParticle(dst, v)
	}
	start := len(dst)
	dst = call.AppendListHeader(dst, len(list), v.Order(), len(list) > 0 && call.IsExtension(list[0]))
	for _, e := range list {
		if isMissing(e) {
			break
		}
		var err error
		if dst, err = call.AppendValue(dst, e); err != nil {
			return dst[:start], fmt.Errorf("incomplete list: %w", err)
		}
	}
	return dst, nil
}
