package ast

// Position returns the position of the literal.
func (e *Literal) Position() Pos { return e.Pos }

// Position returns the position of the parameter.
func (e *Param) Position() Pos { return e.Pos }

// Position returns the position of the first name.
func (e *Column) Position() Pos { return e.Parts[0].Pos }

// Position returns the position of the expression's first token.
func (e *Path) Position() Pos { return e.X.Position() }

// Position returns the position of the operator.
func (e *Unary) Position() Pos { return e.Pos }

// Position returns the position of the expression's first token.
func (e *Binary) Position() Pos { return e.X.Position() }

// Position returns the position of the expression's first token.
func (e *In) Position() Pos { return e.X.Position() }

// Position returns the position of the expression's first token.
func (e *Between) Position() Pos { return e.X.Position() }

// Position returns the position of the expression's first token.
func (e *Match) Position() Pos { return e.X.Position() }

// Position returns the position of the expression's first token.
func (e *Is) Position() Pos { return e.X.Position() }

// Position returns the position of the function's name.
func (e *Call) Position() Pos { return e.Name.Pos }

// Position returns the position of the word CASE.
func (e *Case) Position() Pos { return e.Pos }

// Position returns the position of the expression's first token.
func (e *Cast) Position() Pos { return e.Pos }

// Position returns the position of the word EXISTS.
func (e *Exists) Position() Pos { return e.Pos }

// Position returns the position of the parenthesis.
func (e *Subquery) Position() Pos { return e.Pos }

// Position returns the position of the parenthesis or of the word ROW.
func (e *Row) Position() Pos { return e.Pos }

// Position returns the position of the word ARRAY.
func (e *Array) Position() Pos { return e.Pos }

// Position returns the position of the word MAP.
func (e *Map) Position() Pos { return e.Pos }

// Position returns the position of the word INTERVAL.
func (e *Interval) Position() Pos { return e.Pos }

// Position returns the position of the word DEFAULT.
func (e *Default) Position() Pos { return e.Pos }

// Position returns the position of the query's first token.
func (q *Query) Position() Pos { return q.Pos }

// Position returns the position of the word SELECT.
func (s *Select) Position() Pos { return s.Pos }

// Position returns the position of the word VALUES.
func (v *Values) Position() Pos { return v.Pos }

// Position returns the position of the left operand.
func (s *SetOperation) Position() Pos { return s.Left.Position() }

// Position returns the position of the table's first name.
func (t *Table) Position() Pos { return t.Name.Position() }

// Position returns the position of the parenthesis.
func (d *Derived) Position() Pos { return d.Pos }

// Position returns the position of the word UNNEST.
func (u *Unnest) Position() Pos { return u.Pos }

// Position returns the position of the left table.
func (j *Join) Position() Pos { return j.Left.Position() }

// Position returns the position of the statement's first word.
func (s *Insert) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Update) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Delete) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Truncate) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Explain) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *CreateTable) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *DropTable) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *CreateIndex) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *DropIndex) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *CreateView) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *DropView) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Transaction) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Set) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Show) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Declare) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Fetch) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Close) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *AlterTable) Position() Pos { return s.Pos }

// Position returns the position of the statement's first word.
func (s *Comment) Position() Pos { return s.Pos }
