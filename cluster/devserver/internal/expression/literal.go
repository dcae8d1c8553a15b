package expression

import (
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A literal is a value in the expression itself.
type literal struct{ v value }

func (l literal) eval(*frame) value { return l.v }

// Sizes of literals as compiled by the server.
const (
	numberSize  = 16
	contentSize = 24
	shapeSize   = 40
)

// literal builds the next value, which is not a list (docs/wire-cdt-exp.md#7.2).
func (b *builder) literal() (operand, bool) {
	start := b.in.Rest()
	e, ok := b.in.Next()
	if !ok {
		return operand{}, false
	}
	size := contentSize
	var v value
	var typ exp.Type
	switch e.Kind {
	case call.KindNil:
		size, v, typ = baseSize, isNil, exp.TypeNil
	case call.KindTrue, call.KindFalse:
		v, typ = boolean(e.Kind == call.KindTrue), exp.TypeBool
	case call.KindInt, call.KindNegative:
		size, v, typ = numberSize, value{kind: kindInt, num: e.Num}, exp.TypeInt
	case call.KindFloat:
		size, v, typ = numberSize, value{kind: kindFloat, num: e.Num}, exp.TypeFloat
	case call.KindString:
		v, typ = value{kind: kindString, data: e.Data[1:]}, exp.TypeString
	case call.KindBytes:
		v, typ, ok = blobLiteral(e.Data)
	case call.KindGeo:
		size, v, typ = shapeSize, value{kind: kindGeo, data: e.Data[1:]}, exp.TypeGeo
		v.shape, ok = geo.Parse(v.data)
	default:
		if ok = b.in.Skip(e.Count) && start[0] != msgpcode.FixExt1 || e.Kind > call.KindExt; ok {
			v, typ = packedLiteral(e.Kind, b.in.Since(start))
		}
	}
	return operand{node: literal{v}, typ: typ}, ok && b.charge(size)
}

// blobLiteral returns a blob or HyperLogLog. Blobs of other types are not valid literals.
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

func packedLiteral(k call.Kind, packed []byte) (value, exp.Type) {
	if k == call.KindMap {
		return value{kind: kindMap, data: packed}, exp.TypeMap
	}
	return value{kind: kindSentinel, data: packed}, typeOther
}

// quote builds a list literal. A list that is not quoted is an operator.
func (b *builder) quote() (operand, bool) {
	e, ok := b.in.Peek()
	if !ok || e.Kind != call.KindList {
		return operand{}, false
	}
	packed, ok := b.in.Whole()
	return operand{node: literal{value{kind: kindList, data: packed}}, typ: exp.TypeList}, ok
}
