package mapper

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

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
		p.methods, p.direct, err = methodsFor(t, p.steps)
		p.reader = &readerPlan{p.steps, p}
	}
	return p, err
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

// canBeKey reports whether a type can be the key without a method Value.
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

// prepareSteps sets the steps of the fields and the chunks of the steps.
func (p *plan) prepareSteps() {
	p.steps, p.basic = make([]step, len(p.fields)), p.rest == nil
	for i := range p.fields {
		f := &p.fields[i]
		p.basic = p.basic && f.codec.form != formValue && !f.codec.scans
		p.steps[i] = step{
			bin: f.bin, name: wire.NewBinName(f.bin), location: f.location, encode: f.codec.encode, form: f.codec.form, size: f.codec.size,
			direct:   f.hops == nil && f.tag.omit == omitNever && !f.tag.required && f.tag.alias == "",
			readable: f.hops == nil && f.codec.form != formValue,
		}
	}
	p.chunks = chunksOf(p.steps)
}
