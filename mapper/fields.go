package mapper

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// A field is a field of a mapped struct or of a struct that is embedded in it.
type field struct {
	root  reflect.Type // the mapped struct
	path  string       // Go names, such as "Base.ID"
	bin   string
	typ   reflect.Type
	tag   tag
	codec *codec
	hops  []hop // embedded pointers on the way to the field; most fields have none
	// location is in the struct, or in the target of the last hop.
	location location
	depth    int
	inlined  bool // it is in a struct with option inline
	// keyValueKind is the kind of a key that a method Value returns, and KindNil for other fields.
	keyValueKind protocol.Kind
}

// A hop is an embedded pointer to a struct.
type hop struct {
	location location
	elem     reflect.Type
}

// address returns the place of the field. If an embedded pointer on the way is nil the field does
// not exist.
func (f *field) address(base place) (at place, exists bool) {
	for _, h := range f.hops {
		slot := h.location.of(base)
		if isNilPointer(slot) {
			return at, false
		}
		base = pointee(slot)
	}
	return f.location.of(base), true
}

// placeIn returns the place of a key or metadata field, which no embedded pointer leads to, in the
// object at base.
func (f *field) placeIn(base unsafe.Pointer) place { return f.location.of(placeOf(f.root, base)) }

// valueIn returns the field of the object at base.
func (f *field) valueIn(base unsafe.Pointer) reflect.Value { return reflectAt(f.typ, f.placeIn(base)) }

// allocate is like address, but allocates the structs on the way.
func (f *field) allocate(base place) place {
	for _, h := range f.hops {
		slot := h.location.of(base)
		if isNilPointer(slot) {
			storePointer(slot, reflect.New(h.elem).Elem())
		}
		base = pointee(slot)
	}
	return f.location.of(base)
}

// A collector collects the fields of a struct and of its embedded and inlined structs, level by
// level like Go's promotion rules.
type collector struct {
	compiler *compiler
	root     reflect.Type
	// nested says that the struct is a value in a bin, which has no key and no metadata.
	nested bool
	// positional says that the fields keep their order, for option list.
	positional bool

	fields   []field
	byBin    map[string]int // index in fields
	keys     []field
	meta     []field
	rest     []field
	embedded []location // the outermost embedded pointers
	problems []error
}

// A level is a struct whose fields are collected like those of the root.
type level struct {
	typ    reflect.Type
	path   string // of the struct, with a trailing dot
	prefix string // of its bins
	hops   []hop
	// location is in the root, or in the target of the last hop.
	location location
	depth    int
	chain    []reflect.Type // the enclosing structs
	inlined  bool           // option inline leads to it, so that Go promotes none of its fields
}

func (c *compiler) collect(t reflect.Type, nested bool) *collector {
	found := &collector{compiler: c, root: t, nested: nested, byBin: map[string]int{}}
	queue := []level{{typ: t}}
	for len(queue) > 0 {
		l := queue[0]
		queue = queue[1:]
		for i := range l.typ.NumField() {
			if inner, ok := found.add(l, l.typ.Field(i)); ok {
				queue = append(queue, inner)
			}
		}
	}
	return found
}

func (c *collector) err() error { return errors.Join(c.problems...) }

func (c *collector) addProblem(path string, err error) {
	prefix := "mapper: "
	if c.nested { // the enclosing struct's error has the prefix
		prefix = ""
	}
	c.problems = append(c.problems, fmt.Errorf("%s%s.%s: %w", prefix, typeName(c.root), path, err))
}

// add adds a field. If the field's struct is flattened, add returns the struct instead.
func (c *collector) add(l level, sf reflect.StructField) (inner level, isLevel bool) {
	f := field{root: c.root, path: l.path + sf.Name, typ: sf.Type, hops: l.hops, location: l.location.in(sf), depth: l.depth, inlined: l.inlined}
	var err error
	if f.tag, err = parseTag(string(sf.Tag)); err != nil {
		c.addProblem(f.path, err)
		return level{}, false
	}
	if !sf.IsExported() && !sf.Anonymous {
		if f.tag != (tag{}) && !f.tag.skip {
			c.addProblem(f.path, errors.New("an unexported field can't be stored; export it, or remove its tag"))
		}
		return level{}, false
	}
	if err := f.tag.record.check(&f.tag, sf.Type, c.nested); err != nil {
		c.addProblem(f.path, err)
		return level{}, false
	}
	switch {
	case f.tag.skip:
	case f.tag.meta != metaNone && c.nested:
		c.addProblem(f.path, errors.New("this struct is a value in a bin and has no metadata; remove the tag asm, or use inline"))
	case f.tag.meta != metaNone:
		c.meta = append(c.meta, f)
	case f.tag.rest:
		c.rest = append(c.rest, f)
	case f.tag.inline || sf.Anonymous && c.isFlattened(sf.Type, f.tag):
		return c.descend(l, sf, f)
	case !c.nested && (f.tag.since != 0 || f.tag.until != 0):
		c.addProblem(f.path, errors.New("options since and until are for the fields of a struct with option list"))
	case f.tag.key && !c.nested:
		f.bin = f.tag.name
		c.keys = append(c.keys, f)
	default:
		f.bin = f.tag.name
		if f.bin == "" {
			f.bin = sf.Name
		}
		f.bin = l.prefix + f.bin
		c.addBin(f)
	}
	return level{}, false
}

// isFlattened reports whether the fields of an embedded type become bins of the record. A pointer
// with a name in its tag is a nested struct, as in the official client.
func (c *collector) isFlattened(t reflect.Type, tg tag) bool {
	if tg.form.codec != "" {
		return false
	}
	if t.Kind() == reflect.Pointer {
		return t.Elem().Kind() == reflect.Struct && tg.name == "" && !c.compiler.isOpaque(t.Elem())
	}
	return t.Kind() == reflect.Struct && !c.compiler.isOpaque(t)
}

// descend returns the level of an embedded or inlined struct.
func (c *collector) descend(l level, sf reflect.StructField, f field) (level, bool) {
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() != reflect.Struct || c.compiler.isOpaque(t):
		c.addProblem(f.path, fmt.Errorf("option inline needs a struct with fields, not %s", sf.Type))
		return level{}, false
	case sf.Anonymous && !f.tag.inline && (f.tag.name != "" || f.tag.hasOptions):
		c.addProblem(f.path, errors.New("an embedded struct is flattened and can't have a bin or options; name the field to nest it, or use inline for a prefix"))
		return level{}, false
	case slices.Contains(l.chain, t) || t == l.typ:
		if f.tag.inline {
			c.addProblem(f.path, fmt.Errorf("inline struct %s contains itself", t))
		}
		return level{}, false // the outer fields of a type that embeds itself hide the inner ones
	}
	inner := level{
		typ: t, path: f.path + ".", prefix: l.prefix, hops: l.hops, location: f.location, depth: l.depth + 1,
		chain: append(slices.Clip(l.chain), l.typ), inlined: l.inlined || f.tag.inline,
	}
	if f.tag.inline {
		inner.prefix += f.tag.name
	}
	if sf.Type.Kind() == reflect.Pointer {
		if err := checkHop(sf); err != nil {
			c.addProblem(f.path, err)
			return level{}, false
		}
		if len(l.hops) == 0 {
			c.embedded = append(c.embedded, f.location)
		}
		inner.hops = append(slices.Clip(l.hops), hop{f.location, t})
		inner.location = location{}
	}
	return inner, true
}

// addBin adds a field unless one of an outer struct with the same Go name hides it.
func (c *collector) addBin(f field) {
	if !c.nested {
		if err := cmp.Or(protocol.CheckBinName(f.bin), checkAlias(f.tag.alias)); err != nil {
			c.addProblem(f.path, fmt.Errorf("%w; give it a shorter one with `as:\"name\"`", err))
			return
		}
	}
	i, taken := c.byBin[f.bin]
	switch {
	case !taken:
		c.byBin[f.bin] = len(c.fields)
		c.fields = append(c.fields, f)
	case c.fields[i].depth == f.depth || !c.fields[i].hides(&f):
		c.addProblem(f.path, fmt.Errorf("bin %q is already used by field %s", f.bin, c.fields[i].path))
	}
}

// hides reports whether Go's rules hide a field of an embedded struct behind this one.
func (f *field) hides(inner *field) bool {
	_, name, _ := cutLast(f.path)
	_, innerName, _ := cutLast(inner.path)
	return name == innerName && !f.inlined && !inner.inlined
}

func checkAlias(name string) error {
	if name == "" {
		return nil
	}
	return protocol.CheckBinName(name)
}

// cutLast splits a path at its last dot.
func cutLast(path string) (before, last string, found bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}
