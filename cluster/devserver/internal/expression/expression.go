package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// An Expression is a packed expression that was checked and can be evaluated, by
// several goroutines at once.
type Expression struct {
	root  node
	typ   exp.Type
	slots int // variables that are defined at one time
}

// Parse checks a packed expression and prepares it. What the server refuses is
// a parameter error: what is malformed, ill-typed, unknown or too large (docs/wire-cdt-exp.md
// 7.1). The expression keeps a reference to packed.
func Parse(packed []byte) (*Expression, protocol.ResultCode) {
	return parse(builder{in: call.NewReader(packed)})
}

func parse(b builder) (*Expression, protocol.ResultCode) {
	root, ok := b.next()
	if !ok || !b.in.Done() || b.size >= exp.MaxSize || root.typ > typeRemove {
		return nil, protocol.ParameterError
	}
	return &Expression{root: root.node, typ: root.typ, slots: b.maxSlots}, protocol.OK
}

// ParseFilter is Parse for a filter, which must give a boolean.
func ParseFilter(packed []byte) (*Expression, protocol.ResultCode) {
	e, code := Parse(packed)
	if code == protocol.OK && e.typ != exp.TypeBool {
		return nil, protocol.ParameterError
	}
	return e, code
}

// Matches reports whether a filter lets the record pass: an unknown result does
// not. The server asks twice, first without bins and key; as neither can turn what is known without them, one
// evaluation gives the same (docs/wire-cdt-exp.md#7.5).
func (e *Expression) Matches(r Record) bool {
	v := e.evaluate(&frame{record: r})
	return v.isTrue()
}

// Eval returns the result as a bin holds it, which is none for nil; ok is false
// if it is unknown. The bytes may share memory with the record and with the packed expression.
func (e *Expression) Eval(r Record) (b Bin, ok bool) {
	v := e.evaluate(&frame{record: r})
	return v.bin()
}

func (e *Expression) evaluate(f *frame) value {
	if f.effort == nil {
		f.own = newEffort()
		f.effort = &f.own
	}
	if e.slots > 0 {
		f.vars = make([]value, e.slots)
	}
	return e.root.eval(f)
}
