package expression

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// An Expression is a compiled expression. It is safe for concurrent use.
type Expression struct {
	root  node
	typ   exp.Type
	slots int // largest number of variables in scope
}

// Parse compiles a packed expression. It returns ParameterError for what the server rejects:
// malformed, ill-typed, unknown or too large expressions (docs/wire-cdt-exp.md#7.1). The expression
// retains packed.
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

// ParseFilter is Parse for a filter, whose type must be boolean.
func ParseFilter(packed []byte) (*Expression, protocol.ResultCode) {
	e, code := Parse(packed)
	if code == protocol.OK && e.typ != exp.TypeBool {
		return nil, protocol.ParameterError
	}
	return e, code
}

// Matches reports whether the record passes the filter. An unknown result does not pass. The server
// evaluates filters twice, first without bins and key. Bins and key cannot change a result that is
// known without them, so one evaluation is enough (docs/wire-cdt-exp.md#7.5).
func (e *Expression) Matches(r Record) bool {
	v := e.evaluate(&frame{record: r})
	return v.isTrue()
}

// Eval returns the result as a bin, which is empty for nil. ok is false if the result is unknown.
// The bytes may share memory with the record and the packed expression.
func (e *Expression) Eval(r Record) (b Bin, ok bool) {
	v := e.evaluate(&frame{record: r})
	return v.bin()
}

func (e *Expression) evaluate(f *frame) value {
	if f.budget == nil {
		f.ownBudget = newBudget()
		f.budget = &f.ownBudget
	}
	if e.slots > 0 {
		f.vars = make([]value, e.slots)
	}
	return e.root.eval(f)
}
