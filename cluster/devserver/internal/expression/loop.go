package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// CompilePath implements [collection.Env.Compile] for collection calls whose paths have expressions
// (docs/wire-cdt-exp.md#2.6).
func CompilePath(packed []byte) (collection.Expression, bool) {
	left := newBudget()
	return compilePath(packed, 1, &left)
}

// maxPaths is the largest nesting depth of paths in path expressions. Each level runs once per
// element of the level around it.
const maxPaths = 8

func compilePath(packed []byte, paths int, left *budget) (collection.Expression, bool) {
	// Within a path the expression is compiled again for each element.
	if paths > maxPaths || !left.step(len(packed)) {
		return nil, false
	}
	e, code := parse(builder{in: call.NewReader(packed), paths: paths})
	return pathExpression{e, left, len(packed)}, code == protocol.OK
}

// A pathExpression is an expression within a path. It has access to an element but not to a record.
type pathExpression struct {
	*Expression
	budget *budget
	size   int // size of the packed form in bytes
}

// Matches evaluates the expression as a filter. A result that is not a boolean does not match.
func (e pathExpression) Matches(l *collection.Loop) collection.Trilean {
	if !e.budget.step(e.size) {
		return collection.Unknown
	}
	v := e.evaluate(&frame{loop: l, budget: e.budget})
	switch {
	case v.kind == kindUnknown:
		return collection.Unknown
	case v.isTrue():
		return collection.True
	}
	return collection.False
}

// Compute evaluates the expression as the new value of an element. (A server 8.1.2 crashes if a
// call returns a blob, HyperLogLog or GeoJSON here.)
func (e pathExpression) Compute(l *collection.Loop) (protocol.Value, collection.Outcome) {
	if !e.budget.step(e.size) {
		return protocol.Nil(), collection.Undefined
	}
	v := e.evaluate(&frame{loop: l, budget: e.budget})
	if v.kind == kindRemove {
		return protocol.Nil(), collection.Removed
	}
	packed, ok := v.appendPacked(nil)
	if !ok || !e.budget.makePacked(packed) {
		return protocol.Nil(), collection.Undefined
	}
	p, rest, ok := call.ParseValue(packed)
	if !ok || len(rest) != 0 {
		return protocol.Nil(), collection.Undefined
	}
	return p, collection.Computed
}

// loopVariable builds a reference to a part of the current element.
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

// A loopVariable is a part of the current element. It is unknown if the part has another kind than
// declared.
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

// elementKind returns the kind of an element, or kindUnknown for blobs of other types.
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
