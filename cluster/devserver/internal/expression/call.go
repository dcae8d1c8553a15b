package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/internal/bits"
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/internal/hll"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A callNode runs a list, map, bit or HyperLogLog operation on the result of an operand. Arguments
// that are arrays are operands too (docs/wire-cdt-exp.md#7.4).
type callNode struct {
	typ    exp.Type
	system exp.System
	modify bool
	// parts are the packed call, split where arguments are evaluated.
	parts []callPart
	input node
	paths int // number of paths around the call
}

// A callPart is a piece of a packed call: bytes, or an operand if node is set.
type callPart struct {
	packed []byte
	node   node
}

// environment returns the environment of collection calls.
func (n callNode) environment(f *frame) *collection.Env {
	return &collection.Env{Compile: func(packed []byte) (collection.Expression, bool) {
		return compilePath(packed, n.paths+1, f.budget)
	}}
}

const (
	callModify  = 0x40 // flag of a call that returns the modified value
	callContext = int64(cdt.CodeContext)
	callSelect  = int64(cdt.CodeSelect)
)

func (b *builder) call() (operand, bool) {
	typ, okType := b.in.Int()
	system, okSystem := b.in.Int()
	if !okType || !okSystem || typ < 0 || typ > int64(exp.TypeHLL) {
		return operand{}, false
	}
	n := callNode{typ: exp.Type(typ), modify: uint32(system)&callModify != 0, paths: b.paths}
	n.system = exp.System(min(uint32(system)&^callModify, 0xff))
	var ok bool
	if n.parts, ok = b.invocation(); !ok {
		return operand{}, false
	}
	input, ok := b.next()
	if !ok {
		return operand{}, false
	}
	n.input = input.node
	if input.typ == exp.TypeNil {
		// A call on nil has the type nil, whatever is declared.
		return operand{node: n, typ: exp.TypeNil}, true
	}
	switch n.system {
	case exp.SystemCDT:
		ok = input.typ == exp.TypeList || input.typ == exp.TypeMap
	case exp.SystemBits:
		ok = input.typ == exp.TypeBlob
	case exp.SystemHLL:
		ok = input.typ == exp.TypeHLL
	default:
		ok = false
	}
	return operand{node: n, typ: n.typ}, ok
}

// invocation reads the packed call.
func (b *builder) invocation() ([]callPart, bool) {
	start := b.in.Rest()
	count, ok := b.in.Array()
	if !ok || count == 0 {
		return nil, false
	}
	op, ok := b.in.Int()
	if !ok {
		return nil, false
	}
	switch op {
	case callContext:
		// The context is not evaluated.
		if count != 3 || !b.in.Skip(1) {
			return nil, false
		}
		if count, ok = b.in.Array(); !ok {
			return nil, false
		}
		if _, ok = b.in.Int(); !ok || count == 0 {
			return nil, false
		}
	case callSelect:
		ok = count <= 4 && b.selection(count)
		return []callPart{{packed: b.in.Since(start)}}, ok
	}
	return b.arguments(start, count-1)
}

// selection reads the arguments of a path call, which evaluates its own expressions.
func (b *builder) selection(count int) bool {
	if count < 3 {
		return false
	}
	if e, ok := b.in.Peek(); !ok || e.Kind != call.KindList || !b.in.Skip(1) {
		return false
	}
	_, ok := b.in.Int()
	return ok && (count == 3 || b.in.Skip(1))
}

// maxArguments is greater than the number of arguments of any call.
const maxArguments = 16

// arguments reads the arguments of a call. After the first operand all arguments must have the form
// of literals.
func (b *builder) arguments(start []byte, count int) (parts []callPart, ok bool) {
	for ; count > 0; count-- {
		e, ok := b.in.Peek()
		switch {
		case !ok || len(parts) > 2*maxArguments:
			return nil, false
		case e.Kind == call.KindList:
			parts = append(parts, callPart{packed: b.in.Since(start)})
			o, ok := b.next()
			if !ok {
				return nil, false
			}
			parts = append(parts, callPart{node: o.node})
			start = b.in.Rest()
		case len(parts) > 0:
			if !b.checkArgument(e) {
				return nil, false
			}
		case !b.in.Skip(1):
			return nil, false
		}
	}
	return append(parts, callPart{packed: b.in.Since(start)}), true
}

// checkArgument skips an argument that must have the form of a literal.
func (b *builder) checkArgument(e call.Head) bool {
	if e.Kind == call.KindBytes {
		if _, _, ok := blobLiteral(e.Data); !ok {
			return false
		}
	}
	return b.in.Skip(1)
}

// packed returns the call with its operands evaluated. It reports false if one is unknown.
func (n callNode) packed(f *frame) ([]byte, bool) {
	if len(n.parts) == 1 {
		return n.parts[0].packed, true
	}
	var out []byte
	for _, p := range n.parts {
		if p.node == nil {
			out = append(out, p.packed...)
			continue
		}
		v := p.node.eval(f)
		var ok bool
		if out, ok = v.appendPacked(out); !ok {
			return nil, false
		}
	}
	return out, f.budget.makePacked(out)
}

func (n callNode) eval(f *frame) value {
	packed, ok := n.packed(f)
	if !ok {
		return unknown
	}
	v := n.input.eval(f)
	if len(packed)+len(v.data) > maxTaken {
		return unknown
	}
	input, ok := v.callInput()
	if !ok {
		return unknown
	}
	changed, result, code := n.run(f, packed, input)
	if code != protocol.OK {
		return unknown
	}
	if n.modify {
		result = changed
	}
	made := n.resultOf(result)
	if isPacked(made.kind) {
		ok = f.budget.makePacked(made.data)
	} else {
		ok = f.budget.make(len(made.data))
	}
	if !ok {
		return unknown
	}
	return made
}

// callInput returns a value as the input of a call.
func (v *value) callInput() (protocol.Value, bool) {
	switch v.kind {
	case kindNil:
		return protocol.Nil(), true
	case kindList, kindMap, kindBlob, kindHLL:
		input, err := collection.Unpack(particles[v.kind], v.data)
		if v.indexed {
			input = collection.Indexed(input)
		}
		return input, err == nil
	}
	return protocol.Nil(), false
}

// run executes the call on a copy of its input. It does not modify any bin.
func (n callNode) run(f *frame, packed []byte, input protocol.Value) (changed, result protocol.Value, code protocol.ResultCode) {
	switch {
	case n.system == exp.SystemCDT:
		return collection.Apply(n.environment(f), packed, input, n.modify)
	case n.system == exp.SystemBits && n.modify:
		changed, code = bits.Modify(packed, input)
	case n.system == exp.SystemBits:
		result, code = bits.Read(packed, input)
	case n.system == exp.SystemHLL && n.modify:
		return hll.Modify(packed, input)
	case n.system == exp.SystemHLL:
		result, code = hll.Read(packed, input)
	default:
		code = protocol.ParameterError
	}
	return changed, result, code
}

// resultOf returns the result of a call, or unknown if it does not have the declared type. GeoJSON
// from a collection is validated here.
func (n callNode) resultOf(p protocol.Value) value {
	t := p.Particle()
	if t != particles[kinds[n.typ]] {
		return unknown
	}
	if t == protocol.ParticleNull {
		return isNil
	}
	data, err := collection.Pack(nil, p)
	if err != nil {
		return unknown
	}
	v := ofParticle(t, data)
	v.indexed = p.Order()&protocol.PersistIndex != 0
	if v.kind == kindGeo {
		v.data, v.num = v.data[v.num:], 0
		var ok bool
		if v.shape, ok = v.geometry(); !ok {
			return unknown
		}
	}
	return v
}
