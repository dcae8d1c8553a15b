package querylang

import "github.com/aerosql/aerosql/protocol"

// planInsert plans INSERT, UPSERT and REPLACE.
func (p *planner) planInsert(s *Insert) (Plan, error) {
	table, err := p.table(s.Table)
	if err != nil {
		return nil, err
	}
	plan := &InsertPlan{Params: p.params, Verb: s.Verb, Namespace: table.Namespace, Set: table.Set}
	keyIndex, err := p.insertColumns(s, plan)
	if err != nil {
		return nil, err
	}
	plan.Rows = make([]InsertRow, 0, len(s.Rows))
	for _, row := range s.Rows {
		planned, err := p.insertRow(row, keyIndex)
		if err != nil {
			return nil, err
		}
		plan.Rows = append(plan.Rows, planned)
	}
	return plan, nil
}

// insertColumns checks the columns and returns the index of the key.
func (p *planner) insertColumns(s *Insert, plan *InsertPlan) (keyIndex int, err error) {
	keyIndex = -1
	seen := make(map[string]bool, len(s.Columns))
	for i, column := range s.Columns {
		switch pseudoOf(column.Text) {
		case NoPseudo:
			if err := p.newBin(column, seen); err != nil {
				return 0, err
			}
			plan.Bins = append(plan.Bins, column.Text)
		case PrimaryKey:
			if keyIndex >= 0 {
				return 0, p.errorAt(column.Pos, ErrSyntax, "the key is named twice")
			}
			keyIndex = i
		default:
			return 0, p.errorAt(column.Pos, ErrUnsupported, "%s can't be written", column.Text)
		}
	}
	if keyIndex < 0 {
		return 0, p.errorAt(s.Columns[0].Pos, ErrSyntax, "the column PK is missing: each row needs a key")
	}
	if len(plan.Bins) == 0 {
		return 0, p.errorAt(s.Columns[0].Pos, ErrSyntax, "a column other than PK is needed: a record has at least one bin")
	}
	return keyIndex, nil
}

// newBin checks the name of a bin to write, and that it has not been named before.
func (p *planner) newBin(column Name, seen map[string]bool) error {
	if seen[column.Text] {
		return p.errorAt(column.Pos, ErrSyntax, "the column %s is named twice", quoteName(column.Text))
	}
	seen[column.Text] = true
	return p.bin(column.Text, column.Pos)
}

func (p *planner) insertRow(row ValueRow, keyIndex int) (InsertRow, error) {
	planned := InsertRow{Values: make([]Expr, 0, len(row.Values)-1)}
	allNull := true
	for i, value := range row.Values {
		e, err := p.resolve(value, nil)
		if err != nil {
			return planned, err
		}
		literal, isLiteral := e.(*Literal)
		if i != keyIndex {
			allNull = allNull && isLiteral && literal.Value.IsNil()
			planned.Values = append(planned.Values, e)
			continue
		}
		planned.Key = e
		if !isLiteral {
			continue
		}
		if literal.Value.IsNil() {
			return planned, p.errorAt(value.Position(), ErrType, "the key must not be NULL")
		}
		if problem := userKeyProblem(literal.Value); problem != "" {
			return planned, p.errorAt(value.Position(), ErrType, "%s", problem)
		}
	}
	if allNull {
		return planned, p.errorAt(row.Pos, ErrType, "all columns of the row are NULL: a record has at least one bin")
	}
	return planned, nil
}

// planUpdate plans an UPDATE.
func (p *planner) planUpdate(s *Update) (Plan, error) {
	table, err := p.table(s.Table)
	if err != nil {
		return nil, err
	}
	plan := &UpdatePlan{Params: p.params}
	if plan.Source, err = p.source(&table, s.Where); err != nil {
		return nil, err
	}
	var reads []Expr
	seen := make(map[string]bool, len(s.Set))
	for _, a := range s.Set {
		change, err := p.change(a, &table, seen)
		if err != nil {
			return nil, err
		}
		plan.Changes = append(plan.Changes, change)
		reads = append(reads, change.Value)
		plan.Guarded = plan.Guarded || change.Computed()
	}
	if !plan.Guarded {
		plan.Generation = takeGeneration(&plan.Source)
	}
	plan.Guarded = plan.Guarded || plan.Source.Filter != nil
	if plan.Guarded {
		plan.Projection = projection(&plan.Source, reads...)
	}
	return plan, nil
}

// planDelete plans a DELETE.
func (p *planner) planDelete(s *Delete) (Plan, error) {
	table, err := p.table(s.Table)
	if err != nil {
		return nil, err
	}
	plan := &DeletePlan{Params: p.params}
	if plan.Source, err = p.source(&table, s.Where); err != nil {
		return nil, err
	}
	plan.Generation = takeGeneration(&plan.Source)
	plan.Guarded = plan.Source.Filter != nil
	plan.Projection = projection(&plan.Source)
	return plan, nil
}

// takeGeneration returns x if the filter is __generation = x, and removes the filter: the server
// checks the generation. With any other filter the record is read first, and the client checks its
// generation too.
func takeGeneration(s *Source) Expr {
	b, ok := s.Filter.(*Binary)
	if !ok || b.Op != OpEqual || s.Access != AccessKey {
		return nil
	}
	x, y := b.X, b.Y
	if !isGeneration(x) {
		x, y = y, x
	}
	if !isGeneration(x) || readsRecord(y) {
		return nil
	}
	s.Filter = nil
	return y
}

func isGeneration(e Expr) bool {
	c, ok := e.(*Column)
	return ok && c.Pseudo == Generation
}

// change plans an assignment of UPDATE.
func (p *planner) change(a Assignment, table *TableName, seen map[string]bool) (BinChange, error) {
	switch pseudoOf(a.Column.Text) {
	case NoPseudo:
	case PrimaryKey:
		return BinChange{}, p.errorAt(a.Column.Pos, ErrUnsupported, "a record's key can't be changed")
	default:
		return BinChange{}, p.errorAt(a.Column.Pos, ErrUnsupported, "%s can't be written", a.Column.Text)
	}
	if err := p.newBin(a.Column, seen); err != nil {
		return BinChange{}, err
	}
	value, err := p.resolve(a.Value, table)
	if err != nil {
		return BinChange{}, err
	}
	if op, operand := inPlace(value, a.Column.Text); operand != nil {
		return BinChange{Bin: a.Column.Text, Op: op, Value: operand}, nil
	}
	return BinChange{Bin: a.Column.Text, Value: value}, nil
}

// inPlace returns the operation for values that the server can compute from the bin: n + x, x + n,
// n - x, s || x, x || s and CONCAT of these. x is the operand, or nil for any other value.
func inPlace(value Expr, bin string) (BinOp, Expr) {
	if c, ok := value.(*Call); ok && c.Name == "CONCAT" && len(c.Args) > 1 {
		value = concatOf(c)
	}
	b, ok := value.(*Binary)
	if !ok || b.Op != OpAdd && b.Op != OpSubtract && b.Op != OpConcat {
		return 0, nil
	}
	if !readsRecord(b.Y) {
		if isBin(b.X, bin) {
			return inPlaceOf(b.Op), signedOperand(b.Op, b.Y)
		}
		// (n + x) + y is n + (x + y), and the same for the other operators.
		if op, x := inPlace(b.X, bin); x != nil && op == inPlaceOf(b.Op) {
			y := signedOperand(b.Op, b.Y)
			joint := OpAdd
			if b.Op == OpConcat {
				joint = OpConcat
			}
			return op, fold(&Binary{Op: joint, X: x, Y: y, Pos: b.Pos})
		}
	}
	if b.Op == OpSubtract || readsRecord(b.X) || !isBin(b.Y, bin) {
		return 0, nil
	}
	if b.Op == OpConcat {
		return BinPrepend, b.X
	}
	return BinAdd, b.X
}

// concatOf returns a call of CONCAT in the form of the operator.
func concatOf(c *Call) Expr {
	e := c.Args[0]
	for _, arg := range c.Args[1:] {
		e = &Binary{Op: OpConcat, X: e, Y: arg, Pos: c.Pos}
	}
	return e
}

func inPlaceOf(op Operator) BinOp {
	if op == OpConcat {
		return BinAppend
	}
	return BinAdd
}

// signedOperand returns the operand of BinAdd for bin op operand.
func signedOperand(op Operator, operand Expr) Expr {
	if op != OpSubtract {
		return operand
	}
	if literal, ok := operand.(*Literal); ok {
		return &Literal{Value: negate(literal.Value), Pos: literal.Pos}
	}
	return &Unary{Op: OpNegate, X: operand, Pos: operand.Position()}
}

func isBin(e Expr, bin string) bool {
	c, ok := e.(*Column)
	return ok && c.Pseudo == NoPseudo && c.Name == bin
}

// Operand returns the value of a change for the arguments and the record of env. A value that can't
// be added or appended is an error of kind [ErrType]. In SQL the result would be NULL, which would
// remove the bin.
func (c BinChange) Operand(env *Env) (protocol.Value, error) {
	v := Eval(c.Value, env)
	switch {
	case v.Err() != nil:
		return v, &Error{Kind: ErrArguments, Message: v.Err().Error(), Cause: v.Err()}
	case c.Op == BinAdd && !isNumber(v):
		return v, errorf(ErrType, "%s can't be added to the column %s: a number is needed", v, quoteName(c.Bin))
	case (c.Op == BinAppend || c.Op == BinPrepend) && v.Kind() != protocol.KindString && v.Kind() != protocol.KindBlob:
		return v, errorf(ErrType, "%s can't be joined to the column %s: a string or blob is needed", v, quoteName(c.Bin))
	}
	return v, nil
}
