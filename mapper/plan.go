package mapper

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A plan describes a struct type: the offsets of its fields and how each is stored. New compiles
// it, and it doesn't change afterwards.
//
// Fields are accessed by their location in the object, so that calls need no lookups and no boxing.
// All addresses must be of objects of the plan's type, which the type parameter of Repo ensures.
type plan struct {
	typ     reflect.Type
	pointer reflect.Type // *typ
	fields  []field
	steps   []step         // one for each field
	chunks  []chunk        // of the steps
	index   map[string]int // bin to field
	aliases map[string]int // older name of a bin to field
	// bins are the bins that reads need: those of all fields in their order, then their aliases. It
	// is empty if reads need all bins.
	bins     []string
	embedded []location // the outermost embedded pointers
	key      *field     // nil if no field is tagged pk
	rest     *restField // nil if no field is tagged rest
	strict   bool       // a bin without a field is an error
	required bool       // some fields are required
	native   bool       // bools are booleans
	// basic says that all fields have basic types, so that no code of the program, which might keep
	// what it is given, sees the memory of a response.
	basic bool
	// methods is an object with the methods of aerosql gen, nil if the type has none. They write
	// direct bins, and the plan writes those of the other fields.
	methods generated
	direct  int
	reader  *readerPlan // of the methods
	gens    []field
	ttls    []ttlField
	audit   *audit // nil if no field is tagged created, updated or deleted
}

// plan chooses the codecs of the fields. Errors are added to the collector.
func (c *compiler) plan(found *collector) *plan {
	p := &plan{typ: found.root, pointer: reflect.PointerTo(found.root), native: c.native, fields: found.fields, index: map[string]int{}, embedded: found.embedded}
	if found.nested && !found.positional {
		slices.SortFunc(p.fields, func(a, b field) int { return cmp.Compare(a.bin, b.bin) })
	}
	for i := range p.fields {
		f := &p.fields[i]
		var err error
		if f.codec, err = c.codec(f.typ, f.tag.form); err != nil {
			found.addProblem(f.path, err)
		}
		p.index[f.bin] = i
		p.bins = append(p.bins, f.bin)
		p.required = p.required || f.tag.required
	}
	p.addAliases(found)
	c.compileRest(p, found)
	return p
}

// addAliases adds the older names of bins.
func (p *plan) addAliases(found *collector) {
	for i := range p.fields {
		f := &p.fields[i]
		if f.tag.alias == "" {
			continue
		}
		other, taken := p.index[f.tag.alias]
		if !taken {
			other, taken = p.aliases[f.tag.alias]
		}
		if taken {
			found.addProblem(f.path, fmt.Errorf("option alias=%s is already a name of field %s", f.tag.alias, p.fields[other].path))
			continue
		}
		p.readAlias(i, f.tag.alias)
	}
}

// readAlias makes reads of a field take an older bin, as the option alias does.
func (p *plan) readAlias(i int, alias string) {
	p.fields[i].tag.alias = alias
	if p.aliases == nil {
		p.aliases = map[string]int{}
	}
	p.aliases[alias] = i
	p.bins = append(p.bins, alias)
}

func (p *plan) fieldError(f *field, err error) error {
	if f == nil { // the error has the field
		e := err.(*FieldError)
		e.Struct = typeName(p.typ)
		return e
	}
	e := withPath(f.path, err)
	e.Struct, e.Bin = typeName(p.typ), f.bin
	return e
}

// encode returns the field's value and whether it is written.
func (f *field) encode(base place) (v protocol.Value, write bool, err error) {
	at, exists := f.address(base)
	if !exists {
		return protocol.Nil(), f.tag.omit != omitEmpty, f.missing(protocol.Nil())
	}
	switch f.tag.omit {
	case omitZero:
		if isZero, err := f.codec.zero(at); isZero || err != nil {
			return protocol.Nil(), true, err
		}
	case omitEmpty:
		if f.codec.isEmpty != nil && f.codec.isEmpty(at) {
			return protocol.Nil(), false, nil
		}
		v, err = f.codec.encode(at, 0)
		return v, !v.IsNil(), err
	}
	if v, err = f.codec.encode(at, 0); err == nil {
		err = f.missing(v)
	}
	return v, true, err
}

// missing returns an error if the field is required and v is NULL.
func (f *field) missing(v protocol.Value) error {
	if f.tag.required && v.IsNil() {
		return ErrMissingBin
	}
	return nil
}
