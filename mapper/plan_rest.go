package mapper

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A restField is the field with option rest: a map that holds the bins, or the keys of a nested
// struct's map, that no other field has.
type restField struct {
	field
	value *codec
}

// compileRest checks the field tagged rest.
func (c *compiler) compileRest(p *plan, found *collector) {
	for i := range found.rest {
		f := &found.rest[i]
		switch {
		case p.rest != nil:
			found.addProblem(f.path, fmt.Errorf("field %s also has option rest; one map holds all bins without a field", p.rest.path))
			return
		case f.hops != nil:
			found.addProblem(f.path, fmt.Errorf("option rest can't be used behind an embedded pointer"))
			return
		case f.typ.Kind() != reflect.Map || f.typ.Key().Kind() != reflect.String:
			found.addProblem(f.path, fmt.Errorf("option rest needs a map with strings as keys, such as map[string]any, not %s", f.typ))
			return
		case f.tag.name != "":
			found.addProblem(f.path, fmt.Errorf("a field with option rest has no bin; leave out the name %q", f.tag.name))
			return
		}
		value, err := c.codec(f.typ.Elem(), f.tag.form)
		if err != nil {
			found.addProblem(f.path, err)
			return
		}
		p.rest = &restField{*f, value}
	}
}

// unknown handles the value of a bin or key that no field has. It returns the field for error
// messages.
func (d *decoding) unknown(name string, v protocol.Value) (*field, error) {
	r := d.plan.rest
	switch {
	case r == nil && d.plan.strict:
		return nil, &FieldError{Bin: name, Err: ErrUnknownBin}
	case r == nil || v.IsNil():
		return nil, nil
	case v.Kind() == protocol.KindInvalid:
		return &r.field, withPath("["+name+"]", v.Err())
	}
	if !d.rest.IsValid() {
		d.rest = reflect.MakeMap(r.typ)
	}
	item := reflect.New(r.typ.Elem()).Elem()
	if err := r.value.set(placeAt(item), v); err != nil {
		return &r.field, withPath("["+name+"]", err)
	}
	key := reflect.New(r.typ.Key()).Elem()
	key.SetString(string([]byte(name))) // the name shares memory with the response
	d.rest.SetMapIndex(key, item)
	return &r.field, nil
}

// setRest sets the field with option rest. It is nil if all bins have fields.
func (d *decoding) setRest() {
	r := d.plan.rest
	field := reflectAt(r.typ, r.location.of(d.base))
	if d.rest.IsValid() {
		field.Set(d.rest)
		return
	}
	field.SetZero()
}

// appendRestPairs adds the pairs of the field with option rest to those of a nested struct.
func (p *plan) appendRestPairs(dst []protocol.Pair, base place, depth int) ([]protocol.Pair, error) {
	err := p.eachRest(base, depth, func(name string, v protocol.Value) error {
		dst = append(dst, protocol.Pair{Key: protocol.String(name), Value: v})
		return nil
	})
	slices.SortFunc(dst, func(a, b protocol.Pair) int {
		x, _ := a.Key.Text()
		y, _ := b.Key.Text()
		return cmp.Compare(x, y)
	})
	return dst, err
}

// eachRest calls each for the entries of the field with option rest, in the order of their names.
func (p *plan) eachRest(base place, depth int, each func(name string, v protocol.Value) error) error {
	entries := reflectAt(p.rest.typ, p.rest.location.of(base))
	keys := entries.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	for _, key := range keys {
		name := key.String()
		i, taken := p.index[name]
		if !taken {
			i, taken = p.aliases[name]
		}
		if taken {
			return withPath("["+name+"]", fmt.Errorf("%w: field %s has this name", ErrRange, p.fields[i].path))
		}
		item := reflect.New(p.rest.typ.Elem()).Elem()
		item.Set(entries.MapIndex(key))
		v, err := p.rest.value.encode(placeAt(item), depth)
		if err == nil {
			err = each(name, v)
		}
		if err != nil {
			return withPath("["+name+"]", err)
		}
	}
	return nil
}
