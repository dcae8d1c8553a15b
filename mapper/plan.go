package mapper

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
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
	gens     []field
	ttls     []ttlField
	audit    *audit // nil if no field is tagged created, updated or deleted
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
	return p, nil
}

// plan chooses the codecs of the fields. Errors are added to the collector.
func (c *compiler) plan(found *collector) *plan {
	p := &plan{typ: found.root, fields: found.fields, index: map[string]int{}, embedded: found.embedded}
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
	dst = slices.Grow(dst, len(p.steps))
	n := len(dst)
	room := dst[:n+len(p.steps)]
	start := placeOf(p.typ, base)
	for i := range p.steps {
		s := &p.steps[i]
		var v protocol.Value
		var err error
		write := true
		if s.direct {
			v, err = s.encode(s.location.of(start), 0)
		} else {
			v, write, err = p.fields[i].encode(start)
		}
		if err != nil {
			return dst, p.fieldError(&p.fields[i], err)
		}
		if write && (nulls || !v.IsNil()) {
			room[n] = protocol.Bin{Name: s.bin, Value: v}
			n++
		}
	}
	dst = room[:n]
	if nulls && p.aliases != nil {
		dst = p.appendAliases(dst)
	}
	if p.rest != nil {
		return p.appendRest(dst, start, nulls)
	}
	return dst, nil
}

// appendAliases removes the older bin of each field that is written: otherwise a later read might
// find its content.
func (p *plan) appendAliases(dst protocol.Bins) protocol.Bins {
	for _, bin := range dst {
		if alias := p.fields[p.index[bin.Name]].tag.alias; alias != "" {
			dst = append(dst, protocol.Bin{Name: alias})
		}
	}
	return dst
}

// A step has what encoding needs for most fields, close together in memory.
type step struct {
	bin      string
	location location
	encode   func(at place, depth int) (protocol.Value, error)
	direct   bool // the field has no omit option and no embedded pointers
}

func (p *plan) prepareSteps() {
	p.steps = make([]step, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		p.steps[i] = step{f.bin, f.location, f.codec.encode, f.hops == nil && f.tag.omit == omitNever && !f.tag.required}
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
	if err := d.finish(); err != nil {
		return p.fieldError(nil, err)
	}
	return nil
}

// A decoding is the state of decoding one record or map into an object.
type decoding struct {
	plan  *plan
	base  place
	fresh bool
	track bool          // record which fields are set
	rest  reflect.Value // the map of bins without a field; not valid if there are none
	next  int           // the field whose bin is expected next
	seen  [4]uint64     // a bit for each of the first fields, 1 if it is set
	more  []uint64      // the same for the other fields
}

const seenInline = 4 * 64

func (p *plan) beginDecoding(base place, fresh bool) decoding {
	d := decoding{plan: p, base: base, fresh: fresh, track: !fresh || p.required || p.aliases != nil}
	if n := len(p.fields) - seenInline; n > 0 && d.track {
		d.more = make([]uint64, n/64+1)
	}
	if fresh {
		return d
	}
	// Allocate new structs for embedded pointers: the caller may still use the old ones.
	for _, l := range p.embedded {
		clearPointer(l.of(base))
	}
	return d
}

// set decodes the value of a bin. It returns the field for error messages.
func (d *decoding) set(bin string, v protocol.Value) (*field, error) {
	i := d.next
	if i >= len(d.plan.fields) || d.plan.fields[i].bin != bin {
		var ok bool
		if i, ok = d.plan.index[bin]; !ok {
			if i, ok = d.plan.aliases[bin]; !ok {
				return d.unknown(bin, v)
			}
			if d.marked(i) {
				return nil, nil // the newer name has precedence
			}
		}
	}
	return &d.plan.fields[i], d.setField(i, v)
}

// setField decodes the value of a field.
func (d *decoding) setField(i int, v protocol.Value) error {
	d.next = i + 1
	f := &d.plan.fields[i]
	switch v.Kind() {
	case protocol.KindNil:
		return nil
	case protocol.KindInvalid:
		return v.Err()
	}
	if d.track {
		d.mark(i)
	}
	if f.hops == nil {
		return f.codec.decode(f.location.of(d.base), v)
	}
	return f.codec.decode(f.allocate(d.base), v)
}

func (d *decoding) mark(i int) {
	if i < seenInline {
		d.seen[i/64] |= 1 << (i % 64)
		return
	}
	i -= seenInline
	d.more[i/64] |= 1 << (i % 64)
}

func (d *decoding) marked(i int) bool {
	if i < seenInline {
		return d.seen[i/64]&(1<<(i%64)) != 0
	}
	i -= seenInline
	return d.more[i/64]&(1<<(i%64)) != 0
}

// finish sets the fields that had no bin to zero. A required field without a bin is an error.
func (d *decoding) finish() error {
	if d.plan.required {
		for i := range d.plan.fields {
			if f := &d.plan.fields[i]; f.tag.required && !d.marked(i) {
				return &FieldError{Field: f.path, Bin: f.bin, Err: ErrMissingBin}
			}
		}
	}
	d.clearUnset()
	return nil
}

// clearUnset sets the fields that had no bin to zero.
func (d *decoding) clearUnset() {
	if d.plan.rest != nil {
		d.setRest()
	}
	if d.fresh {
		return
	}
	for i := range d.plan.fields {
		if d.marked(i) {
			continue
		}
		f := &d.plan.fields[i]
		if at, exists := f.address(d.base); exists {
			f.codec.clear(at)
		}
	}
}
