package mapper

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

var valueType = reflect.TypeFor[protocol.Value]()

// valueCodec stores a protocol.Value as it is.
func valueCodec() *codec {
	return &codec{
		encode: func(at unsafe.Pointer, _ int) (protocol.Value, error) {
			v := *(*protocol.Value)(at)
			return v, storable(v)
		},
		decode: func(at unsafe.Pointer, v protocol.Value) error {
			*(*protocol.Value)(at) = cloneValue(v)
			return nil
		},
		isZero:  func(at unsafe.Pointer) bool { return (*protocol.Value)(at).IsNil() },
		isEmpty: func(at unsafe.Pointer) bool { return (*protocol.Value)(at).IsNil() },
	}
}

// storable reports a value that others made and that no bin can hold.
func storable(v protocol.Value) error {
	switch v.Kind() {
	case protocol.KindInvalid:
		return fmt.Errorf("%w: %w", ErrType, v.Err())
	case protocol.KindInfinity, protocol.KindWildcard:
		return fmt.Errorf("%w: %s can't be stored", ErrType, v.Kind())
	}
	return nil
}

// anyCodec stores what protocol.ValueOf can make of the content and reads
// what Value.Any gives.
func anyCodec(t reflect.Type, f form) (*codec, error) {
	if t.NumMethod() > 0 {
		return nil, fmt.Errorf("the interface %s can't be read back: which type would be made? Use any, a type with MarshalBin and UnmarshalBin, or option json", t)
	}
	return &codec{
		encode: func(at unsafe.Pointer, _ int) (protocol.Value, error) {
			v := protocol.ValueOf(*(*any)(at))
			return v, storable(v)
		},
		decode: func(at unsafe.Pointer, v protocol.Value) error {
			*(*any)(at) = cloneValue(v).Any()
			return nil
		},
		clear:   func(at unsafe.Pointer) { *(*any)(at) = nil },
		isZero:  func(at unsafe.Pointer) bool { return *(*any)(at) == nil },
		isEmpty: func(at unsafe.Pointer) bool { return *(*any)(at) == nil },
	}, f.unused(t)
}

// cloneValue copies what the value shares with the response that it came from.
func cloneValue(v protocol.Value) protocol.Value {
	switch v.Kind() {
	case protocol.KindString:
		s, _ := v.Text()
		return protocol.String(strings.Clone(s))
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		return protocol.GeoJSON(strings.Clone(s))
	case protocol.KindBlob:
		b, _ := v.Bytes()
		return protocol.BlobOf(v.Particle(), bytes.Clone(b))
	case protocol.KindHLL:
		b, _ := v.Bytes()
		return protocol.HLL(bytes.Clone(b))
	case protocol.KindList:
		list, _ := v.List()
		clone := make([]protocol.Value, len(list))
		for i, e := range list {
			clone[i] = cloneValue(e)
		}
		return protocol.ListWithOrder(v.Order(), clone)
	case protocol.KindMap:
		pairs, _ := v.Map()
		clone := make([]protocol.Pair, len(pairs))
		for i, p := range pairs {
			clone[i] = protocol.Pair{Key: cloneValue(p.Key), Value: cloneValue(p.Value)}
		}
		return protocol.MapWithOrder(v.Order(), clone)
	}
	return v
}
