package mapper

import (
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

var valueType = reflect.TypeFor[protocol.Value]()

// valueCodec stores a protocol.Value unchanged.
func valueCodec() *codec {
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			v := *variable[protocol.Value](at)
			return v, checkStorable(v)
		},
		decode: func(at place, v protocol.Value) error {
			*variable[protocol.Value](at) = function.Clone(v)
			return nil
		},
		isZero:   func(at place) bool { return variable[protocol.Value](at).IsNil() },
		isEmpty:  func(at place) bool { return variable[protocol.Value](at).IsNil() },
		nullable: true,
	}
}

// checkStorable returns an error for a value that no bin can hold.
func checkStorable(v protocol.Value) error {
	switch v.Kind() {
	case protocol.KindInvalid:
		return fmt.Errorf("%w: %w", ErrType, v.Err())
	case protocol.KindInfinity, protocol.KindWildcard:
		return fmt.Errorf("%w: %s can't be stored", ErrType, v.Kind())
	}
	return nil
}

// anyCodec stores what valueOfAny returns, and reads with anyOf.
func anyCodec(t reflect.Type, f form) (*codec, error) {
	if t.NumMethod() > 0 {
		return nil, fmt.Errorf("the interface %s can't be read back, because its type isn't stored; register its types with WithTypes, or use any, a type with MarshalBin and UnmarshalBin, or option json", t)
	}
	return &codec{
		encode: func(at place, depth int) (protocol.Value, error) {
			return valueOfAny(*variable[any](at), depth)
		},
		decode: func(at place, v protocol.Value) error {
			*variable[any](at) = anyOf(function.Clone(v))
			return nil
		},
		clear:    func(at place) { *variable[any](at) = nil },
		isZero:   func(at place) bool { return *variable[any](at) == nil },
		isEmpty:  func(at place) bool { return *variable[any](at) == nil },
		nullable: true,
	}, f.checkOptions(t)
}

// valueOfAny is [protocol.ValueOf], but a value with MarshalBin is what that returns, also inside a
// []any or a map[string]any.
func valueOfAny(x any, depth int) (v protocol.Value, err error) {
	switch x := x.(type) {
	case []any:
		return valueOfList(x, depth)
	case map[string]any:
		return valueOfMap(x, depth)
	case protocol.Value:
		v = x
	case BinMarshaler:
		if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return protocol.Nil(), nil
		}
		defer recovered(reflect.TypeOf(x), &err)
		if v, err = x.MarshalBin(); err != nil {
			return protocol.Nil(), err
		}
	default:
		v = protocol.ValueOf(x)
	}
	return v, checkStorable(v)
}

func valueOfList(list []any, depth int) (protocol.Value, error) {
	depth, err := nextDepth(depth)
	if list == nil || err != nil {
		return protocol.Nil(), err
	}
	values := make([]protocol.Value, len(list))
	for i, x := range list {
		if values[i], err = valueOfAny(x, depth); err != nil {
			return protocol.Nil(), withPath(fmt.Sprintf("[%d]", i), err)
		}
	}
	return protocol.List(values...), nil
}

func valueOfMap(m map[string]any, depth int) (protocol.Value, error) {
	depth, err := nextDepth(depth)
	if m == nil || err != nil {
		return protocol.Nil(), err
	}
	values := make(map[string]any, len(m))
	for key, x := range m {
		if values[key], err = valueOfAny(x, depth); err != nil {
			return protocol.Nil(), withPath("["+key+"]", err)
		}
	}
	v := protocol.ValueOf(values)
	return v, checkStorable(v)
}

// anyOf is like Value.Any, but returns a protocol.Value if [protocol.ValueOf] would not return the
// same value again: for GeoJSON, HyperLogLog, blobs of other languages, and maps with keys that Go
// can't use. This also holds inside lists and maps.
func anyOf(v protocol.Value) any {
	switch {
	case v.Kind() == protocol.KindList || v.Kind() == protocol.KindMap:
		if v.Order() != protocol.Unordered {
			return v
		}
	}
	switch v.Kind() {
	case protocol.KindGeoJSON, protocol.KindHLL:
		return v
	case protocol.KindBlob:
		if v.Particle() != protocol.ParticleBlob {
			return v
		}
	case protocol.KindList:
		elements, _ := v.List()
		list := make([]any, len(elements))
		for i, e := range elements {
			list[i] = anyOf(e)
		}
		return list
	case protocol.KindMap:
		return anyMapOf(v)
	}
	return v.Any()
}

func anyMapOf(v protocol.Value) any {
	pairs, _ := v.Map()
	for _, p := range pairs {
		if k := p.Key.Kind(); k != protocol.KindInt && k != protocol.KindUint && k != protocol.KindString {
			return v
		}
	}
	m := v.Any()
	switch m := m.(type) {
	case map[string]any:
		for _, p := range pairs {
			name, _ := p.Key.Text()
			m[name] = anyOf(p.Value)
		}
	case map[any]any:
		for _, p := range pairs {
			m[p.Key.Any()] = anyOf(p.Value)
		}
	}
	return m
}
