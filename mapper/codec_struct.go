package mapper

import (
	"fmt"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
)

// nested returns a codec that stores a struct as a map from field names to values, sorted by name.
func (c *compiler) nested(t reflect.Type) (*codec, error) {
	found := c.collect(t, true)
	if len(found.fields) == 0 && len(found.problems) == 0 && t.NumField() > 0 {
		return nil, fmt.Errorf("%s has no fields that can be stored; exclude it with `as:\"-\"`, or give the type MarshalBin and UnmarshalBin", t)
	}
	p := c.plan(found)
	if err := found.err(); err != nil {
		if hasMethods(t, binaryMarshalerType, binaryUnmarshalerType) {
			return nil, fmt.Errorf("%w; option blob stores what MarshalBinary of %s returns", err, t)
		}
		return nil, err
	}
	return &codec{
		encode: p.encodeMap,
		decode: p.decodeMap,
		clear:  p.clearAll,
	}, nil
}

// clearAll sets all fields to zero.
func (p *plan) clearAll(at place) {
	d := p.beginDecoding(at, false)
	d.clearUnset()
}

func (p *plan) encodeMap(base place, depth int) (protocol.Value, error) {
	depth, err := nextDepth(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	pairs := make([]protocol.Pair, 0, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		v, write, err := f.encodeNested(base, depth)
		if err != nil {
			return protocol.Nil(), withPath(f.path, err)
		}
		if write {
			pairs = append(pairs, protocol.Pair{Key: protocol.String(f.bin), Value: v})
		}
	}
	if p.rest != nil {
		if pairs, err = p.appendRestPairs(pairs, base, depth); err != nil {
			return protocol.Nil(), withPath(p.rest.path, err)
		}
	}
	return protocol.Map(pairs...), nil
}

// decodeMap sets the struct from a map. Keys without a field are ignored, unless a field has option
// rest.
func (p *plan) decodeMap(base place, v protocol.Value) error {
	pairs, ok := v.Map()
	if !ok {
		return wrongType(v, "a map")
	}
	d := p.beginDecoding(base, false)
	for i := range pairs {
		name, ok := pairs[i].Key.Text()
		switch {
		case ok:
		case p.rest != nil:
			return withPath(p.rest.path, fmt.Errorf("%w: the key %v of the map is not a string", ErrType, pairs[i].Key))
		default:
			continue
		}
		if f, err := d.set(name, pairs[i].Value); err != nil {
			return withPath(f.path, err)
		}
	}
	return d.finish()
}

// encodeNested is like encode for a value in a map. A nil pointer is a key with NULL, as in the
// official client, and omitzero omits the key.
func (f *field) encodeNested(base place, depth int) (v protocol.Value, write bool, err error) {
	at, exists := f.address(base)
	if !exists {
		return protocol.Nil(), false, f.missing(protocol.Nil())
	}
	switch f.tag.omit {
	case omitZero:
		if isZero, err := f.codec.zero(at); isZero || err != nil {
			return protocol.Nil(), false, err
		}
	case omitEmpty:
		if f.codec.isEmpty != nil && f.codec.isEmpty(at) {
			return protocol.Nil(), false, nil
		}
	}
	if v, err = f.codec.encode(at, depth); err == nil {
		err = f.missing(v)
	}
	return v, f.tag.omit == omitNever || !v.IsNil(), err
}
