package mapper

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A plan describes a struct type: the offsets of its fields and how each is stored. New compiles
// it, and it doesn't change afterwards.
//
// Fields are accessed by their location in the object, so that calls need no lookups and no boxing.
// All addresses must be of objects of the plan's type, which the type parameter of Repo ensures.
type plan struct {
	typ     reflect.Type
	fields  []field
	steps   []step         // one for each field
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
	// methods says that the type has the methods of aerosql gen. readers has *methodReader for them.
	methods bool
	readers sync.Pool
	// fieldWriter is writeField.
	fieldWriter func(w *BinWriter, i int) error
	gens        []field
	ttls        []ttlField
	audit       *audit // nil if no field is tagged created, updated or deleted
}

// compile returns the plan of a mapped type.
func (c *compiler) compile(t reflect.Type) (*plan, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("mapper: %s is not a struct", t)
	}
	found := c.collect(t, false)
	p := c.plan(found)
	c.compileKey(p, found)
	compileMeta(p, found)
	p.audit = compileAudit(p, found)
	if c.strict && p.rest != nil {
		found.addProblem(p.rest.path, errors.New("option rest can't be combined with WithKnownBins"))
	}
	if p.strict = c.strict; p.strict || p.rest != nil {
		p.bins = nil
	}
	if len(found.fields) == 0 && p.rest == nil && len(found.problems) == 0 {
		return nil, fmt.Errorf("mapper: %s has no field that is stored in a bin; a record needs at least one bin", typeName(t))
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	p.prepareSteps()
	var err error
	if c.methods && p.aliases == nil && p.rest == nil && p.embedded == nil && !p.required {
		p.fieldWriter = p.writeField
		p.methods, err = methodsFor(t, p.steps)
	}
	return p, err
}

// plan chooses the codecs of the fields. Errors are added to the collector.
func (c *compiler) plan(found *collector) *plan {
	p := &plan{typ: found.root, native: c.native, fields: found.fields, index: map[string]int{}, embedded: found.embedded}
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
		if p.aliases == nil {
			p.aliases = map[string]int{}
		}
		p.aliases[f.tag.alias] = i
		p.bins = append(p.bins, f.tag.alias)
	}
}

// compileKey checks the field tagged pk.
func (c *compiler) compileKey(p *plan, found *collector) {
	for i := range found.keys {
		f := &found.keys[i]
		if p.key != nil {
			found.addProblem(f.path, fmt.Errorf("field %s is also tagged pk; a record has one key", p.key.path))
			return
		}
		if f.hops != nil {
			found.addProblem(f.path, errors.New("the key can't be in a struct behind an embedded pointer"))
			return
		}
		if c.hasValueKey(f) {
			c.compileValueKey(p, f)
			continue
		}
		if f.typ.Kind() == reflect.Array && f.typ.Elem().Kind() == reflect.Uint8 && f.tag.form == (form{}) {
			f.tag.form.blob = true
		}
		if !c.canBeKey(f.typ, f.tag.form) {
			found.addProblem(f.path, fmt.Errorf("a key must be an integer, a string, a []byte or an array of bytes, not %s", f.typ))
			return
		}
		var err error
		if f.codec, err = c.codec(f.typ, f.tag.form); err != nil {
			found.addProblem(f.path, err)
		}
		p.key = f
	}
}

// hasValueKey reports whether a key is what the type's method Value returns, as it is for an
// argument of a SQL statement.
func (c *compiler) hasValueKey(f *field) bool {
	_, registered := c.registry.byType[f.typ]
	return !registered && f.tag.form == (form{}) && f.typ != timeType && !isSQLNull(f.typ) &&
		hasMethods(f.typ, valuerType, scannerType) && !hasMethods(f.typ, binMarshalerType, binUnmarshalerType)
}

// compileValueKey sets the codec of such a key. The kind of the zero value is taken for that of
// all.
func (c *compiler) compileValueKey(p *plan, f *field) {
	f.codec = guarded(f.typ, valuerCodec(f.typ))
	f.codec.complete(f.typ)
	v, err := f.codec.encode(placeAt(reflect.New(f.typ).Elem()), 0)
	switch v.Kind() {
	case protocol.KindInt, protocol.KindString, protocol.KindBlob:
		f.keyValueKind = v.Kind()
	}
	f.codec.custom = err != nil || f.keyValueKind == protocol.KindNil
	p.key = f
}

func (c *compiler) canBeKey(t reflect.Type, f form) bool {
	_, registered := c.registry.byType[t]
	switch k := t.Kind(); {
	case registered || f.codec != "" || f.text || k == reflect.String || k >= reflect.Int && k <= reflect.Uint64:
		return true
	case k == reflect.Slice || k == reflect.Array:
		return t.Elem().Kind() == reflect.Uint8
	}
	return t.Kind() == reflect.Struct && t != timeType && hasMethods(t, textMarshalerType, textUnmarshalerType)
}

// appendBins appends the bins of the object at base. nulls says whether to include NULL for bins
// that the write removes. Writes that replace all bins or create the record don't need these.
func (p *plan) appendBins(dst protocol.Bins, base unsafe.Pointer, nulls bool) (protocol.Bins, error) {
	w := BinWriter{bins: slices.Grow(dst, len(p.steps)), collects: true, nulls: nulls}
	err := p.write(&w, base)
	return w.bins, err
}

// write writes the bins of the object at base.
func (p *plan) write(w *BinWriter, base unsafe.Pointer) error {
	w.base = placeOf(p.typ, base)
	if p.methods && !w.collects {
		w.nativeBools, w.field = p.native, p.fieldWriter
		if done, err := writeMethods(p.typ, w); done {
			return err
		}
		w.base = placeOf(p.typ, base)
	}
	for i := range p.steps {
		if s := &p.steps[i]; s.direct && s.write(w, w.base) {
			continue
		}
		if err := p.writeField(w, i); err != nil {
			return err
		}
	}
	if p.rest != nil {
		return p.writeRest(w)
	}
	return nil
}

// writeField writes the bin of a field with its codec. The write also removes the older bin of the
// field: otherwise a later read might find its content.
func (p *plan) writeField(w *BinWriter, i int) error {
	s, f := &p.steps[i], &p.fields[i]
	var v protocol.Value
	var err error
	write := true
	if s.direct {
		v, err = s.encode(s.location.of(w.base), 0)
	} else {
		v, write, err = f.encode(w.base)
	}
	if err == nil && write {
		err = w.add(s.bin, v)
	}
	if err == nil && write && w.nulls && f.tag.alias != "" {
		err = w.add(f.tag.alias, protocol.Nil())
	}
	if err != nil {
		return p.fieldError(f, err)
	}
	return nil
}

func (p *plan) prepareSteps() {
	p.steps = make([]step, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		s := newStep(f.bin, f.location, f.codec.form, f.codec.size)
		s.encode, s.direct = f.codec.encode, f.hops == nil && f.tag.omit == omitNever && !f.tag.required && f.tag.alias == ""
		p.steps[i] = s
	}
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

// decodeEncoded is decodeBins for bins as they were received.
func (p *plan) decodeEncoded(base unsafe.Pointer, bins wire.Encoded, fresh bool) error {
	if p.methods {
		return p.readMethods(base, bins, fresh)
	}
	d := p.beginDecoding(placeOf(p.typ, base), fresh)
	for {
		op, ok, err := bins.Next()
		if !ok {
			return cmp.Or(err, p.finish(&d))
		}
		if f, err := d.setEncoded(&op); err != nil {
			return p.fieldError(f, err)
		}
	}
}

// decodeBins sets the object at base from a record's bins. Fields whose bin is missing become zero,
// and bins without a field are ignored. fresh says that the object is zero. After an error the
// object's content is not specified.
func (p *plan) decodeBins(base unsafe.Pointer, bins protocol.Bins, fresh bool) error {
	d := p.beginDecoding(placeOf(p.typ, base), fresh)
	for i := range bins {
		if f, err := d.set(bins[i].Name, bins[i].Value); err != nil {
			return p.fieldError(f, err)
		}
	}
	return p.finish(&d)
}

// finish ends the decoding of a record.
func (p *plan) finish(d *decoding) error {
	if err := d.finish(); err != nil {
		return p.fieldError(nil, err)
	}
	return nil
}
