package mapper

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

func binMarshalerCodec(t reflect.Type) *codec {
	return &codec{
		nullable: true,
		encode: func(at place, _ int) (protocol.Value, error) {
			v, err := interfaceAt[BinMarshaler](t, at).MarshalBin()
			if err != nil {
				return protocol.Nil(), err
			}
			return v, checkStorable(v)
		},
		decode: func(at place, v protocol.Value) error {
			clearAt(t, at)
			return interfaceAt[BinUnmarshaler](t, at).UnmarshalBin(v)
		},
	}
}

// clearAt sets a variable to zero before its own method sets it, in case the method leaves a part
// of it unchanged.
func clearAt(t reflect.Type, at place) { reflectAt(t, at).SetZero() }

// isTextual reports whether option text can be used for the type.
func isTextual(t reflect.Type) bool {
	if hasMethods(t, textMarshalerType, textUnmarshalerType) {
		return true
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

func textCodec(t reflect.Type) *codec {
	if !hasMethods(t, textMarshalerType, textUnmarshalerType) {
		return decimalCodec(t)
	}
	if t == bigFloatType {
		return bigFloatCodec()
	}
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			text, err := interfaceAt[encoding.TextMarshaler](t, at).MarshalText()
			return protocol.String(string(text)), err
		},
		decode: func(at place, v protocol.Value) error {
			if v.Kind() != protocol.KindString {
				return wrongType(v, "a string")
			}
			s, _ := v.Text()
			clearAt(t, at)
			return interfaceAt[encoding.TextUnmarshaler](t, at).UnmarshalText([]byte(s))
		},
	}
}

// decimalCodec stores an integer as its decimal digits.
func decimalCodec(t reflect.Type) *codec {
	unsigned := t.Kind() >= reflect.Uint
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			rv := reflectAt(t, at)
			if unsigned {
				return protocol.String(strconv.FormatUint(rv.Uint(), 10)), nil
			}
			return protocol.String(strconv.FormatInt(rv.Int(), 10)), nil
		},
		decode: func(at place, v protocol.Value) error {
			if v.Kind() != protocol.KindString {
				return wrongType(v, "a string of digits")
			}
			s, _ := v.Text()
			if err := setDecimal(reflectAt(t, at), s); err != nil {
				return fmt.Errorf("%w: %w", ErrRange, err)
			}
			return nil
		},
	}
}

func setDecimal(rv reflect.Value, s string) error {
	if rv.CanUint() {
		n, err := strconv.ParseUint(s, 10, rv.Type().Bits())
		rv.SetUint(n)
		return err
	}
	n, err := strconv.ParseInt(s, 10, rv.Type().Bits())
	rv.SetInt(n)
	return err
}

// jsonCodec stores any type as JSON in a string, or in a blob with option blob. Both are read.
func jsonCodec(t reflect.Type, f form) (*codec, error) {
	nillable := t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Interface
	unmarshal := unmarshalJSON(t)
	made := &codec{
		nullable: nillable,
		encode: func(at place, _ int) (protocol.Value, error) {
			rv := reflectAt(t, at).Addr()
			if nillable && rv.Elem().IsNil() {
				return protocol.Nil(), nil
			}
			text, err := json.Marshal(rv.Interface())
			if err != nil || f.blob {
				return protocol.Blob(text), err
			}
			return protocol.String(string(text)), nil
		},
		decode: func(at place, v protocol.Value) error {
			var text []byte
			switch v.Kind() {
			case protocol.KindString:
				s, _ := v.Text()
				text = []byte(s)
			case protocol.KindBlob:
				b, _ := v.Bytes()
				text = bytes.Clone(b) // types such as json.RawMessage keep it
			default:
				return wrongType(v, "JSON as a string or blob")
			}
			clearAt(t, at)
			return unmarshal(text, reflectAt(t, at).Addr())
		},
	}
	if nillable {
		made.isEmpty = func(at place) bool {
			rv := reflectAt(t, at)
			return rv.IsNil() || t.Kind() != reflect.Interface && rv.Len() == 0
		}
	}
	return guarded(t, made), nil
}

// binaryCodec stores the bytes that MarshalBinary returns.
func binaryCodec(t reflect.Type) *codec {
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			b, err := interfaceAt[encoding.BinaryMarshaler](t, at).MarshalBinary()
			return protocol.Blob(b), err
		},
		decode: func(at place, v protocol.Value) error {
			if v.Kind() != protocol.KindBlob {
				return wrongType(v, "a blob")
			}
			b, _ := v.Bytes()
			clearAt(t, at)
			return interfaceAt[encoding.BinaryUnmarshaler](t, at).UnmarshalBinary(bytes.Clone(b))
		},
	}
}

// valuerCodec stores what Value of database/sql returns, and reads it with Scan.
func valuerCodec(t reflect.Type) *codec {
	return &codec{
		nullable: true,
		encode: func(at place, _ int) (protocol.Value, error) {
			x, err := interfaceAt[driver.Valuer](t, at).Value()
			if err != nil {
				return protocol.Nil(), err
			}
			if _, isTime := x.(time.Time); isTime {
				return protocol.Nil(), fmt.Errorf("%w: Value returns a time.Time, which Scan would receive as an integer; give the type MarshalBin and UnmarshalBin", ErrType)
			}
			v := protocol.ValueOf(x)
			return v, checkStorable(v)
		},
		decode: func(at place, v protocol.Value) error {
			switch v.Kind() {
			case protocol.KindList, protocol.KindMap, protocol.KindGeoJSON, protocol.KindHLL:
				return wrongType(v, "what Scan takes: a number, a string, a boolean or bytes")
			}
			clearAt(t, at)
			return interfaceAt[sql.Scanner](t, at).Scan(function.Clone(v).Any())
		},
	}
}

// kindOrValuer stores a type with Value and Scan that is not a struct: by its kind, as the official
// client does, or with WithNativeTypes what Value returns, as SQL does. Both are read.
func (c *compiler) kindOrValuer(t reflect.Type, kind *codec) *codec {
	valuer := guarded(t, valuerCodec(t))
	first, second := kind, valuer
	if c.native {
		first, second = valuer, kind
	}
	made := *kind
	made.encode, made.nullable, made.scans = first.encode, kind.nullable || c.native, true
	if c.native {
		made.form = formValue
	}
	made.decode = func(at place, v protocol.Value) error {
		err := first.decode(at, v)
		if err == nil || second.decode(at, v) == nil {
			return nil
		}
		return err
	}
	return &made
}
