package mapper

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A binPath is what a typed field stands for: a bin of T's records, a value inside a bin, the user
// key or the generation. It doesn't depend on the options of a Repo.
type binPath struct {
	root  reflect.Type // the mapped type
	path  string       // Go names, such as "Home.City" or "Lines[2].Qty"
	kind  pathKind
	bin   string
	steps []pathStep   // from the bin's value to the value
	typ   reflect.Type // of the value
	form  form         // of typ
	// function is a function of SQL whose result the place stands for, or "".
	function string
	alias    string // an older name of the bin, or ""
	required bool   // the value can't be removed
	// err is a mistake that every use of the path returns.
	err error
}

// A pathKind says which part of a record a place is in.
type pathKind uint8

const (
	inBin pathKind = iota
	inKey
	inGeneration
)

// A pathStep is one step into a list or a map: an index, or a key.
type pathStep struct {
	index int
	isMap bool
	// key is the key without the options of a Repo. of is the key of a Go map, whose form depends
	// on them; its type is nil for a field of a struct.
	key protocol.Value
	of  typedValue
}

// step returns the place of a value inside this place's value.
func (p *binPath) step(s pathStep, typ reflect.Type) *binPath {
	inner := *p
	inner.typ, inner.form.ordered, inner.required = typ, false, false
	inner.err = cmp.Or(p.err, p.checkParts())
	inner.steps = append(p.steps[:len(p.steps):len(p.steps)], s)
	if s.isMap {
		inner.path += "[" + s.key.String() + "]"
	} else {
		inner.path += "[" + strconv.Itoa(s.index) + "]"
	}
	return &inner
}

// in returns the path of a field of the struct at this path, which has the fields found.
func (p *binPath) in(found []field, i int) *binPath {
	f := &found[i]
	inner := *p
	inner.path += "." + f.path
	step := pathStep{isMap: true, key: protocol.String(f.bin)}
	if p.form.list {
		step = pathStep{index: i}
		for j := range found {
			if found[j].tag.until > 0 && inner.err == nil {
				inner.err = inner.fail(fmt.Errorf("%w: the fields of a list with option until have no fixed places", ErrUnsupported))
			}
		}
	}
	inner.steps = append(p.steps[:len(p.steps):len(p.steps)], step)
	inner.typ, inner.form, inner.required = f.typ, f.tag.form, f.tag.required
	return &inner
}

// binPathOf returns the place of a field of a mapped type.
func binPathOf(root reflect.Type, f *field, kind pathKind) *binPath {
	return &binPath{root: root, path: f.path, kind: kind, bin: f.bin, alias: f.tag.alias, typ: f.typ, form: f.tag.form, required: f.tag.required}
}

// fail returns an error that names the struct, the field and the bin.
func (p *binPath) fail(err error) error {
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
var errNoField error = &emptyError{"", "the typed field is empty: get it from Fields, Of or their variants"}

// check returns the error of a place that can't be used.
func (p *binPath) check() error {
	if p == nil {
		return errNoField
	}
	return p.err
}

// pathFields are the fields of a mapped type that typed fields can stand for.
type pathFields struct {
	root   reflect.Type
	fields []field
	kinds  []pathKind // one for each field
}

// fieldsOfType returns the fields of a mapped type: bins, key and generation.
func fieldsOfType(t reflect.Type) (*pathFields, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("mapper: %s is not a struct", t)
	}
	found := newCompiler(new(config)).collect(t, false)
	if err := found.err(); err != nil {
		return nil, err
	}
	p := &pathFields{root: t}
	add := func(f field, kind pathKind) { p.fields, p.kinds = append(p.fields, f), append(p.kinds, kind) }
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
func (p *pathFields) named(name string) *binPath {
	for i := range p.fields {
		if p.fields[i].path == name {
			return binPathOf(p.root, &p.fields[i], p.kinds[i])
		}
	}
	for i := range p.fields {
		if _, last, embedded := cutLast(p.fields[i].path); embedded && last == name {
			return binPathOf(p.root, &p.fields[i], p.kinds[i])
		}
	}
	return nil
}

// names returns the Go names of the fields for error messages.
func (p *pathFields) names() string {
	names := make([]string, len(p.fields))
	for i := range p.fields {
		names[i] = p.fields[i].path
	}
	return strings.Join(names, ", ")
}

// checkParts returns an error if the server can't read or change parts of the value.
func (p *binPath) checkParts() error {
	if !p.form.json {
		return nil
	}
	return p.fail(fmt.Errorf("%w: the value is stored as JSON, and the servers know no parts of it; use Set of the whole field, or Modify", ErrUnsupported))
}

// resolve returns the path with the keys of maps as the Repo stores them.
func (s *store) resolve(p *binPath) (*binPath, error) {
	if err := s.checkPath(p); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(p.steps, func(s pathStep) bool { return s.of.typ != nil }) {
		return p, nil
	}
	resolved := *p
	resolved.steps = slices.Clone(p.steps)
	for i := range resolved.steps {
		step := &resolved.steps[i]
		if step.of.typ == nil {
			continue
		}
		var err error
		if step.key, err = s.mapKey(step.of); err != nil {
			return nil, p.fail(fmt.Errorf("key %v: %w", step.key, err))
		}
	}
	return &resolved, nil
}

// checkPath returns the error of a path that can't be used with the Repo.
func (s *store) checkPath(p *binPath) error {
	if err := p.check(); err != nil {
		return err
	}
	if _, known := s.plan.index[p.bin]; p.kind == inBin && !known {
		return p.fail(fmt.Errorf("%w: with the options of the Repo the struct has no such bin", ErrType))
	}
	return nil
}
