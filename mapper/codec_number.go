package mapper

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
)

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64
}

// numberCodec returns a codec for a kind of numbers. N is the basic type of the kind; named types
// of that kind have the same memory layout.
func numberCodec[N integer | float32 | float64](
	form binForm, encode func(at place, depth int) (protocol.Value, error), decode func(v protocol.Value) (N, error),
) *codec {
	return &codec{
		form:   form,
		encode: encode,
		decode: func(at place, v protocol.Value) (err error) {
			*variable[N](at), err = decode(v)
			return err
		},
		clear:   func(at place) { *variable[N](at) = 0 },
		isEmpty: func(at place) bool { return *variable[N](at) == 0 },
	}
}

func integerCodec(t reflect.Type, f form) (*codec, error) {
	if f.blob && t.Kind() == reflect.Uint64 {
		return numberCodec(formValue, encodeUint64Blob, uint64OfBlob), f.checkOptions(t, "blob")
	}
	return integersByKind[t.Kind()](), f.checkOptions(t)
}

var integersByKind = map[reflect.Kind]func() *codec{
	reflect.Int:    signed[int],
	reflect.Int8:   signed[int8],
	reflect.Int16:  signed[int16],
	reflect.Int32:  signed[int32],
	reflect.Int64:  signed[int64],
	reflect.Uint:   unsigned[uint],
	reflect.Uint8:  unsigned[uint8],
	reflect.Uint16: unsigned[uint16],
	reflect.Uint32: unsigned[uint32],
	reflect.Uint64: unsigned[uint64],
}

func signed[N int | int8 | int16 | int32 | int64]() *codec {
	encode := func(at place, _ int) (protocol.Value, error) {
		return protocol.Int(int64(*variable[N](at))), nil
	}
	c := numberCodec(integerForms[N(0)], encode, func(v protocol.Value) (N, error) {
		n, ok := v.Int()
		if !ok {
			return 0, notInteger(v)
		}
		if int64(N(n)) != n {
			return 0, outOfRange[N](v)
		}
		return N(n), nil
	})
	c.isZero = c.isEmpty
	return c
}

func unsigned[N uint | uint8 | uint16 | uint32 | uint64]() *codec {
	encode := func(at place, _ int) (protocol.Value, error) {
		n := uint64(*variable[N](at))
		if n > math.MaxInt64 {
			return protocol.Nil(), fmt.Errorf("%w: %d is above 2^63-1, the largest integer of a bin; use option blob or text", ErrRange, n)
		}
		return protocol.Int(int64(n)), nil
	}
	c := numberCodec(integerForms[N(0)], encode, func(v protocol.Value) (N, error) {
		n, ok := v.Uint()
		switch {
		case !ok && v.Kind() != protocol.KindInt:
			return 0, notInteger(v)
		case !ok || uint64(N(n)) != n:
			return 0, outOfRange[N](v)
		}
		return N(n), nil
	})
	c.isZero = c.isEmpty
	return c
}

func notInteger(v protocol.Value) error {
	if v.Kind() == protocol.KindUint {
		n, _ := v.Uint()
		return fmt.Errorf("%w: %d is above the largest signed integer", ErrRange, n)
	}
	return wrongType(v, "an integer")
}

func outOfRange[N any](v protocol.Value) error {
	return fmt.Errorf("%w: %v does not fit into a field of kind %v", ErrRange, v, reflect.TypeFor[N]())
}

// encodeUint64Blob returns a big-endian blob, so that blobs sort like the numbers.
func encodeUint64Blob(at place, _ int) (protocol.Value, error) {
	return protocol.Blob(binary.BigEndian.AppendUint64(nil, *variable[uint64](at))), nil
}

// uint64OfBlob also reads integers, so that the option can be added to a field that is in use.
func uint64OfBlob(v protocol.Value) (uint64, error) {
	if n, ok := v.Uint(); ok {
		return n, nil
	}
	b, ok := v.Bytes()
	if !ok || v.Kind() != protocol.KindBlob {
		return 0, wrongType(v, "a blob of 8 bytes")
	}
	if len(b) != 8 {
		return 0, fmt.Errorf("%w: a blob of %d bytes, not 8", ErrRange, len(b))
	}
	return binary.BigEndian.Uint64(b), nil
}

func floatCodec(t reflect.Type) *codec {
	if t.Kind() == reflect.Float32 {
		return numberCodec(formFloat32, func(at place, _ int) (protocol.Value, error) {
			return protocol.Float(float64(*variable[float32](at))), nil
		}, float32Of)
	}
	return numberCodec(formFloat64, func(at place, _ int) (protocol.Value, error) {
		return protocol.Float(*variable[float64](at)), nil
	}, float64Of)
}

// float64Of also accepts integers: other clients and languages write 3.0 as 3.
func float64Of(v protocol.Value) (float64, error) {
	if f, ok := v.Float(); ok {
		return f, nil
	}
	n, ok := v.Int()
	if !ok {
		return 0, wrongType(v, "a float")
	}
	if n > maxExact || n < -maxExact {
		return 0, fmt.Errorf("%w: a float64 can't hold %d exactly", ErrRange, n)
	}
	return float64(n), nil
}

func float32Of(v protocol.Value) (float32, error) {
	f, err := float64Of(v)
	if err != nil {
		return 0, err
	}
	if narrow := float32(f); float64(narrow) == f || math.IsNaN(f) {
		return narrow, nil
	}
	return 0, fmt.Errorf("%w: a float32 can't hold %v exactly", ErrRange, f)
}

// boolean stores a bool as the integer 0 or 1, which is the default of the official client, or as a
// boolean. Both are read.
func (c *compiler) boolean(f form) *codec {
	native := f.boolean == boolNative || f.boolean == boolDefault && c.native
	form := formBoolInt
	if native {
		form = formBool
	}
	return &codec{
		form: form,
		encode: func(at place, _ int) (protocol.Value, error) {
			b := *variable[bool](at)
			switch {
			case native:
				return protocol.Bool(b), nil
			case b:
				return protocol.Int(1), nil
			}
			return protocol.Int(0), nil
		},
		decode: func(at place, v protocol.Value) (err error) {
			*variable[bool](at), err = boolOf(v)
			return err
		},
		clear:   func(at place) { *variable[bool](at) = false },
		isEmpty: func(at place) bool { return !*variable[bool](at) },
	}
}

func boolOf(v protocol.Value) (bool, error) {
	if b, ok := v.Bool(); ok {
		return b, nil
	}
	n, ok := v.Int()
	switch {
	case !ok:
		return false, wrongType(v, "a boolean")
	case n != 0 && n != 1:
		return false, fmt.Errorf("%w: the integer %s is not a boolean", ErrRange, strconv.FormatInt(n, 10))
	}
	return n == 1, nil
}
