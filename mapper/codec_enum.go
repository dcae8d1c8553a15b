package mapper

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// An Enum is a type of integers whose values have names; see [WithEnum].
type Enum interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// WithEnum stores the values of an integer type by their names, as strings, also in collections and
// as map keys. Programs in other languages can read them, and the constants can change their
// numbers. A value without a name is an error of writes, and a name without a value one of reads:
// both are [ErrRange]. The numbers of the values are read too, so that the option can be added to a
// type that is in use.
//
//	mapper.WithEnum(map[Color]string{Red: "red", Green: "green"})
//
// [Names] makes the map from the String methods of the values.
func WithEnum[E Enum](names map[E]string) Option {
	return func(cfg *config) error {
		t := reflect.TypeFor[E]()
		if t.PkgPath() == "" {
			return fmt.Errorf("mapper: WithEnum: %s is not a type of the program", t)
		}
		values := make(map[string]E, len(names))
		for v, name := range names {
			if other, taken := values[name]; taken || name == "" {
				return fmt.Errorf("mapper: WithEnum: the name %q of %s %d is empty or also that of %d", name, t, v, other)
			}
			values[name] = v
		}
		if len(names) == 0 {
			return fmt.Errorf("mapper: WithEnum: %s has no names", t)
		}
		names := maps.Clone(names)
		return cfg.register(t, func() *codec { return enumCodec(t, names, values) })
	}
}

// Names returns the names of values for [WithEnum], as their String methods return them.
func Names[E interface {
	Enum
	fmt.Stringer
}](values ...E) map[E]string {
	names := make(map[E]string, len(values))
	for _, v := range values {
		names[v] = v.String()
	}
	return names
}

func enumCodec[E Enum](t reflect.Type, names map[E]string, values map[string]E) *codec {
	return &codec{
		custom: true,
		encode: func(at place, _ int) (protocol.Value, error) {
			v := *variable[E](at)
			name, ok := names[v]
			if !ok {
				return protocol.Nil(), fmt.Errorf("%w: the %s %d has no name; its names are %s", ErrRange, t, v, sortedNames(values))
			}
			return protocol.String(name), nil
		},
		decode: func(at place, v protocol.Value) error {
			if n, isInt := v.Int(); isInt {
				e := E(n)
				if _, ok := names[e]; !ok || int64(e) != n {
					return fmt.Errorf("%w: no %s has the number %d", ErrRange, t, n)
				}
				*variable[E](at) = e
				return nil
			}
			if v.Kind() != protocol.KindString {
				return wrongType(v, "the name of a "+t.String())
			}
			name, _ := v.Text()
			e, ok := values[name]
			if !ok {
				return fmt.Errorf("%w: no %s has the name %q; its names are %s", ErrRange, t, name, sortedNames(values))
			}
			*variable[E](at) = e
			return nil
		},
	}
}

func sortedNames[E any](values map[string]E) string {
	return strings.Join(slices.Sorted(maps.Keys(values)), ", ")
}
