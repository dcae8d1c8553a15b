package mapper

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// mapCodec stores a Go map as a map, sorted by key so that equal maps give
// equal bytes, and nil as NULL.
type mapCodec struct {
	typ        reflect.Type
	key, value *codec
	order      protocol.Order
}

func (c *compiler) mapping(t reflect.Type, f form) (*codec, error) {
	m := &mapCodec{typ: t}
	if f.ordered {
		m.order = protocol.Ordered
		f.ordered = false
	}
	if err := checkMapKey(t.Key()); err != nil {
		return nil, err
	}
	var err error
	if m.key, err = c.codec(t.Key(), form{}); err != nil {
		return nil, err
	}
	if m.value, err = c.codec(t.Elem(), f); err != nil {
		return nil, err
	}
	return &codec{
		encode:  m.encode,
		decode:  m.decode,
		isEmpty: func(at unsafe.Pointer) bool { return reflect.NewAt(t, at).Elem().Len() == 0 },
	}, nil
}

// checkMapKey accepts the kinds that the server accepts as keys; of an any the
// content is checked when it is written.
func checkMapKey(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.String:
		return nil
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return nil
		}
	}
	return fmt.Errorf("a map's key must be an integer or a string, not %s", t)
}

func (m *mapCodec) encode(at unsafe.Pointer, depth int) (protocol.Value, error) {
	source := reflect.NewAt(m.typ, at).Elem()
	if source.IsNil() {
		return protocol.Nil(), nil
	}
	depth, err := deeper(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	n := source.Len()
	// Every key and element gets a variable of its own, as values may share its memory.
	keys := reflect.MakeSlice(reflect.SliceOf(m.typ.Key()), n, n)
	items := reflect.MakeSlice(reflect.SliceOf(m.typ.Elem()), n, n)
	pairs := make([]protocol.Pair, n)
	i := 0
	for it := source.MapRange(); i < n && it.Next(); i++ {
		key, item := keys.Index(i), items.Index(i)
		key.SetIterKey(it)
		item.SetIterValue(it)
		if pairs[i], err = m.pair(key.Addr().UnsafePointer(), item.Addr().UnsafePointer(), depth); err != nil {
			return protocol.Nil(), err
		}
	}
	slices.SortFunc(pairs, func(a, b protocol.Pair) int { return protocol.Compare(a.Key, b.Key) })
	for i := 1; i < n; i++ {
		if protocol.Compare(pairs[i-1].Key, pairs[i].Key) == 0 {
			return protocol.Nil(), fmt.Errorf("%w: two keys of the map are both stored as %v", ErrRange, pairs[i].Key)
		}
	}
	return protocol.MapWithOrder(m.order, pairs), nil
}

func (m *mapCodec) pair(key, item unsafe.Pointer, depth int) (p protocol.Pair, err error) {
	if p.Key, err = m.key.encode(key, depth); err != nil {
		return p, within("[key]", err)
	}
	switch p.Key.Kind() {
	case protocol.KindInt, protocol.KindString, protocol.KindBlob:
	default:
		return p, fmt.Errorf("%w: a map's key must be an integer, a string or bytes, not %s", ErrType, article(p.Key.Kind().String()))
	}
	if p.Value, err = m.value.encode(item, depth); err != nil {
		return p, within("["+p.Key.String()+"]", err)
	}
	return p, nil
}

func (m *mapCodec) decode(at unsafe.Pointer, v protocol.Value) error {
	pairs, ok := v.Map()
	if !ok {
		return wrongType(v, "a map")
	}
	made := reflect.MakeMapWithSize(m.typ, len(pairs))
	key, item := reflect.New(m.typ.Key()), reflect.New(m.typ.Elem())
	for _, p := range pairs {
		key.Elem().SetZero()
		item.Elem().SetZero()
		if err := m.key.set(key.UnsafePointer(), p.Key); err != nil {
			return within("[key]", err)
		}
		if m.typ.Key().Kind() == reflect.Interface && !key.Elem().Comparable() {
			return fmt.Errorf("%w: a key that is %s can't be a key in Go", ErrType, article(p.Key.Kind().String()))
		}
		if err := m.value.set(item.UnsafePointer(), p.Value); err != nil {
			return within("["+p.Key.String()+"]", err)
		}
		made.SetMapIndex(key.Elem(), item.Elem())
	}
	if made.Len() != len(pairs) {
		return fmt.Errorf("%w: two keys of the map are the same key in Go", ErrRange)
	}
	reflect.NewAt(m.typ, at).Elem().Set(made)
	return nil
}
