package ast

func exprText(e Expr) string { return printed(func(p *printer) { p.expr(e) }) }

// String returns the literal as SQL.
func (e *Literal) String() string { return literalText(e.Value) }

// String returns the parameter as it was written.
func (e *Param) String() string { return e.Text }

// String returns the column as SQL.
func (e *Column) String() string { return exprText(e) }

// String returns the path as SQL.
func (e *Path) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Unary) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Binary) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *In) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Between) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Match) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Is) String() string { return exprText(e) }

// String returns the call as SQL.
func (e *Call) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Case) String() string { return exprText(e) }

// String returns the expression as SQL. A typed literal is written as a CAST.
func (e *Cast) String() string { return exprText(e) }

// String returns the expression as SQL.
func (e *Exists) String() string { return exprText(e) }

// String returns the query in parentheses as SQL.
func (e *Subquery) String() string { return exprText(e) }

// String returns SQL.
func (e *Row) String() string { return exprText(e) }

// String returns the list as SQL.
func (e *Array) String() string { return exprText(e) }

// String returns the map as SQL.
func (e *Map) String() string { return exprText(e) }

// String returns the interval as SQL.
func (e *Interval) String() string { return exprText(e) }

// String returns the word DEFAULT.
func (e *Default) String() string { return "DEFAULT" }

func bodyText(b Body) string { return printed(func(p *printer) { p.body(b) }) }

// String returns the query as SQL, without parentheses.
func (q *Query) String() string { return printed(func(p *printer) { p.query(q) }) }

// String returns the SELECT as SQL.
func (s *Select) String() string { return bodyText(s) }

// String returns the VALUES as SQL.
func (v *Values) String() string { return bodyText(v) }

// String returns the operation as SQL.
func (s *SetOperation) String() string { return bodyText(s) }

// String returns the item as SQL.
func (i SelectItem) String() string { return printed(func(p *printer) { p.item(i) }) }

// String returns the item as SQL.
func (i OrderItem) String() string { return printed(func(p *printer) { p.orderItem(i) }) }

func tableText(t TableExpr) string { return printed(func(p *printer) { p.table(t) }) }

// String returns the table as SQL.
func (t *Table) String() string { return tableText(t) }

// String returns the derived table as SQL.
func (d *Derived) String() string { return tableText(d) }

// String returns the table as SQL.
func (u *Unnest) String() string { return tableText(u) }

// String returns the join as SQL.
func (j *Join) String() string { return tableText(j) }

func statementText(s Statement) string { return printed(func(p *printer) { p.statement(s) }) }

// String returns the statement as SQL.
func (s *Insert) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Update) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Delete) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Truncate) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Explain) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *CreateTable) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *DropTable) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *CreateIndex) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *DropIndex) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *CreateView) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *DropView) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Transaction) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Set) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Show) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Declare) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Fetch) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Close) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *AlterTable) String() string { return statementText(s) }

// String returns the statement as SQL.
func (s *Comment) String() string { return statementText(s) }
