package mapper

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A variant is a type that a field of an interface type can hold, and its name.
type variant struct {
	name string
	typ  reflect.Type
}

// The name of a variant is stored in the map of its fields, or at the end of its list with option
// list. The Java object mapper stores the names of subclasses in the same way.
const (
	typeKey    = ".type"
	typePrefix = "@T:"
	// valueKey is the key of a variant that is not stored as a map of fields.
	valueKey = ".value"
)

// WithTypes registers the types that fields of the interface type I can hold, each with the name
// that is stored with its values. The values of the map only show the types:
//
//	mapper.WithTypes(map[string]Shape{"circle": Circle{}, "square": &Square{}})
//
// A struct, or what a pointer to one points to, is stored as the map of its fields with its name as
// the key ".type", and with option list as the list of its fields with "@T:" and its name at the
// end. A value of another type is a map with the keys ".type" and ".value". A nil interface is
// NULL; a nil pointer in an interface is an error. Renaming the Go type changes nothing, but a name
// in use must stay.
//
// If I is any, values of other types are stored as without the option.
func WithTypes[I any](types map[string]I) Option {
	return func(cfg *config) error {
		t := reflect.TypeFor[I]()
		if t.Kind() != reflect.Interface {
			return fmt.Errorf("mapper: WithTypes: %s is not an interface", t)
		}
		if _, taken := cfg.unions[t]; taken || len(types) == 0 {
			return fmt.Errorf("mapper: WithTypes: the types of %s are empty or already registered", t)
		}
		var variants []variant
		for _, name := range slices.Sorted(maps.Keys(types)) {
			v := variant{name, reflect.TypeOf(types[name])}
			if v.typ == nil || name == "" {
				return fmt.Errorf("mapper: WithTypes: the type %q of %s has no name or is nil", name, t)
			}
			for _, other := range variants {
				if other.typ == v.typ {
					return fmt.Errorf("mapper: WithTypes: %s has the names %q and %q", v.typ, other.name, name)
				}
			}
			variants = append(variants, v)
		}
		if cfg.unions == nil {
			cfg.unions = map[reflect.Type][]variant{}
		}
		cfg.unions[t] = variants
		return nil
	}
}

// A union stores an interface whose types are registered.
type union struct {
	typ     reflect.Type
	inList  bool // structs are stored as lists
	byType  map[reflect.Type]*unionCase
	byName  map[string]*unionCase
	names   string
	without *codec // for other types, if the interface is any
}

// A unionCase is one of the types of a union.
type unionCase struct {
	variant
	codec *codec // of the type, or of what it points to
	elem  reflect.Type
	// isStruct says that the value is stored by its fields, as a map or list.
	isStruct bool
}

func (c *compiler) union(t reflect.Type, variants []variant, f form) (*codec, error) {
	u := &union{typ: t, inList: f.list, byType: map[reflect.Type]*unionCase{}, byName: map[string]*unionCase{}}
	var names []string
	for _, v := range variants {
		uc, err := c.unionCase(v, f)
		if err != nil {
			return nil, fmt.Errorf("type %q of %s: %w", v.name, t, err)
		}
		u.byType[v.typ], u.byName[v.name] = uc, uc
		names = append(names, v.name)
	}
	u.names = strings.Join(names, ", ")
	if t.NumMethod() == 0 {
		f.list = false
		var err error
		if u.without, err = anyCodec(t, f); err != nil {
			return nil, err
		}
	} else if f.list = false; f != (form{}) {
		if err := f.checkOptions(t); err != nil {
			return nil, err
		}
	}
	isNil := func(at place) bool { return reflectAt(t, at).IsNil() }
	return &codec{encode: u.encode, decode: u.decode, isZero: isNil, isEmpty: isNil, nullable: true}, nil
}

func (c *compiler) unionCase(v variant, f form) (*unionCase, error) {
	uc := &unionCase{variant: v, elem: v.typ}
	if v.typ.Kind() == reflect.Pointer {
		uc.elem = v.typ.Elem()
	}
	if uc.elem.Kind() == reflect.Pointer || uc.elem.Kind() == reflect.Interface {
		return nil, fmt.Errorf("%s can't be stored in an interface; register a struct or a pointer to one", v.typ)
	}
	f = form{list: f.list && uc.elem.Kind() == reflect.Struct && !c.isOpaque(uc.elem)}
	var err error
	uc.codec, err = c.codec(uc.elem, f)
	if uc.isStruct = uc.elem.Kind() == reflect.Struct && !c.isOpaque(uc.elem); uc.isStruct && err == nil {
		if _, taken := c.collect(uc.elem, true).byBin[typeKey]; taken {
			err = fmt.Errorf("a field of %s has the key %q, which holds the name of the type", uc.elem, typeKey)
		}
	}
	return uc, err
}

func (u *union) encode(at place, depth int) (protocol.Value, error) {
	holder := reflectAt(u.typ, at)
	if holder.IsNil() {
		return protocol.Nil(), nil
	}
	x := holder.Elem()
	uc, ok := u.byType[x.Type()]
	switch {
	case !ok && u.without != nil:
		return u.without.encode(at, depth)
	case !ok:
		return protocol.Nil(), fmt.Errorf("%w: %s is not registered as a type of %s; use WithTypes", ErrType, x.Type(), u.typ)
	case x.Kind() == reflect.Pointer && x.IsNil():
		return protocol.Nil(), fmt.Errorf("%w: a nil %s in a %s can't be stored; use a nil %[3]s", ErrType, x.Type(), u.typ)
	case x.Kind() == reflect.Pointer:
		x = x.Elem()
	default:
		copied := reflect.New(x.Type()).Elem()
		copied.Set(x)
		x = copied
	}
	depth, err := nextDepth(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	v, err := uc.codec.encode(placeAt(x), depth)
	if err != nil {
		return protocol.Nil(), err
	}
	return u.name(uc, v), nil
}

// name adds the name of the type to a value.
func (u *union) name(uc *unionCase, v protocol.Value) protocol.Value {
	if list, ok := v.List(); ok && uc.isStruct {
		return protocol.List(append(slices.Clip(list), protocol.String(typePrefix+uc.variant.name))...)
	}
	named := protocol.Pair{Key: protocol.String(typeKey), Value: protocol.String(uc.variant.name)}
	if pairs, ok := v.Map(); ok && uc.isStruct {
		pairs = append(slices.Clip(pairs), named)
		slices.SortFunc(pairs, func(a, b protocol.Pair) int {
			x, _ := a.Key.Text()
			y, _ := b.Key.Text()
			return cmp.Compare(x, y)
		})
		return protocol.Map(pairs...)
	}
	return protocol.Map(named, protocol.Pair{Key: protocol.String(valueKey), Value: v})
}

func (u *union) decode(at place, v protocol.Value) error {
	uc, content, err := u.caseOf(v)
	switch {
	case err != nil:
		return err
	case uc == nil:
		return u.without.decode(at, v)
	}
	x := reflect.New(uc.elem)
	if err := uc.codec.set(placeAt(x.Elem()), content); err != nil {
		return err
	}
	if uc.typ.Kind() != reflect.Pointer {
		x = x.Elem()
	}
	reflectAt(u.typ, at).Set(x)
	return nil
}

// caseOf returns the type of a stored value, and the value without the type's name. The type is nil
// if the interface is any and the value has no name.
func (u *union) caseOf(v protocol.Value) (uc *unionCase, content protocol.Value, err error) {
	name, content, found := typeNameOf(v)
	uc, known := u.byName[name]
	switch {
	case known && uc.isStruct:
		return uc, content, nil
	case known:
		pairs, _ := content.Map()
		if len(pairs) == 1 && protocol.Equal(pairs[0].Key, protocol.String(valueKey)) {
			return uc, pairs[0].Value, nil
		}
		return nil, v, fmt.Errorf("%w: the type %q of a %s needs a map with the keys %q and %q", ErrType, name, u.typ, typeKey, valueKey)
	case u.without != nil:
		return nil, v, nil
	case !found:
		return nil, v, fmt.Errorf("%w: the value of a %s has no type name; a map needs the key %q, a list a last element %q", ErrType, u.typ, typeKey, typePrefix+"name")
	}
	return nil, v, fmt.Errorf("%w: no type of %s has the name %q; its names are %s", ErrType, u.typ, name, u.names)
}

// typeNameOf returns the type name in a value and the value without it.
func typeNameOf(v protocol.Value) (name string, content protocol.Value, found bool) {
	if list, ok := v.List(); ok && len(list) > 0 {
		last, _ := list[len(list)-1].Text()
		name, found = strings.CutPrefix(last, typePrefix)
		return name, protocol.List(list[:len(list)-1]...), found
	}
	pairs, ok := v.Map()
	if !ok {
		return "", v, false
	}
	i := slices.IndexFunc(pairs, func(p protocol.Pair) bool { return protocol.Equal(p.Key, protocol.String(typeKey)) })
	if i < 0 {
		return "", v, false
	}
	name, _ = pairs[i].Value.Text()
	return name, protocol.Map(slices.Delete(slices.Clone(pairs), i, i+1)...), true
}
