package parse

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// query parses a query: WITH, the body, ORDER BY, LIMIT and options.
func (p *parser) query() *ast.Query {
	p.enter()
	defer p.leave()
	q := &ast.Query{Pos: p.token.pos}
	if p.token.is("WITH") {
		p.with(q)
	}
	return p.queryRest(q, p.bodyOperand())
}

// subquery parses a query in a place where only a query can stand. It may be in parentheses.
func (p *parser) subquery() *ast.Query {
	if !p.token.startsQuery() && !p.token.isSymbol("(") {
		p.noQuery()
	}
	return p.query()
}

func (p *parser) with(q *ast.Query) {
	p.advance()
	if p.token.is("RECURSIVE") && p.peek(1).isName() && !p.peek(1).is("AS") {
		p.refuse(p.token.pos, "WITH RECURSIVE is not supported")
	}
	p.list(func() {
		c := ast.CommonTable{Name: p.name("a name")}
		if p.token.isSymbol("(") {
			c.Columns = p.nameList("a column")
		}
		p.expect("AS")
		if p.token.is("MATERIALIZED") || p.token.is("NOT") {
			p.acceptWords("NOT")
			p.refuse(p.token.pos, "MATERIALIZED is not supported")
		}
		p.expectSymbol("(")
		c.Query = p.subquery()
		p.expectSymbol(")")
		q.With = append(q.With, c)
	})
}

// bodyOf returns a query in parentheses as an operand of a set operation. The parentheses are
// dropped if they have no effect.
func bodyOf(q *ast.Query) ast.Body {
	if q.With == nil && q.Order == nil && q.Limit == nil && q.Offset == nil && q.Options == nil {
		return q.Body
	}
	return q
}

// bodyOperand parses SELECT, VALUES, or a query in parentheses.
func (p *parser) bodyOperand() ast.Body {
	switch t := p.token; {
	case t.is("SELECT"):
		return p.selectBody()
	case t.is("VALUES"):
		return p.values()
	case t.is("TABLE") && p.peek(1).isName():
		p.refuse(t.pos, "TABLE is not supported; use SELECT * FROM")
	case t.isSymbol("("):
		p.advance()
		q := p.subquery()
		p.expectSymbol(")")
		return bodyOf(q)
	}
	p.noQuery()
	return nil
}

// noQuery fails because the next token does not start a query.
func (p *parser) noQuery() {
	if p.token.isAny("INSERT", "UPSERT", "REPLACE", "UPDATE", "DELETE") {
		p.refuse(p.token.pos, "%s inside or after a query is not supported", strings.ToUpper(p.token.text))
	}
	p.unexpected("SELECT")
}

// queryRest parses what follows the first operand of a query's body.
func (p *parser) queryRest(q *ast.Query, first ast.Body) *ast.Query {
	q.Body = p.unionRest(p.intersectRest(first))
	_, set := q.Body.(*ast.SetOperation)
	q.Order = p.orderBy()
	p.limits(q)
	if p.token.isAny("UNION", "EXCEPT", "INTERSECT") {
		p.fail(p.token.pos, ast.ErrSyntax, "a query with ORDER BY or LIMIT needs parentheses before %s",
			strings.ToUpper(p.token.text))
	}
	if p.token.is("WITH") && p.peek(1).isSymbol("(") {
		q.Options = p.options()
	}
	if inner, ok := q.Body.(*ast.Query); ok && !set && bodyOf(q) == q.Body {
		return inner // ((SELECT a LIMIT 1))
	}
	return q
}

func (p *parser) intersectRest(left ast.Body) ast.Body {
	for p.token.is("INTERSECT") {
		left = p.setOperation(ast.Intersect, left, p.bodyOperand)
	}
	return left
}

func (p *parser) unionRest(left ast.Body) ast.Body {
	right := func() ast.Body { return p.intersectRest(p.bodyOperand()) }
	for {
		switch {
		case p.token.is("UNION"):
			left = p.setOperation(ast.Union, left, right)
		case p.token.is("EXCEPT"):
			left = p.setOperation(ast.Except, left, right)
		default:
			return left
		}
	}
}

func (p *parser) setOperation(op ast.SetOperator, left ast.Body, right func() ast.Body) ast.Body {
	p.countOperator()
	p.advance()
	s := &ast.SetOperation{Op: op, Left: left}
	if s.All = p.accept("ALL"); !s.All {
		p.accept("DISTINCT")
	}
	if p.token.isAny("CORRESPONDING", "BY") {
		p.refuse(p.token.pos, "%s %s is not supported", op, strings.ToUpper(p.token.text))
	}
	s.Right = right()
	return s
}

func (p *parser) values() ast.Body {
	v := &ast.Values{Pos: p.advance().pos}
	p.list(func() {
		row := ast.ValueRow{Pos: p.token.pos}
		p.accept("ROW")
		p.expectSymbol("(")
		row.Values = p.expressions()
		p.expectSymbol(")")
		if n := len(v.Rows); n > 0 && len(row.Values) != len(v.Rows[0].Values) {
			p.fail(row.Pos, ast.ErrSyntax, "the row has %d values, the first row has %d", len(row.Values), len(v.Rows[0].Values))
		}
		v.Rows = add(v.Rows, row)
	})
	return v
}

// orderBy parses ORDER BY, if it follows.
func (p *parser) orderBy() []ast.OrderItem {
	if !p.token.is("ORDER") {
		return nil
	}
	p.advance()
	if p.token.is("SIBLINGS") && p.peek(1).is("BY") {
		p.refuse(p.token.pos, "ORDER SIBLINGS BY is not supported")
	}
	p.expect("BY")
	var order []ast.OrderItem
	p.list(func() {
		item := ast.OrderItem{Pos: p.token.pos}
		item.Expr = p.expression()
		if p.accept("DESC") {
			item.Descending = true
		} else if !p.accept("ASC") && p.token.is("USING") {
			p.refuse(p.token.pos, "ORDER BY ... USING is not supported; use ASC or DESC")
		}
		switch {
		case p.acceptWords("NULLS", "FIRST"):
			item.Nulls = ast.NullsFirst
		case p.acceptWords("NULLS", "LAST"):
			item.Nulls = ast.NullsLast
		}
		order = append(order, item)
	})
	return order
}

// limits parses LIMIT, OFFSET and FETCH FIRST, in any order.
func (p *parser) limits(q *ast.Query) {
	limited := false
	for {
		t := p.token
		switch {
		case t.is("LIMIT"), t.is("FETCH"):
			if limited {
				p.fail(t.pos, ast.ErrSyntax, "the query has a LIMIT already")
			}
			limited = true
			if t.is("FETCH") {
				q.Limit = p.fetchFirst()
			} else {
				p.limit(q)
			}
		case t.is("OFFSET"):
			if q.Offset != nil {
				p.fail(t.pos, ast.ErrSyntax, "the query has an OFFSET already")
			}
			p.advance()
			q.Offset = p.expression()
			if !p.accept("ROWS") {
				p.accept("ROW")
			}
		default:
			return
		}
	}
}

// limit parses LIMIT n, LIMIT offset, n and LIMIT ALL.
func (p *parser) limit(q *ast.Query) {
	p.advance()
	if p.accept("ALL") {
		return
	}
	q.Limit = p.expression()
	switch {
	case p.token.isSymbol(","):
		if q.Offset != nil {
			p.fail(p.token.pos, ast.ErrSyntax, "the query has an OFFSET already")
		}
		p.advance()
		q.Offset, q.Limit = q.Limit, p.expression()
	case p.token.is("BY"):
		p.refuse(p.token.pos, "LIMIT ... BY is not supported")
	}
}

// fetchFirst parses FETCH FIRST n ROWS ONLY.
func (p *parser) fetchFirst() ast.Expr {
	pos := p.advance().pos
	if !p.accept("FIRST") && !p.accept("NEXT") {
		p.unexpected("FIRST")
	}
	var n ast.Expr = &ast.Literal{Value: protocol.Int(1), Pos: pos}
	if !p.token.isAny("ROW", "ROWS") {
		n = p.operand()
	}
	if p.token.is("PERCENT") {
		p.refuse(p.token.pos, "FETCH FIRST ... PERCENT is not supported")
	}
	if !p.accept("ROWS") && !p.accept("ROW") {
		p.unexpected("ROWS")
	}
	if p.token.is("WITH") && p.peek(1).is("TIES") {
		p.refuse(p.token.pos, "WITH TIES is not supported")
	}
	p.expect("ONLY")
	return n
}

// options parses WITH (name = value, ...).
func (p *parser) options() []ast.Option {
	p.expect("WITH")
	p.expectSymbol("(")
	var options []ast.Option
	p.list(func() {
		o := ast.Option{Name: p.name("an option")}
		if p.acceptSymbol("=") {
			o.Value = p.optionValue()
		}
		options = append(options, o)
	})
	p.expectSymbol(")")
	return options
}

// optionValue parses the value of an option. ON and ALL are reserved words elsewhere.
func (p *parser) optionValue() ast.Expr {
	if t := p.token; (t.is("ON") || t.is("ALL")) && p.peek(1).endsValue() {
		return p.variableValue()
	}
	return p.expression()
}
