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

// A plan is what New has found out about a struct type: where its fields lie
// and how each is stored. It does not change afterwards.
//
// Fields are reached by their offset from the start of the object, so that a
// call looks nothing up and boxes nothing. The pointers that go in must be of the
// plan's type; Repo's type parameter sees to that.
type plan struct {
	typ      reflect.Type
	fields   []field
	steps    []step         // one for each field
	index    map[string]int // bin to field
	bins     []string       // of all fields, in their order
	embedded []uintptr      // offsets of the outermost embedded pointers
	key      *field         // nil if no field is tagged pk
	gens     []field
	ttls     []ttlField
}

// compile makes the plan of a mapped type.
func (c *compiler) compile(t reflect.Type) (*plan, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("mapper: %s is no struct", t)
	}
	found := collect(t, false)
	p := c.plan(found)
	c.compileKey(p, found)
	compileMeta(p, found)
	if len(found.fields) == 0 && len(found.problems) == 0 {
		return nil, fmt.Errorf("mapper: %s has no field that is a bin; a record needs at least one", typeName(t))
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	p.prepareSteps()
	return p, nil
}

// plan finds the codecs of the fields; what is wrong becomes a problem of the collector.
func (c *compiler) plan(found *collector) *plan {
	p := &plan{typ: found.root, fields: found.fields, index: map[string]int{}, embedded: found.embedded}
	if found.nested {
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
	}
	return p
}

// compileKey checks the field tagged pk.
func (c *compiler) compileKey(p *plan, found *collector) {
	for i := range found.keys {
		f := &found.keys[i]
		if p.key != nil {
			found.addProblem(f.path, fmt.Errorf("field %s is tagged pk as well; a record has one key", p.key.path))
			return
		}
		if f.hops != nil {
			found.addProblem(f.path, errors.New("the key can't lie behind an embedded pointer"))
			return
		}
		if f.typ.Kind() == reflect.Array && f.typ.Elem().Kind() == reflect.Uint8 && !f.tag.form.text {
			f.tag.form.blob = true
		}
		if !canBeKey(f.typ, f.tag.form) {
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

func canBeKey(t reflect.Type, f form) bool {
	switch k := t.Kind(); {
	case f.text || k == reflect.String || k >= reflect.Int && k <= reflect.Uint64:
		return true
	case k == reflect.Slice || k == reflect.Array:
		return t.Elem().Kind() == reflect.Uint8
	}
	return t.Kind() == reflect.Struct && t != timeType && hasMethods(t, textMarshalerType, textUnmarshalerType)
}

// appendBins appends the bins of the object at base. With nulls, bins that
// are to be removed are among them; a write that replaces all bins, or creates
// the record, does not need these.
func (p *plan) appendBins(dst protocol.Bins, base unsafe.Pointer, nulls bool) (protocol.Bins, error) {
	dst = slices.Grow(dst, len(p.steps))
	n := len(dst)
	room := dst[:n+len(p.steps)]
	for i := range p.steps {
		s := &p.steps[i]
		var v protocol.Value
		var err error
		write := true
		if s.direct {
			v, err = s.encode(unsafe.Add(base, s.offset), 0)
		} else {
			v, write, err = p.fields[i].encode(base)
		}
		if err != nil {
			return dst, p.fieldError(&p.fields[i], err)
		}
		if write && (nulls || !v.IsNil()) {
			room[n] = protocol.Bin{Name: s.bin, Value: v}
			n++
		}
	}
	return room[:n], nil
}

// A step is what encoding needs of nearly every field, close together in memory.
type step struct {
	bin    string
	offset uintptr
	encode func(at unsafe.Pointer, depth int) (protocol.Value, error)
	direct bool // neither omission nor embedded pointers
}

func (p *plan) prepareSteps() {
	p.steps = make([]step, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		p.steps[i] = step{f.bin, f.offset, f.codec.encode, f.hops == nil && f.tag.omit == omitNever}
	}
}

func (p *plan) fieldError(f *field, err error) error {
	e := withPath(f.path, err)
	e.Struct, e.Bin = typeName(p.typ), f.bin
	return e
}

// encode returns the field's value and whether it is written at all.
func (f *field) encode(base unsafe.Pointer) (v protocol.Value, write bool, err error) {
	at := f.address(base)
	if at == nil {
		return protocol.Nil(), f.tag.omit != omitEmpty, nil
	}
	switch f.tag.omit {
	case omitZero:
		if f.codec.isZero(at) {
			return protocol.Nil(), true, nil
		}
	case omitEmpty:
		if f.codec.isEmpty != nil && f.codec.isEmpty(at) {
			return protocol.Nil(), false, nil
		}
		v, err = f.codec.encode(at, 0)
		return v, !v.IsNil(), err
	}
	v, err = f.codec.encode(at, 0)
	return v, true, err
}

// decodeBins sets the object at base from a record's bins; fields whose bin is
// missing become zero, bins without a field are passed over. fresh says that the
// object is zero already. After an error the object's content is not specified.
func (p *plan) decodeBins(base unsafe.Pointer, bins protocol.Bins, fresh bool) error {
	filling := p.beginDecoding(base, fresh)
	for i := range bins {
		if f, err := filling.set(bins[i].Name, bins[i].Value); err != nil {
			return p.fieldError(f, err)
		}
	}
	filling.finish()
	return nil
}

// A filling is an object on its way to be read.
type decoding struct {
	plan  *plan
	base  unsafe.Pointer
	fresh bool
	next  int       // the field whose bin probably comes next
	seen  [4]uint64 // a bit for each of the first fields that are set
	more  []uint64  // bits for those beyond
}

const seenInline = 4 * 64

func (p *plan) beginDecoding(base unsafe.Pointer, fresh bool) decoding {
	f := decoding{plan: p, base: base, fresh: fresh}
	if fresh {
		return f
	}
	// A new struct each time behind embedded pointers: the caller may have kept the old one.
	for _, offset := range p.embedded {
		*(*unsafe.Pointer)(unsafe.Add(base, offset)) = nil
	}
	if n := len(p.fields) - seenInline; n > 0 {
		f.more = make([]uint64, n/64+1)
	}
	return f
}

// set decodes the value of a bin, and returns the field for the sake of errors.
func (w *decoding) set(bin string, v protocol.Value) (*field, error) {
	i := w.next
	if i >= len(w.plan.fields) || w.plan.fields[i].bin != bin {
		var ok bool
		if i, ok = w.plan.index[bin]; !ok {
			return nil, nil
		}
	}
	w.next = i + 1
	f := &w.plan.fields[i]
	switch v.Kind() {
	case protocol.KindNil:
		return nil, nil
	case protocol.KindInvalid:
		return f, v.Err()
	}
	if !w.fresh {
		w.mark(i)
	}
	if f.hops == nil {
		return f, f.codec.decode(unsafe.Add(w.base, f.offset), v)
	}
	return f, f.codec.decode(f.allocate(w.base), v)
}

func (w *decoding) mark(i int) {
	if i < seenInline {
		w.seen[i/64] |= 1 << (i % 64)
		return
	}
	i -= seenInline
	w.more[i/64] |= 1 << (i % 64)
}

func (w *decoding) marked(i int) bool {
	if i < seenInline {
		return w.seen[i/64]&(1<<(i%64)) != 0
	}
	i -= seenInline
	return w.more[i/64]&(1<<(i%64)) != 0
}

// finish zeroes what was not set.
func (w *decoding) finish() {
	if w.fresh {
		return
	}
	for i := range w.plan.fields {
		if w.marked(i) {
			continue
		}
		f := &w.plan.fields[i]
		if at := f.address(w.base); at != nil {
			f.codec.clear(at)
		}
	}
}
