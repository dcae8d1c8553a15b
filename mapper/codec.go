package mapper

import (
	"cmp"
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
)

// A codec encodes variables of one Go type, in one form, and decodes them. Its functions take the
// address of a variable, which must be of that type.
//
// encode may return a value that shares memory with the variable. NULL is a nil value. depth is the
// number of enclosing pointers and collections, so that a cycle is an error. decode is never called
// with nil and doesn't keep memory of the value.
type codec struct {
	typ    reflect.Type
	encode func(at place, depth int) (protocol.Value, error)
	decode func(at place, v protocol.Value) error
	clear  func(at place)
	isZero func(at place) bool
	// isEmpty is for omitempty, with the rules of encoding/json. If it is nil no value is empty.
	isEmpty func(at place) bool
	// nullable says whether the type has a value that is stored as NULL.
	nullable bool
	// form is how variables are bins without a protocol.Value, and size that of an array of bytes.
	form binForm
	size int
	// text says that decode does nothing but copy a string to the variable.
	text bool
	// custom says that the form does not follow from the type's kind: an option defines it.
	custom bool
	// scans says that decode may call a method of the program, whatever the form is.
	scans bool
	// zeroMethod says that isZero calls a method of the program.
	zeroMethod bool
}

// set decodes an element of a collection. NULL is an error if the type has no value for it, because
// a collection with a zero instead would differ from the stored one.
func (c *codec) set(at place, v protocol.Value) error {
	switch {
	case !v.IsNil():
		return c.decode(at, v)
	case !c.nullable:
		return fmt.Errorf("%w: the element is NULL, and %s can't be NULL; use a pointer", ErrType, article(c.typ.String()))
	}
	c.clear(at)
	return nil
}

// complete sets the functions that the codec doesn't have yet.
func (c *codec) complete(t reflect.Type) {
	c.typ = t
	if c.clear == nil {
		c.clear = func(at place) { reflectAt(t, at).SetZero() }
	}
	if reflect.PointerTo(t).Implements(zeroerType) && t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
		c.isZero = func(at place) bool { return reflectAt(t, at).Addr().Interface().(zeroer).IsZero() }
		c.zeroMethod = t != timeType
	}
	if c.isEmpty == nil {
		c.isEmpty = emptyByKind(t)
	}
	if c.isZero == nil {
		c.isZero = func(at place) bool { return reflectAt(t, at).IsZero() }
	}
}

// emptyByKind returns the isEmpty of a type with the rules of encoding/json: false, 0, "" and
// collections without elements are empty. Structs are not.
func emptyByKind(t reflect.Type) func(at place) bool {
	switch t.Kind() {
	case reflect.Struct:
		return nil
	case reflect.Slice, reflect.Map, reflect.Array:
		return func(at place) bool { return reflectAt(t, at).Len() == 0 }
	}
	return func(at place) bool { return reflectAt(t, at).IsZero() }
}

// A zeroer defines its own zero value, as for the option omitzero of encoding/json.
type zeroer interface{ IsZero() bool }

var zeroerType = reflect.TypeFor[zeroer]()

// A compiler makes codecs and caches them, which also allows types that contain themselves.
type compiler struct {
	native   bool // by default, store bools as booleans and byte arrays as blobs
	strict   bool // a bin without a field is an error
	methods  bool // use the methods of aerosql gen
	registry registry
	codecs   map[codecKey]*codec
}

type codecKey struct {
	typ  reflect.Type
	form form
}

func newCompiler(cfg *config) *compiler {
	return &compiler{native: cfg.native, strict: cfg.knownBins, methods: !cfg.noMethods, registry: cfg.registry, codecs: map[codecKey]*codec{}}
}

// codec returns the codec of a type in a form.
func (c *compiler) codec(t reflect.Type, f form) (*codec, error) {
	key := codecKey{t, f}
	if made, ok := c.codecs[key]; ok {
		return made, nil
	}
	made := new(codec)
	c.codecs[key] = made // incomplete, for types that contain themselves
	built, err := c.build(t, f)
	if err != nil {
		delete(c.codecs, key)
		return nil, err
	}
	*made = *built
	made.complete(t)
	return made, nil
}

// build chooses a codec in the order of the package documentation.
func (c *compiler) build(t reflect.Type, f form) (*codec, error) {
	if f.codec != "" {
		made, passOn, err := c.namedCodec(t, f)
		if err != nil || !passOn {
			return made, err
		}
	}
	if made, ok := c.registry.byType[t]; ok && !f.json && f.codec == "" {
		return made(), f.checkOptions(t)
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return c.pointer(t, f)
	case f.json:
		return jsonCodec(t, f)
	case f.scale > 0 && !passesScale(t):
		made, err := scaledCodec(t, f.scale-1)
		return made, cmp.Or(err, f.checkOptions(t, "scale"))
	case hasMethods(t, binMarshalerType, binUnmarshalerType):
		return ofMethods(t, binMarshalerType, binUnmarshalerType, binMarshalerCodec(t), f.checkOptions(t))
	case f.text && isTextual(t):
		return ofMethods(t, textMarshalerType, textUnmarshalerType, textCodec(t), f.checkOptions(t, "text"))
	case t == timeType:
		return timeCodec(f)
	case t == valueType:
		return valueCodec(), f.checkOptions(t)
	case isSQLNull(t):
		return c.sqlNull(t, f)
	}
	return c.byKind(t, f)
}

func (c *compiler) byKind(t reflect.Type, f form) (*codec, error) {
	made, err := c.ofKind(t, f)
	if err == nil && f == (form{}) && t.Kind() != reflect.Struct && hasMethods(t, valuerType, scannerType) {
		return c.kindOrValuer(t, made), nil
	}
	return made, err
}

// ofKind returns the codec of a type's kind.
func (c *compiler) ofKind(t reflect.Type, f form) (*codec, error) {
	switch t.Kind() {
	case reflect.Bool:
		return c.boolean(f), f.checkOptions(t, "bool")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return integerCodec(t, f)
	case reflect.Float32, reflect.Float64:
		return floatCodec(t), f.checkOptions(t)
	case reflect.String:
		return stringCodec(f), f.checkOptions(t, "blob")
	case reflect.Slice:
		if c.isByte(t.Elem()) {
			return bytesCodec(), f.checkOptions(t, "blob")
		}
		return c.slice(t, f)
	case reflect.Array:
		if c.isByte(t.Elem()) {
			return c.byteArray(t, f), f.checkOptions(t, "blob")
		}
		return c.array(t, f)
	case reflect.Map:
		return c.mapping(t, f)
	case reflect.Interface:
		if variants, ok := c.registry.unions[t]; ok {
			return c.union(t, variants, f)
		}
		return anyCodec(t, f)
	case reflect.Struct:
		return c.structure(t, f)
	}
	return nil, fmt.Errorf("%s can't be stored; exclude it with `as:\"-\"`", article(t.String()))
}

// isByte reports whether a slice or array of t is stored as bytes.
func (c *compiler) isByte(t reflect.Type) bool {
	_, registered := c.registry.byType[t]
	return t.Kind() == reflect.Uint8 && !registered
}

// structure chooses the codec of a struct.
func (c *compiler) structure(t reflect.Type, f form) (*codec, error) {
	switch {
	case f.list:
		if err := f.checkOptions(t, "list"); err != nil {
			return nil, err
		}
		return c.tuple(t)
	case f.blob && hasMethods(t, binaryMarshalerType, binaryUnmarshalerType):
		return ofMethods(t, binaryMarshalerType, binaryUnmarshalerType, binaryCodec(t), f.checkOptions(t, "blob"))
	case hasMethods(t, valuerType, scannerType):
		return ofMethods(t, valuerType, scannerType, valuerCodec(t), f.checkOptions(t))
	case hasMethods(t, textMarshalerType, textUnmarshalerType):
		return ofMethods(t, textMarshalerType, textUnmarshalerType, textCodec(t), f.checkOptions(t))
	}
	if err := f.checkOptions(t); err != nil {
		return nil, err
	}
	return c.nested(t)
}

// isOpaque reports whether a struct type is stored as one value and not by its fields. Such a type
// isn't flattened if it is embedded.
func (c *compiler) isOpaque(t reflect.Type) bool {
	_, registered := c.registry.byType[t]
	return registered || t == timeType || t == valueType || isSQLNull(t) ||
		hasMethods(t, binMarshalerType, binUnmarshalerType) ||
		hasMethods(t, valuerType, scannerType) ||
		hasMethods(t, textMarshalerType, textUnmarshalerType)
}

// hasMethods reports whether a *t has the methods for both directions.
func hasMethods(t, write, read reflect.Type) bool {
	if t.Kind() == reflect.Interface {
		return false // a read wouldn't know which type to allocate
	}
	p := reflect.PointerTo(t)
	return p.Implements(write) && p.Implements(read)
}

// checkOptions returns an error for an option that t doesn't use. used names the options that were
// used.
func (f form) checkOptions(t reflect.Type, used ...string) error {
	for _, u := range used {
		switch u {
		case "text":
			f.text = false
		case "blob":
			f.blob = false
		case "bool":
			f.boolean = boolDefault
		case "unix":
			f.unix = 0
		case "list":
			f.list = false
		case "scale":
			f.scale = 0
		}
	}
	names := []struct {
		set  bool
		name string
	}{{f.json, "json"}, {f.text, "text"}, {f.blob, "blob"}, {f.ordered, "ordered"}, {f.unix != 0, "unix"}, {f.boolean != boolDefault, "bool="},
		{f.list, "list"}, {f.scale != 0, "scale"}, {f.codec != "", "codec"}}
	for _, n := range names {
		if n.set {
			return fmt.Errorf("option %s can't be used for %s", n.name, t)
		}
	}
	return nil
}

// nextDepth adds a level and returns an error if there are more than a server accepts, which also
// finds cycles.
func nextDepth(depth int) (int, error) {
	if depth >= protocol.MaxDepth {
		return depth, errTooDeep
	}
	return depth + 1, nil
}

// passesScale reports whether option scale is for what the type contains.
func passesScale(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return !hasMethods(t, textMarshalerType, textUnmarshalerType)
	}
	return isSQLNull(t)
}
