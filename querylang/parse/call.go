package parse

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// call parses the arguments of a function. Functions without parentheses have none.
func (p *parser) call(name ast.Name) ast.Expr {
	c := &ast.Call{Name: name}
	if !p.acceptSymbol("(") {
		return c
	}
	if parse := special(name.Text); parse != nil && !p.token.isSymbol(")") {
		if e := parse(p, c); e != nil {
			return e
		}
	} else {
		p.arguments(c)
	}
	p.expectSymbol(")")
	if e := p.aqlValue(c); e != nil {
		return e
	}
	return p.afterCall(c)
}

// arguments parses the arguments of a function, without the parentheses.
func (p *parser) arguments(c *ast.Call) {
	if p.acceptSymbol("*") {
		c.Star = true
		return
	}
	if p.token.isSymbol(")") {
		return
	}
	if c.Distinct = p.accept("DISTINCT"); !c.Distinct {
		p.accept("ALL")
	}
	p.argument(c)
	for p.acceptSymbol(",") {
		p.argument(c)
	}
	c.Order = p.orderBy()
	if p.accept("SEPARATOR") {
		c.Separator = p.expression()
	}
}

func (p *parser) argument(c *ast.Call) {
	if p.token.startsQuery() {
		p.fail(p.token.pos, ast.ErrSyntax, "a query as an argument needs parentheses of its own")
	}
	c.Args = append(c.Args, p.expression())
	if p.token.is("AS") {
		p.refuse(c.Name.Pos, "%s(... AS ...) is not supported; use CAST", strings.ToUpper(c.Name.Text))
	}
}

// afterCall parses what may follow the parentheses of a function.
func (p *parser) afterCall(c *ast.Call) ast.Expr {
	switch t := p.token; {
	case t.is("FILTER") && p.peek(1).isSymbol("("):
		p.advance()
		p.advance()
		p.expect("WHERE")
		c.Filter = p.expression()
		p.expectSymbol(")")
	case t.is("WITHIN") && p.peek(1).is("GROUP"):
		p.refuse(t.pos, "WITHIN GROUP is not supported")
	case t.isAny("IGNORE", "RESPECT") && p.peek(1).is("NULLS"):
		p.refuse(t.pos, "%s NULLS is not supported", strings.ToUpper(t.text))
	}
	if next := p.peek(1); p.token.is("OVER") && (next.isSymbol("(") || next.isName()) {
		p.refuseClause()
	}
	if strings.EqualFold(c.Name.Text, "BITXOR") && len(c.Args) == 2 && !c.Distinct {
		p.countOperator()
		return &ast.Binary{Op: ast.OpBitXor, X: c.Args[0], Y: c.Args[1], Pos: c.Name.Pos}
	}
	return c
}

// special returns the method that parses the arguments of a function whose arguments are separated
// by words, or nil. The opening parenthesis has been parsed. If the method's result is nil, the
// arguments have been parsed and the closing parenthesis follows.
func special(name string) func(*parser, *ast.Call) ast.Expr {
	switch strings.ToUpper(name) {
	case "AEL":
		return (*parser).ael
	case "CAST":
		return (*parser).cast
	case "EXTRACT":
		return (*parser).extract
	case "SUBSTRING", "SUBSTR":
		return (*parser).substring
	case "TRIM":
		return (*parser).trim
	case "POSITION":
		return (*parser).position
	case "OVERLAY":
		return (*parser).overlay
	}
	return nil
}

func (p *parser) cast(c *ast.Call) ast.Expr {
	x := p.expression()
	p.expect("AS")
	e := &ast.Cast{X: x, Type: p.aqlType(p.typeName()), Pos: c.Name.Pos}
	p.expectSymbol(")")
	return e
}

// extract parses EXTRACT(unit FROM x).
func (p *parser) extract(c *ast.Call) ast.Expr {
	unit := p.token
	if !(unit.kind == tokenWord || unit.kind == tokenString) || !p.peek(1).is("FROM") {
		p.arguments(c)
		return nil
	}
	p.advance()
	p.advance()
	text := protocol.String(strings.ToUpper(unit.text))
	c.Args = []ast.Expr{&ast.Literal{Value: text, Pos: unit.pos}, p.expression()}
	return nil
}

// substring parses SUBSTRING(x FROM a FOR b).
func (p *parser) substring(c *ast.Call) ast.Expr {
	p.argument(c)
	switch pos := p.token.pos; {
	case p.accept("FROM"):
		c.Args = append(c.Args, p.expression())
	case p.token.is("FOR"):
		c.Args = append(c.Args, &ast.Literal{Value: protocol.Int(1), Pos: pos})
	case p.token.is("SIMILAR"):
		p.refuseClause()
	default:
		p.moreArguments(c)
		return nil
	}
	if p.accept("FOR") {
		c.Args = append(c.Args, p.expression())
	}
	return nil
}

// moreArguments parses the arguments after the first one.
func (p *parser) moreArguments(c *ast.Call) {
	for p.acceptSymbol(",") {
		p.argument(c)
	}
}

// trim parses TRIM([BOTH | LEADING | TRAILING] [characters] FROM x).
func (p *parser) trim(c *ast.Call) ast.Expr {
	side := p.token
	from := false
	if side.isAny("BOTH", "LEADING", "TRAILING") && (p.peek(1).is("FROM") || p.operandAt(1)) {
		p.advance()
		switch {
		case side.is("LEADING"):
			c.Name.Text = "LTRIM"
		case side.is("TRAILING"):
			c.Name.Text = "RTRIM"
		}
		if p.accept("FROM") {
			c.Args = []ast.Expr{p.expression()}
			return nil
		}
		from = true
	}
	p.argument(c)
	if p.accept("FROM") {
		c.Args = []ast.Expr{p.expression(), c.Args[0]}
		return nil
	}
	if from && !p.token.isSymbol(")") {
		p.unexpected("FROM")
	}
	p.moreArguments(c)
	return nil
}

// position parses POSITION(a IN b).
func (p *parser) position(c *ast.Call) ast.Expr {
	if p.token.is("NOT") {
		p.arguments(c)
		return nil
	}
	x := p.operand()
	if p.accept("IN") {
		c.Args = []ast.Expr{x, p.expression()}
		return nil
	}
	c.Args = []ast.Expr{p.expressionFrom(x)}
	p.moreArguments(c)
	return nil
}

// overlay parses OVERLAY(x PLACING y FROM a FOR b).
func (p *parser) overlay(c *ast.Call) ast.Expr {
	p.argument(c)
	if !p.accept("PLACING") {
		p.moreArguments(c)
		return nil
	}
	c.Args = append(c.Args, p.expression())
	p.expect("FROM")
	c.Args = append(c.Args, p.expression())
	if p.accept("FOR") {
		c.Args = append(c.Args, p.expression())
	}
	return nil
}
