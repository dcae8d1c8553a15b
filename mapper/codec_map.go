package mapper

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
)

// A mapCodec stores a Go map as a map, and nil as NULL. The map is sorted by key, so that equal
// maps are equal bytes.
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
	var err error
	if m.key, err = c.keyCodec(t.Key()); err != nil {
		return nil, err
	}
	if m.value, err = c.codec(t.Elem(), f); err != nil {
		return nil, err
	}
	return &codec{
		nullable: true,
		encode:   m.encode,
		decode:   m.decode,
		isEmpty:  func(at place) bool { return reflectAt(t, at).Len() == 0 },
	}, nil
}

// keyCodec returns the codec of a map's keys. The server accepts integers, strings and bytes as
// keys. Other types are stored as text if they have the methods for it, or else as bytes. The
// content of an any is checked when it is written.
func (c *compiler) keyCodec(t reflect.Type) (*codec, error) {
	isText := hasMethods(t, textMarshalerType, textUnmarshalerType)
	_, registered := c.registry.byType[t]
	switch k := t.Kind(); {
	case registered:
		return c.codec(t, form{})
	case k >= reflect.Int && k <= reflect.Uint64 || k == reflect.String:
		return c.codec(t, form{})
	case k == reflect.Interface && t.NumMethod() == 0:
		return c.codec(t, form{})
	case isText:
		return c.codec(t, form{text: true})
	case k == reflect.Array && c.isByte(t.Elem()):
		return c.codec(t, form{blob: true})
	case k == reflect.Bool:
		made := boolKeyCodec()
		made.complete(t)
		return made, nil
	}
	return nil, fmt.Errorf("a map's key must be an integer, a string, a bool, an array of bytes or a type with MarshalText and UnmarshalText, not %s", t)
}

// boolKeyCodec stores a bool as text, because a boolean can't be a key.
func boolKeyCodec() *codec {
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			return protocol.String(strconv.FormatBool(*variable[bool](at))), nil
		},
		decode: func(at place, v protocol.Value) error {
			switch text, _ := v.Text(); text {
			case "true", "false":
				*variable[bool](at) = text == "true"
				return nil
			}
			return wrongType(v, `"true" or "false" as a key`)
		},
	}
}

func (m *mapCodec) encode(at place, depth int) (protocol.Value, error) {
	source := reflectAt(m.typ, at)
	if source.IsNil() {
		return protocol.Nil(), nil
	}
	depth, err := nextDepth(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	n := source.Len()
	// Each key and element needs its own variable, because values may share its memory.
	keys := reflect.MakeSlice(reflect.SliceOf(m.typ.Key()), n, n)
	items := reflect.MakeSlice(reflect.SliceOf(m.typ.Elem()), n, n)
	pairs := make([]protocol.Pair, n)
	i := 0
	for it := source.MapRange(); i < n && it.Next(); i++ {
		key, item := keys.Index(i), items.Index(i)
		key.SetIterKey(it)
		item.SetIterValue(it)
		if pairs[i], err = m.pair(placeAt(key), placeAt(item), depth); err != nil {
			return protocol.Nil(), err
		}
	}
	slices.SortFunc(pairs, func(a, b protocol.Pair) int { return protocol.Compare(a.Key, b.Key) })
	for i := 1; i < n; i++ {
		if protocol.Compare(pairs[i-1].Key, pairs[i].Key) == 0 {
			return protocol.Nil(), fmt.Errorf("%w: two keys of the map are stored as %v", ErrRange, pairs[i].Key)
		}
	}
	return protocol.MapWithOrder(m.order, pairs), nil
}

func (m *mapCodec) pair(key, item place, depth int) (p protocol.Pair, err error) {
	if p.Key, err = m.key.encode(key, depth); err != nil {
		return p, withPath("[key]", err)
	}
	switch p.Key.Kind() {
	case protocol.KindInt, protocol.KindString:
	case protocol.KindBlob:
		if m.typ.Key().Kind() == reflect.Interface {
			return p, fmt.Errorf("%w: a key of bytes can't be read back into a %s", ErrType, m.typ)
		}
	default:
		return p, fmt.Errorf("%w: a map's key must be an integer, a string or bytes, not %s", ErrType, article(p.Key.Kind().String()))
	}
	if p.Value, err = m.value.encode(item, depth); err != nil {
		return p, withPath("["+p.Key.String()+"]", err)
	}
	return p, nil
}

func (m *mapCodec) decode(at place, v protocol.Value) error {
	pairs, ok := v.Map()
	if !ok {
		return wrongType(v, "a map")
	}
	made := reflect.MakeMapWithSize(m.typ, len(pairs))
	key, item := reflect.New(m.typ.Key()).Elem(), reflect.New(m.typ.Elem()).Elem()
	for _, p := range pairs {
		key.SetZero()
		item.SetZero()
		if err := m.key.set(placeAt(key), p.Key); err != nil {
			return withPath("[key]", err)
		}
		if m.typ.Key().Kind() == reflect.Interface && !key.Comparable() {
			return fmt.Errorf("%w: %s can't be a map key in Go", ErrType, article(p.Key.Kind().String()))
		}
		if err := m.value.set(placeAt(item), p.Value); err != nil {
			return withPath("["+p.Key.String()+"]", err)
		}
		made.SetMapIndex(key, item)
	}
	if made.Len() != len(pairs) {
		return fmt.Errorf("%w: two keys of the map are the same key in Go", ErrRange)
	}
	reflectAt(m.typ, at).Set(made)
	return nil
}
