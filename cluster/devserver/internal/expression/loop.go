package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// CompilePath is the [collection.Env.Compile] for calls on collections, whose
// paths may have expressions in them (docs/wire-cdt-exp.md#2.6).
func CompilePath(packed []byte) (collection.Expression, bool) {
	left := newEffort()
	return compilePath(packed, 1, &left)
}

// maxPaths is how deep paths may be nested in expressions of paths. Each level
// may do as much work as there are elements for every element of the one around it.
const maxPaths = 8

func compilePath(packed []byte, paths int, left *effort) (collection.Expression, bool) {
	// Within a path it is built again for each element.
	if paths > maxPaths || !left.step(len(packed)) {
		return nil, false
	}
	e, code := parse(builder{in: call.NewReader(packed), paths: paths})
	return pathExpression{e, left, len(packed)}, code == protocol.OK
}

// pathExpression is an expression within a path: it sees an element, no record.
type pathExpression struct {
	*Expression
	effort *effort
	size   int // of its packed form in bytes
}

// Matches evaluates the expression as a filter. What is no boolean does not match.
func (e pathExpression) Matches(l *collection.Loop) collection.Trilean {
	if !e.effort.step(e.size) {
		return collection.Unknown
	}
	v := e.evaluate(&frame{loop: l, effort: e.effort})
	switch {
	case v.kind == kindUnknown:
		return collection.Unknown
	case v.isTrue():
		return collection.True
	}
	return collection.False
}

// Compute evaluates the expression as the new value of an element. (Of a blob,
// HyperLogLog or GeoJSON that a call has made, a server of 8.1.2 dies.)
func (e pathExpression) Compute(l *collection.Loop) (protocol.Value, collection.Outcome) {
	if !e.effort.step(e.size) {
		return protocol.Nil(), collection.Undefined
	}
	v := e.evaluate(&frame{loop: l, effort: e.effort})
	if v.kind == kindRemove {
		return protocol.Nil(), collection.Removed
	}
	packed, ok := v.appendPacked(nil)
	if !ok || !e.effort.makePacked(packed) {
		return protocol.Nil(), collection.Undefined
	}
	p, rest, ok := call.ParseValue(packed)
	if !ok || len(rest) != 0 {
		return protocol.Nil(), collection.Undefined
	}
	return p, collection.Computed
}

// loopVariable builds the use of a part of an element.
func (b *builder) loopVariable() (operand, bool) {
	typ, okType := b.in.Int()
	part, ok := b.in.Int()
	t := uint32(typ)
	if !okType || !ok || part < int64(exp.LoopKey) || part > int64(exp.LoopIndex) || t > uint32(typeRemove) ||
		part == int64(exp.LoopIndex) && t != uint32(exp.TypeInt) {
		return operand{}, false
	}
	if exp.Type(t) == typeInvalid {
		return operand{node: unknownNode{}, typ: exp.TypeBool, unknown: true}, true
	}
	if exp.Type(t) == typeRemove {
		return operand{node: unknownNode{}, typ: typeRemove}, true
	}
	return operand{node: loopVariable{exp.LoopPart(part), kinds[t]}, typ: exp.Type(t)}, true
}

// loopVariable is a part of an element; unknown if it is of another kind than declared.
type loopVariable struct {
	part exp.LoopPart
	kind kind
}

func (n loopVariable) eval(f *frame) value {
	l := f.loop
	switch {
	case l == nil, n.part == exp.LoopKey && !l.InMap, n.part == exp.LoopIndex && l.InMap:
		return unknown
	case n.part == exp.LoopIndex:
		return integer(int64(l.Index))
	case n.part == exp.LoopKey:
		return n.valueOf(l.Key)
	}
	return n.valueOf(l.Value)
}

// valueOf converts an element of a list or map.
func (n loopVariable) valueOf(p protocol.Value) value {
	if elementKind(p) != n.kind {
		return unknown
	}
	switch n.kind {
	case kindNil:
		return isNil
	case kindBool:
		b, _ := p.Bool()
		return boolean(b)
	case kindInt:
		if u, ok := p.Uint(); ok {
			return value{kind: kindInt, num: u}
		}
		i, _ := p.Int()
		return integer(i)
	case kindFloat:
		x, _ := p.Float()
		return float(x)
	case kindString:
		text, _ := p.Text()
		return value{kind: kindString, data: []byte(text)}
	case kindGeo:
		text, _ := p.Text()
		v := value{kind: kindGeo, data: []byte(text)}
		var ok bool
		if v.shape, ok = geo.Parse(v.data); !ok {
			return unknown
		}
		return v
	case kindList, kindMap:
		packed, err := call.AppendValue(nil, p)
		if err != nil {
			return unknown
		}
		return value{kind: n.kind, data: packed}
	}
	data, _ := p.Bytes()
	return value{kind: n.kind, data: data}
}

// elementKind returns the kind of an element; other types of blobs have none.
func elementKind(p protocol.Value) kind {
	switch p.Kind() {
	case protocol.KindNil:
		return kindNil
	case protocol.KindUint:
		return kindInt
	case protocol.KindInt, protocol.KindFloat, protocol.KindString, protocol.KindBlob, protocol.KindBool,
		protocol.KindList, protocol.KindMap, protocol.KindGeoJSON, protocol.KindHLL:
		for k, t := range particles {
			if t == p.Particle() && t != protocol.ParticleNull {
				return kind(k)
			}
		}
	}
	return kindUnknown
}
