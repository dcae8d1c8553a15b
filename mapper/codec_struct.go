package mapper

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// nested stores a struct inside a bin as a map from the fields' names to their
// values, sorted by name.
func (c *compiler) nested(t reflect.Type) (*codec, error) {
	found := collect(t, true)
	if len(found.fields) == 0 && len(found.problems) == 0 && t.NumField() > 0 {
		return nil, fmt.Errorf("%s has no field that could be stored; leave it out with `as:\"-\"`, or give the type MarshalBin and UnmarshalBin", t)
	}
	p := c.plan(found)
	if err := found.err(); err != nil {
		if hasMethods(t, binaryMarshalerType, binaryUnmarshalerType) {
			return nil, fmt.Errorf("%w; option blob stores a %s as what MarshalBinary gives", err, t)
		}
		return nil, err
	}
	return &codec{
		encode: p.encodeMap,
		decode: p.decodeMap,
		clear: func(at unsafe.Pointer) {
			w := p.beginDecoding(at, false)
			w.finish()
		},
	}, nil
}

func (p *plan) encodeMap(base unsafe.Pointer, depth int) (protocol.Value, error) {
	depth, err := nextDepth(depth)
	if err != nil {
		return protocol.Nil(), err
	}
	pairs := make([]protocol.Pair, 0, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		v, write, err := f.encodeNested(f.address(base), depth)
		if err != nil {
			return protocol.Nil(), withPath(f.path, err)
		}
		if write {
			pairs = append(pairs, protocol.Pair{Key: protocol.String(f.bin), Value: v})
		}
	}
	return protocol.Map(pairs...), nil
}

// decodeMap sets the struct from a map; keys without a field are passed over.
func (p *plan) decodeMap(base unsafe.Pointer, v protocol.Value) error {
	pairs, ok := v.Map()
	if !ok {
		return wrongType(v, "a map")
	}
	filling := p.beginDecoding(base, false)
	for i := range pairs {
		name, ok := pairs[i].Key.Text()
		if !ok {
			continue
		}
		if f, err := filling.set(name, pairs[i].Value); err != nil {
			return withPath(f.path, err)
		}
	}
	filling.finish()
	return nil
}

// encodeNested is encode for a value inside a map, where a pointer that is nil
// has a key with NULL, as the official client writes it, and omitzero leaves the key out.
func (f *field) encodeNested(at unsafe.Pointer, depth int) (v protocol.Value, write bool, err error) {
	switch {
	case at == nil,
		f.tag.omit == omitZero && f.codec.isZero(at),
		f.tag.omit == omitEmpty && f.codec.isEmpty != nil && f.codec.isEmpty(at):
		return protocol.Nil(), false, nil
	}
	v, err = f.codec.encode(at, depth)
	return v, f.tag.omit == omitNever || !v.IsNil(), err
}
