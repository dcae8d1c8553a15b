package mapper

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A place is what a typed field stands for: a bin of T's records, a value inside a bin, the user
// key or the generation. It doesn't depend on the options of a Repo.
type place struct {
	root  reflect.Type // the mapped type
	path  string       // Go names, such as "Home.City" or "Lines[2].Qty"
	kind  placeKind
	bin   string
	steps []placeStep  // from the bin's value to the value
	typ   reflect.Type // of the value
	form  form         // of typ
	// function is a function of SQL whose result the place stands for, or "".
	function string
	// err is a mistake that every use of the place returns.
	err error
}

// A placeKind says which part of a record a place is in.
type placeKind uint8

const (
	inBin placeKind = iota
	inKey
	inGeneration
)

// A placeStep is one step into a list or a map: an index, or a key.
type placeStep struct {
	index int
	isMap bool
	key   protocol.Value
}

// step returns the place of a value inside this place's value.
func (p *place) step(s placeStep, typ reflect.Type) *place {
	inner := *p
	inner.typ, inner.form.ordered = typ, false
	inner.steps = append(p.steps[:len(p.steps):len(p.steps)], s)
	if s.isMap {
		inner.path += "[" + s.key.String() + "]"
	} else {
		inner.path += "[" + strconv.Itoa(s.index) + "]"
	}
	return &inner
}

// in returns the place of a field of the struct at this place.
func (p *place) in(f *field) *place {
	inner := *p
	inner.path += "." + f.path
	inner.steps = append(p.steps[:len(p.steps):len(p.steps)], placeStep{isMap: true, key: protocol.String(f.bin)})
	inner.typ, inner.form = f.typ, f.tag.form
	return &inner
}

// placeOf returns the place of a field of a mapped type.
func placeOf(root reflect.Type, f *field, kind placeKind) *place {
	return &place{root: root, path: f.path, kind: kind, bin: f.bin, typ: f.typ, form: f.tag.form}
}

// fail returns an error that names the struct, the field and the bin.
func (p *place) fail(err error) error {
	if p.root == nil {
		return fmt.Errorf("mapper: %w", err)
	}
	e := &FieldError{Struct: typeName(p.root), Field: p.path, Err: err}
	if p.kind == inBin {
		e.Bin = p.bin
	}
	return e
}

// errNoField is the error of a typed field that is the zero value of its type.
var errNoField = errors.New("mapper: the typed field is empty: get it from Fields, Of or their variants")

// check returns the error of a place that can't be used.
func (p *place) check() error {
	if p == nil {
		return errNoField
	}
	return p.err
}

// placeFields are the fields of a mapped type that typed fields can stand for.
type placeFields struct {
	root   reflect.Type
	fields []field
	kinds  []placeKind // one for each field
}

// fieldsOfType returns the fields of a mapped type: bins, key and generation.
func fieldsOfType(t reflect.Type) (*placeFields, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("mapper: %s is not a struct", t)
	}
	found := collect(t, false)
	if err := found.err(); err != nil {
		return nil, err
	}
	p := &placeFields{root: t}
	add := func(f field, kind placeKind) { p.fields, p.kinds = append(p.fields, f), append(p.kinds, kind) }
	for _, f := range found.fields {
		add(f, inBin)
	}
	for _, f := range found.keys {
		add(f, inKey)
	}
	for _, f := range found.meta {
		if f.tag.meta == metaGeneration {
			add(f, inGeneration)
		}
	}
	return p, nil
}

// named returns the place of a field by its Go name: that of the field itself, or its path for a
// field of an embedded struct.
func (p *placeFields) named(name string) *place {
	for i := range p.fields {
		if p.fields[i].path == name {
			return placeOf(p.root, &p.fields[i], p.kinds[i])
		}
	}
	for i := range p.fields {
		if _, last, embedded := cutLast(p.fields[i].path); embedded && last == name {
			return placeOf(p.root, &p.fields[i], p.kinds[i])
		}
	}
	return nil
}

// cutLast splits a path at its last dot.
func cutLast(path string) (before, last string, found bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// names returns the Go names of the fields for error messages.
func (p *placeFields) names() string {
	names := make([]string, len(p.fields))
	for i := range p.fields {
		names[i] = p.fields[i].path
	}
	return strings.Join(names, ", ")
}
