package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// selectBody parses SELECT up to HAVING.
func (p *parser) selectBody() ast.Body {
	s := &ast.Select{Pos: p.advance().pos}
	p.quantifier(s)
	p.list(func() { s.Items = add(s.Items, p.selectItem()) })
	if p.token.is("INTO") {
		p.refuseClause()
	}
	if p.accept("FROM") {
		p.list(func() { s.From = append(s.From, p.tableExpr()) })
	} else {
		p.starNeedsFrom(s.Items)
	}
	s.Where = p.where()
	p.inCollection(s)
	p.groupBy(s)
	if p.accept("HAVING") {
		s.Having = p.expression()
	}
	if p.token.is("WHERE") || p.token.is("GROUP") || p.token.is("FROM") {
		p.fail(p.token.pos, ast.ErrSyntax, "the order of clauses is SELECT, FROM, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT; %s is misplaced",
			strings.ToUpper(p.token.text))
	}
	return s
}

func (p *parser) starNeedsFrom(items []ast.SelectItem) {
	for _, item := range items {
		if !item.Star {
			continue
		}
		if t := p.token; t.kind == tokenWord && t.isName() || t.isSymbol(".") || t.is("AS") {
			p.unexpected("FROM")
		} else {
			p.fail(item.Pos, ast.ErrSyntax, "* needs a table: FROM is missing")
		}
	}
}

// modifiers are words of other databases between SELECT and the list.
var modifiers = ast.Words(`SQL_NO_CACHE SQL_CACHE SQL_CALC_FOUND_ROWS SQL_SMALL_RESULT SQL_BIG_RESULT
	SQL_BUFFER_RESULT HIGH_PRIORITY STRAIGHT_JOIN DISTINCTROW TOP`)

// quantifier parses DISTINCT or ALL, and refuses other words before the list.
func (p *parser) quantifier(s *ast.Select) {
	if p.accept("DISTINCT") {
		s.Distinct = true
		if p.token.is("ON") && p.peek(1).isSymbol("(") {
			p.refuse(p.token.pos, "DISTINCT ON is not supported")
		}
	} else {
		p.accept("ALL")
	}
	t, next := p.token, p.peek(1)
	if t.kind != tokenWord {
		return
	}
	if modifiers[strings.ToUpper(t.text)] && (next.isSymbol("*") || next.isSymbol("(") || next.kind != tokenSymbol &&
		next.startsOperand() || next.is("DISTINCT")) {
		p.refuse(t.pos, "SELECT %s is not supported", strings.ToUpper(t.text))
	}
}

// selectItem parses *, t.* or an expression with an optional alias.
func (p *parser) selectItem() ast.SelectItem {
	item := ast.SelectItem{Pos: p.token.pos}
	if p.acceptSymbol("*") {
		item.Star = true
	} else if p.token.isName() {
		item.Qualifier = p.starQualifier()
		item.Star = item.Qualifier != nil
	}
	if item.Star {
		item.Text = p.textFrom(item.Pos)
		if t := p.token; t.isAny("EXCLUDE", "EXCEPT", "REPLACE") && p.peek(1).isSymbol("(") && !p.peek(2).startsQuery() {
			p.refuse(t.pos, "* %s is not supported", strings.ToUpper(t.text))
		}
		return item
	}
	item.Expr = p.expression()
	item.Text = p.textFrom(item.Pos)
	item.Alias = p.alias()
	return item
}

// starQualifier parses t.* or ns.t.* and returns the names before the star. If something else
// follows it skips nothing and returns nil.
func (p *parser) starQualifier() []ast.Name {
	n := 0
	for p.peek(n).isName() && p.peek(n+1).isSymbol(".") {
		n += 2
	}
	if n == 0 || !p.peek(n).isSymbol("*") {
		return nil
	}
	var names []ast.Name
	for ; n > 0; n -= 2 {
		names = append(names, p.name("a table"))
		p.advance()
	}
	p.advance()
	return names
}

// where parses WHERE, if it follows.
func (p *parser) where() ast.Expr {
	if !p.accept("WHERE") {
		return nil
	}
	if p.token.is("CURRENT") && p.peek(1).is("OF") {
		p.refuse(p.token.pos, "WHERE CURRENT OF is not supported")
	}
	return p.expression()
}

func (p *parser) groupBy(s *ast.Select) {
	if !p.accept("GROUP") {
		return
	}
	p.expect("BY")
	if p.token.is("ALL") || p.token.is("DISTINCT") {
		p.refuse(p.token.pos, "GROUP BY %s is not supported", strings.ToUpper(p.token.text))
	}
	p.list(func() {
		t := p.token
		if t.is("GROUPING") && p.peek(1).is("SETS") {
			p.refuse(t.pos, "GROUPING SETS is not supported")
		}
		e := p.expression()
		if c, ok := e.(*ast.Call); ok && (c.Name.Is("ROLLUP") || c.Name.Is("CUBE")) {
			p.refuse(c.Name.Pos, "%s is not supported", strings.ToUpper(c.Name.Text))
		}
		s.Group = append(s.Group, e)
	})
	if p.token.is("WITH") && p.peek(1).isAny("ROLLUP", "CUBE", "TOTALS") {
		p.refuse(p.token.pos, "WITH %s is not supported", strings.ToUpper(p.peek(1).text))
	}
}
