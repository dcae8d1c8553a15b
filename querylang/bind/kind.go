package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// truthKinds are the kinds of a condition.
const truthKinds = function.Bool | function.Null

// Kinds returns the kind of the constant.
func (e *Const) Kinds() function.Kinds { return function.KindsOf(e.Value.Kind()) }

// Kinds returns the kinds of the argument: any kind, unless the parameter stands for a literal or
// is converted.
func (e *Param) Kinds() function.Kinds {
	if e.Can != 0 {
		return e.Can
	}
	return function.Any
}

// Kinds returns the kinds of the column.
func (e *Column) Kinds() function.Kinds { return e.Can }

// Kinds returns boolean and NULL.
func (e *Not) Kinds() function.Kinds { return truthKinds }

// Kinds returns the numbers that the operand can be, and NULL.
func (e *Negate) Kinds() function.Kinds {
	if e.Bits {
		return function.Integer | function.Null
	}
	return e.X.Kinds()&function.Number | function.Null
}

// Kinds returns boolean and NULL.
func (e *Logic) Kinds() function.Kinds { return truthKinds }

// Kinds returns boolean, and NULL unless NULL is a value for the operator.
func (e *Compare) Kinds() function.Kinds {
	if e.Op == ast.OpDistinctFrom || e.Op == ast.OpNotDistinctFrom {
		return function.Bool
	}
	return truthKinds
}

// Kinds returns the kinds of the result, and NULL.
func (e *Arithmetic) Kinds() function.Kinds {
	if e.Can != 0 {
		return e.Can
	}
	x, y := e.X.Kinds(), e.Y.Kinds()
	switch e.Op {
	case ast.OpConcat:
		return x&y&(function.String|function.Blob) | function.Null
	case ast.OpBitAnd, ast.OpBitOr, ast.OpBitXor, ast.OpShiftLeft, ast.OpShiftRight, ast.OpRemainder:
		return function.Integer | function.Null
	}
	kinds := function.Null
	if x.Has(function.Integer) && y.Has(function.Integer) {
		kinds |= function.Integer
	}
	const float = function.Kinds(1 << protocol.KindFloat)
	if x.Has(float) || y.Has(float) {
		kinds |= float
	}
	return kinds
}

// Kinds returns boolean and NULL.
func (e *In) Kinds() function.Kinds { return truthKinds }

// Kinds returns boolean and NULL.
func (e *InQuery) Kinds() function.Kinds { return truthKinds }

// Kinds returns boolean and NULL.
func (e *Between) Kinds() function.Kinds { return truthKinds }

// Kinds returns boolean and NULL.
func (e *Match) Kinds() function.Kinds { return truthKinds }

// Kinds returns boolean.
func (e *Is) Kinds() function.Kinds { return function.Bool }

// Kinds returns the kinds of all branches.
func (e *Case) Kinds() function.Kinds {
	kinds := function.Null
	if e.Else != nil {
		kinds = e.Else.Kinds()
	}
	for _, w := range e.Whens {
		kinds |= w.Then.Kinds()
	}
	return kinds
}

// Kinds returns the kinds of the function's result.
func (e *Call) Kinds() function.Kinds { return e.Can }

// Kinds returns the kinds of the type, and NULL.
func (e *Cast) Kinds() function.Kinds { return e.To.Kinds() | function.Null }

// Kinds returns any kind: elements have no declared kind.
func (e *Path) Kinds() function.Kinds { return function.Any }

// Kinds returns list.
func (e *Array) Kinds() function.Kinds { return function.List }

// Kinds returns map and NULL.
func (e *MapLiteral) Kinds() function.Kinds { return function.Map | function.Null }

// Kinds returns the kinds of the query's column, and NULL.
func (e *Scalar) Kinds() function.Kinds { return e.Query.Query.Columns[0].Kinds | function.Null }

// Kinds returns boolean.
func (e *Exists) Kinds() function.Kinds { return function.Bool }

// truthType is the type of a condition.
var truthType = function.Type{Family: function.Booleans}

// Type returns the type of the constant.
func (e *Const) Type() function.Type { return e.Of }

// Type returns the type that the parameter's place demands.
func (e *Param) Type() function.Type { return e.As }

// Type returns the type of the column.
func (e *Column) Type() function.Type { return e.Of }

// Type returns boolean.
func (e *Not) Type() function.Type { return truthType }

// Type returns the type of the operand.
func (e *Negate) Type() function.Type { return e.X.Type() }

// Type returns boolean.
func (e *Logic) Type() function.Type { return truthType }

// Type returns boolean.
func (e *Compare) Type() function.Type { return truthType }

// Type returns the type of the result.
func (e *Arithmetic) Type() function.Type { return e.Of }

// Type returns boolean.
func (e *In) Type() function.Type { return truthType }

// Type returns boolean.
func (e *InQuery) Type() function.Type { return truthType }

// Type returns boolean.
func (e *Between) Type() function.Type { return truthType }

// Type returns boolean.
func (e *Match) Type() function.Type { return truthType }

// Type returns boolean.
func (e *Is) Type() function.Type { return truthType }

// Type returns the type of the branches.
func (e *Case) Type() function.Type { return e.Of }

// Type returns the type of the function's result.
func (e *Call) Type() function.Type { return e.Of }

// Type returns the type that the value is cast to.
func (e *Cast) Type() function.Type { return e.To }

// Type returns the zero Type.
func (e *Path) Type() function.Type { return function.Type{} }

// Type returns list.
func (e *Array) Type() function.Type { return function.Type{Family: function.Lists} }

// Type returns map.
func (e *MapLiteral) Type() function.Type { return function.Type{Family: function.Maps} }

// Type returns the type of the query's column.
func (e *Scalar) Type() function.Type { return e.Query.Query.Columns[0].Type }

// Type returns boolean.
func (e *Exists) Type() function.Type { return truthType }
