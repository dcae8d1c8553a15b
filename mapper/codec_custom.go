package mapper

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Codec stores values of type V in a form that the program chooses. [WithCodec] uses it for every
// field of the type, [WithNamedCodec] for the fields that are tagged with its name. A codec also
// applies behind pointers, in slices and arrays, and to the values of maps.
//
// The functions must be safe for use by multiple goroutines. If one panics, the call returns an
// error with [ErrPanic].
type Codec[V any] struct {
	// Encode returns the value to store, or protocol.Nil() for NULL.
	Encode func(v V) (protocol.Value, error)
	// Decode returns the Go value for a stored one. It is not called for NULL, which is the zero V.
	// The stored value shares memory with the response: copy strings and bytes that you keep.
	Decode func(v protocol.Value) (V, error)
}

// WithCodec stores all values of type V with a codec, also the elements of collections and the
// fields of nested structs. Only option json and a named codec of a field have precedence.
//
//	mapper.New[Host](db, mapper.WithCodec(mapper.Codec[net.HardwareAddr]{
//		Encode: func(a net.HardwareAddr) (protocol.Value, error) { return protocol.String(a.String()), nil },
//		Decode: func(v protocol.Value) (net.HardwareAddr, error) { s, _ := v.Text(); return net.ParseMAC(s) },
//	}))
func WithCodec[V any](c Codec[V]) Option {
	return func(cfg *config) error {
		made, err := customCodec(c)
		if err != nil {
			return fmt.Errorf("mapper: WithCodec: %w", err)
		}
		return cfg.register(reflect.TypeFor[V](), made)
	}
}

// WithNamedCodec stores the fields tagged `as:"bin,codec=name"` with a codec. It is an error of New
// if such a field has neither type V nor a pointer, slice, array or map of it.
func WithNamedCodec[V any](name string, c Codec[V]) Option {
	return func(cfg *config) error {
		made, err := customCodec(c)
		if err != nil {
			return fmt.Errorf("mapper: WithNamedCodec(%q): %w", name, err)
		}
		if _, taken := cfg.named[name]; taken || name == "" {
			return fmt.Errorf("mapper: WithNamedCodec: the name %q is empty or already used", name)
		}
		if cfg.named == nil {
			cfg.named = map[string]func() *codec{}
		}
		cfg.named[name] = made
		return nil
	}
}

// A registry has the codecs that the options of New define. Each function returns a new codec.
type registry struct {
	byType map[reflect.Type]func() *codec
	named  map[string]func() *codec
	// unions has the types that fields of an interface type can hold.
	unions map[reflect.Type][]variant
}

// register sets the codec of a type.
func (r *registry) register(t reflect.Type, made func() *codec) error {
	if _, taken := r.byType[t]; taken {
		return fmt.Errorf("mapper: two options define how %s is stored", t)
	}
	if r.byType == nil {
		r.byType = map[reflect.Type]func() *codec{}
	}
	r.byType[t] = made
	return nil
}

// customCodec returns a function that makes the codec of a program's own functions.
func customCodec[V any](c Codec[V]) (func() *codec, error) {
	if c.Encode == nil || c.Decode == nil {
		return nil, fmt.Errorf("the codec of %s needs both Encode and Decode", reflect.TypeFor[V]())
	}
	t := reflect.TypeFor[V]()
	return func() *codec {
		made := &codec{
			typ: t, custom: true, nullable: true,
			encode: func(at place, _ int) (protocol.Value, error) {
				v, err := c.Encode(*variable[V](at))
				if err != nil {
					return protocol.Nil(), err
				}
				return v, checkStorable(v)
			},
			decode: func(at place, v protocol.Value) error {
				x, err := c.Decode(v)
				if err == nil {
					*variable[V](at) = x
				}
				return err
			},
		}
		return guarded(t, made)
	}, nil
}

// namedCodec returns the codec that a field names. It is for the type itself or for what a pointer,
// slice, array or map contains.
func (c *compiler) namedCodec(t reflect.Type, f form) (made *codec, passOn bool, err error) {
	custom, ok := c.registry.named[f.codec]
	if !ok {
		known := slices.Sorted(maps.Keys(c.registry.named))
		return nil, false, fmt.Errorf("option codec=%s: there is no codec with this name; define it with WithNamedCodec%s", f.codec, listOf(known))
	}
	made = custom()
	if made.typ == t {
		f.codec = ""
		return made, false, f.checkOptions(t)
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return nil, true, nil
	}
	return nil, false, fmt.Errorf("option codec=%s is for %s, not for %s", f.codec, made.typ, t)
}

func listOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; defined are " + strings.Join(names, ", ")
}
