package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// literal is a value that stands in the expression itself.
type literal struct{ v value }

func (l literal) eval(*frame) value { return l.v }

// Sizes of literals, as the server compiles them.
const (
	numberSize  = 16
	contentSize = 24
	shapeSize   = 40
)

// literal builds the value that comes next, which is no list (docs/wire-cdt-exp.md#7.2).
func (b *builder) literal() (operand, bool) {
	start := b.in.off
	e, ok := b.in.next()
	if !ok {
		return operand{}, false
	}
	size := contentSize
	var v value
	var typ exp.Type
	switch e.kind {
	case packedNil:
		size, v, typ = baseSize, isNil, exp.TypeNil
	case packedTrue, packedFalse:
		v, typ = boolean(e.kind == packedTrue), exp.TypeBool
	case packedInt, packedNegative:
		size, v, typ = numberSize, value{kind: kindInt, num: e.num}, exp.TypeInt
	case packedFloat:
		size, v, typ = numberSize, value{kind: kindFloat, num: e.num}, exp.TypeFloat
	case packedString:
		v, typ = value{kind: kindString, data: e.data[1:]}, exp.TypeString
	case packedBytes:
		v, typ, ok = blobLiteral(e.data)
	case packedGeo:
		size, v, typ = shapeSize, value{kind: kindGeo, data: e.data[1:]}, exp.TypeGeo
		v.shape, ok = geo.Parse(v.data)
	default:
		if ok = b.in.skip(e.count) && b.in.buf[start] != codeFixExt1 || e.kind > packedExt; ok {
			v, typ = packedLiteral(e.kind, b.in.buf[start:b.in.off:b.in.off])
		}
	}
	return operand{node: literal{v}, typ: typ}, ok && b.charge(size)
}

// blobLiteral returns a blob or HyperLogLog; other types of blobs are no literals.
func blobLiteral(data []byte) (value, exp.Type, bool) {
	if len(data) > 0 {
		switch protocol.ParticleType(data[0]) {
		case protocol.ParticleBlob:
			return value{kind: kindBlob, data: data[1:]}, exp.TypeBlob, true
		case protocol.ParticleHLL:
			return value{kind: kindHLL, data: data[1:]}, exp.TypeHLL, true
		}
	}
	return unknown, 0, false
}

func packedLiteral(k packedKind, packed []byte) (value, exp.Type) {
	if k == packedMap {
		return value{kind: kindMap, data: packed}, exp.TypeMap
	}
	return value{kind: kindSentinel, data: packed}, typeOther
}

// quote builds a list literal: an unquoted array would be an operator.
func (b *builder) quote() (operand, bool) {
	e, ok := b.in.peek()
	if !ok || e.kind != packedList {
		return operand{}, false
	}
	packed, ok := b.in.whole()
	return operand{node: literal{value{kind: kindList, data: packed}}, typ: exp.TypeList}, ok
}
