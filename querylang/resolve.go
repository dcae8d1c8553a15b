package querylang

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// resolve checks an expression and returns it as plans hold it: columns without
// qualifiers, constant parts computed. table is nil where no column can be used.
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

// fold computes an expression whose parts have been computed already, if all of them are constants.
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
		return nil, p.errorAt(c.Pos, ErrUnknownName, "the column %s can't be used here: there is no record to read it from", c)
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

// qualifier checks that what stands before a column is the statement's table.
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
	return p.errorAt(pos, ErrUnknownName, "there is no table %s in this statement, only %s",
		quoteNames(qualifier[:last], qualifier[last]), quoteName(known[0][0]))
}

// functionsToCome are known to SQL but not, yet, to this package.
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
		return p.errorAt(c.Pos, ErrUnsupported, "COUNT(*) can only be the whole select list")
	case functionsToCome[c.Name]:
		return p.errorAt(c.Pos, ErrUnsupported, "the function %s is not supported yet", c.Name)
	}
	return p.errorAt(c.Pos, ErrUnknownName, "there is no function %s", quoteName(c.Name))
}

// operands refuses constants that an operator can never do anything with. What only
// turns out when a record is read gives NULL instead.
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
			return p.errorAt(x.Position(), ErrType, "|| joins strings and blobs, not %s", literal)
		}
		if op != OpConcat && !isNumber(literal.Value) {
			return p.errorAt(x.Position(), ErrType, "%s computes with numbers, not %s", op, literal)
		}
	}
	return nil
}

// condition refuses what can be neither true nor false.
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
		return p.errorAt(e.Position(), ErrType, "a condition is needed here, and %s is none", e)
	}
	return nil
}
