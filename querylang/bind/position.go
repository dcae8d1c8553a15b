package bind

import "github.com/aerosql/aerosql/querylang/ast"

// Position returns the place of the constant.
func (e *Const) Position() ast.Pos { return e.Pos }

// Position returns the place of the parameter.
func (e *Param) Position() ast.Pos { return e.Pos }

// Position returns the place of the column's first word.
func (e *Column) Position() ast.Pos { return e.Pos }

// Position returns the place of the word NOT.
func (e *Not) Position() ast.Pos { return e.Pos }

// Position returns the place of the operator.
func (e *Negate) Position() ast.Pos { return e.Pos }

// Position returns the place of the first operand.
func (e *Logic) Position() ast.Pos { return e.Operands[0].Position() }

// Position returns the place of the left operand.
func (e *Compare) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *Arithmetic) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *In) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *InQuery) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *Between) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the left operand.
func (e *Match) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the operand.
func (e *Is) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the word CASE.
func (e *Case) Position() ast.Pos { return e.Pos }

// Position returns the place of the function's name.
func (e *Call) Position() ast.Pos { return e.Pos }

// Position returns the place of the word CAST or of the type.
func (e *Cast) Position() ast.Pos { return e.Pos }

// Position returns the place of the collection.
func (e *Path) Position() ast.Pos { return e.X.Position() }

// Position returns the place of the word ARRAY.
func (e *Array) Position() ast.Pos { return e.Pos }

// Position returns the place of the word MAP.
func (e *MapLiteral) Position() ast.Pos { return e.Pos }

// Position returns the place of the parenthesis.
func (e *Scalar) Position() ast.Pos { return e.Pos }

// Position returns the place of the word EXISTS.
func (e *Exists) Position() ast.Pos { return e.Pos }
