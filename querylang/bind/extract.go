package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// An Extract is a value of an expression that a scan has put into a slot, such as an element of a
// list that is not read as a whole.
type Extract struct {
	Slot *Column
	X    Expr // the expression
}

// Eval returns the value of the slot.
func (e *Extract) Eval(env *Env) protocol.Value { return e.Slot.Eval(env) }

// Type returns the type of the expression.
func (e *Extract) Type() function.Type { return e.X.Type() }

// Kinds returns the kinds of the expression.
func (e *Extract) Kinds() function.Kinds { return e.X.Kinds() }

// Position returns the place of the expression.
func (e *Extract) Position() ast.Pos { return e.X.Position() }

// String returns the SQL of the expression.
func (e *Extract) String() string { return e.X.String() }
