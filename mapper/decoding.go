package mapper

import (
	"reflect"

	"github.com/aerosql/aerosql/internal/textslab"
	"github.com/aerosql/aerosql/protocol"
)

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
	// texts has the memory of the fields that are strings. If it is nil each has its own.
	texts *textslab.Slab
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

// find returns the index of a bin's field, or noField or hiddenField.
func (d *decoding) find(bin string) int {
	if i := d.next; i < len(d.plan.fields) && d.plan.fields[i].bin == bin {
		return i
	}
	if i, ok := d.plan.index[bin]; ok {
		return i
	}
	i, ok := d.plan.aliases[bin]
	switch {
	case !ok:
		return noField
	case d.marked(i):
		return hiddenField
	}
	return i
}

const (
	noField     = -1
	hiddenField = -2 // the bin has an older name, and the record has the newer one too
)

// set decodes the value of a bin. It returns the field for error messages.
func (d *decoding) set(bin string, v protocol.Value) (*field, error) {
	switch i := d.find(bin); i {
	case noField:
		return d.unknown(bin, v)
	case hiddenField:
		return nil, nil
	default:
		return &d.plan.fields[i], d.setField(i, v)
	}
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
	var at place
	if f.hops == nil {
		at = f.location.of(d.base)
	} else {
		at = f.allocate(d.base)
	}
	if d.texts != nil && f.codec.text && v.Kind() == protocol.KindString {
		text, _ := v.Text()
		*variable[string](at) = d.texts.Clone(text)
		return nil
	}
	return f.codec.decode(at, v)
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
	n := len(d.plan.fields)
	if d.fresh || n <= 64 && d.seen[0] == 1<<n-1 {
		return
	}
	for i := range d.plan.fields {
		if d.marked(i) {
			continue
		}
		f := &d.plan.fields[i]
		if at, exists := f.address(d.base); exists && !f.codec.form.clear(at) {
			f.codec.clear(at)
		}
	}
}

// clear sets a field to zero, which no embedded pointer leads to.
func (p *plan) clear(base place, i int) {
	s := &p.steps[i]
	if at := s.location.of(base); !s.form.clear(at) {
		p.fields[i].codec.clear(at)
	}
}
