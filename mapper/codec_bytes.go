package mapper

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// stringCodec stores text as a string, or as a blob with option blob.
func stringCodec(f form) *codec {
	asBlob := f.blob
	form := formString
	if asBlob {
		form = formValue
	}
	return &codec{
		form: form, text: true,
		encode: func(at place, _ int) (protocol.Value, error) {
			s := *variable[string](at)
			if asBlob {
				return protocol.Blob(stringBytes(s)), nil
			}
			return protocol.String(s), nil
		},
		decode: func(at place, v protocol.Value) error {
			if v.Kind() == protocol.KindString {
				s, _ := v.Text()
				*variable[string](at) = strings.Clone(s)
				return nil
			}
			if asBlob && v.Kind() == protocol.KindBlob {
				b, _ := v.Bytes()
				*variable[string](at) = string(b)
				return nil
			}
			return wrongType(v, "a string")
		},
		clear:   func(at place) { *variable[string](at) = "" },
		isZero:  func(at place) bool { return *variable[string](at) == "" },
		isEmpty: func(at place) bool { return *variable[string](at) == "" },
	}
}

// bytesCodec stores a slice of bytes, or of a named type of bytes, as a blob.
func bytesCodec() *codec {
	return &codec{
		form: formBytes,
		encode: func(at place, _ int) (protocol.Value, error) {
			b := loadBytes(at)
			if b == nil {
				return protocol.Nil(), nil
			}
			return protocol.Blob(b), nil
		},
		decode: func(at place, v protocol.Value) error {
			if v.Kind() != protocol.KindBlob {
				return wrongType(v, "a blob")
			}
			b, _ := v.Bytes()
			storeBytes(at, bytes.Clone(b))
			return nil
		},
		clear:    func(at place) { storeBytes(at, nil) },
		isZero:   func(at place) bool { return loadBytes(at) == nil },
		isEmpty:  func(at place) bool { return len(loadBytes(at)) == 0 },
		nullable: true,
	}
}

// byteArray stores [N]byte as a list of N integers, like the official client, or as a blob. Both
// are read.
func (c *compiler) byteArray(t reflect.Type, f form) *codec {
	n := t.Len()
	asBlob := f.blob || c.native
	made := &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			b := arrayBytes(at, n)
			if asBlob {
				return protocol.Blob(b), nil
			}
			list := make([]protocol.Value, n)
			for i, x := range b {
				list[i] = protocol.Int(int64(x))
			}
			return protocol.List(list...), nil
		},
		decode: func(at place, v protocol.Value) error {
			return setByteArray(arrayBytes(at, n), v)
		},
	}
	if asBlob {
		made.form, made.size = formByteArray, n
	}
	if n == 0 {
		made.isEmpty = func(place) bool { return true }
	}
	return made
}

func setByteArray(dst []byte, v protocol.Value) error {
	if v.Kind() == protocol.KindBlob {
		b, _ := v.Bytes()
		if len(b) != len(dst) {
			return fmt.Errorf("%w: a blob of %d bytes for an array of %d", ErrRange, len(b), len(dst))
		}
		copy(dst, b)
		return nil
	}
	list, ok := v.List()
	if !ok {
		return wrongType(v, "a blob or a list of bytes")
	}
	if len(list) != len(dst) {
		return fmt.Errorf("%w: a list of %d bytes for an array of %d", ErrRange, len(list), len(dst))
	}
	for i, e := range list {
		n, ok := e.Int()
		if !ok {
			return wrongType(e, "bytes")
		}
		if n < 0 || n > 255 {
			return fmt.Errorf("%w: %d is not a byte", ErrRange, n)
		}
		dst[i] = byte(n)
	}
	return nil
}
