package querylang

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// resolve checks an expression and returns it in the form of plans: columns have no qualifiers, and
// constant parts are computed. If table is nil the expression must not have columns.
func (p *planner) resolve(e Expr, table *TableName) (Expr, error) {
	return rewrite(e, func(part Expr) (Expr, error) {
		var err error
		switch part := part.(type) {
		case *Column:
			return p.column(part, table)
		case *Call:
			err = p.function(part)
		case *Unary:
			err = p.operands(part.Op, part.X)
		case *Binary:
			err = p.operands(part.Op, part.X, part.Y)
		}
		if err != nil {
			return nil, err
		}
		return fold(part), nil
	})
}

// fold computes an expression if all its parts are constants. The parts have been folded already.
func fold(e Expr) Expr {
	parts := children(e)
	if len(parts) == 0 {
		return e
	}
	for _, part := range parts {
		if _, ok := part.(*Literal); !ok {
			return e
		}
	}
	return &Literal{Value: Eval(e, &Env{}), Pos: e.Position()}
}

// column checks a column's name and qualifier.
func (p *planner) column(c *Column, table *TableName) (Expr, error) {
	if table == nil {
		return nil, p.errorAt(c.Pos, ErrUnknownName, "the column %s can't be used here: no record is read", c)
	}
	if err := p.qualifier(c.Qualifier, table, c.Pos); err != nil {
		return nil, err
	}
	if c.Pseudo == NoPseudo {
		if err := p.bin(c.Name, c.Pos); err != nil {
			return nil, err
		}
	}
	if c.Qualifier == nil {
		return c, nil
	}
	return &Column{Name: c.Name, Pseudo: c.Pseudo, Pos: c.Pos}, nil
}

// qualifier checks that the qualifier of a column is the statement's table.
func (p *planner) qualifier(qualifier []string, table *TableName, pos Pos) error {
	if len(qualifier) == 0 {
		return nil
	}
	known := [][]string{{table.label()}, {table.Namespace, table.label()}}
	if table.Alias != "" {
		known = [][]string{{table.Alias}}
	}
	for _, k := range known {
		if slices.Equal(k, qualifier) {
			return nil
		}
	}
	last := len(qualifier) - 1
	return p.errorAt(pos, ErrUnknownName, "there is no table %s in this statement, only %s; %s",
		quoteNames(qualifier[:last], qualifier[last]), quoteName(known[0][0]), noPaths)
}

// functionsToCome are functions of SQL that are not implemented yet.
var functionsToCome = wordSet(`ABS AVG CAST CEIL COALESCE CURRENT_TIMESTAMP DATABASE FLOOR HEX IF IFNULL LENGTH LOWER
	MAX MIN MOD NOW NULLIF POWER ROUND SUBSTR SUBSTRING SUM TRIM UPPER VERSION`)

// function checks a call.
func (p *planner) function(c *Call) error {
	switch {
	case c.Name == "CONCAT" && !c.Star:
		if len(c.Args) == 0 {
			return p.errorAt(c.Pos, ErrSyntax, "CONCAT needs arguments")
		}
		return p.operands(OpConcat, c.Args...)
	case c.Name == "COUNT":
		return p.errorAt(c.Pos, ErrUnsupported, "COUNT(*) is supported only as the whole select list")
	case functionsToCome[c.Name]:
		return p.errorAt(c.Pos, ErrUnsupported, "the function %s is not supported yet", c.Name)
	}
	return p.errorAt(c.Pos, ErrUnknownName, "there is no function %s", quoteName(c.Name))
}

// operands returns an error for constants that an operator can't be applied to. Values that are
// known only when a record is read don't cause errors: the result is NULL.
func (p *planner) operands(op Operator, operands ...Expr) error {
	for _, x := range operands {
		switch {
		case op == OpAnd || op == OpOr || op == OpNot:
			if err := p.condition(x); err != nil {
				return err
			}
			continue
		case op.isComparison():
			continue
		}
		literal, ok := x.(*Literal)
		if !ok || literal.Value.IsNil() {
			continue
		}
		isText := literal.Value.Kind() == protocol.KindString || literal.Value.Kind() == protocol.KindBlob
		if op == OpConcat && !isText {
			return p.errorAt(x.Position(), ErrType, "|| needs strings or blobs, not %s", literal)
		}
		if op != OpConcat && !isNumber(literal.Value) {
			return p.errorAt(x.Position(), ErrType, "%s needs numbers, not %s", op, literal)
		}
	}
	return nil
}

// condition returns an error for an expression that is never a boolean.
func (p *planner) condition(e Expr) error {
	bad := false
	switch e := e.(type) {
	case *Literal:
		bad = e.Value.Kind() != protocol.KindBool && !e.Value.IsNil()
	case *Unary:
		bad = e.Op != OpNot
	case *Binary:
		bad = e.Op >= OpConcat
	case *Call:
		bad = true
	}
	if bad {
		return p.errorAt(e.Position(), ErrType, "a condition is needed here, not %s", e)
	}
	return nil
}
