package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// update parses UPDATE.
func (p *parser) update() ast.Statement {
	s := &ast.Update{Pos: p.advance().pos}
	if t, next := p.token, p.peek(1); t.isAny("LOW_PRIORITY", "IGNORE", "OR") && (next.isName() || t.is("OR")) {
		p.refuse(t.pos, "UPDATE %s is not supported", strings.ToUpper(t.text))
	}
	s.Table, s.Alias = p.target()
	p.expect("SET")
	s.Set = p.assignments()
	if p.token.is("FROM") {
		p.refuse(p.token.pos, "UPDATE ... FROM is not supported; use a subquery")
	}
	s.Where = p.where()
	s.Order, s.Limit = p.orderAndLimit("UPDATE")
	s.Returning = p.returning()
	if p.token.is("WITH") {
		s.Options = p.options()
	}
	return s
}

// target parses the table of UPDATE or DELETE with an optional alias.
func (p *parser) target() (table ast.TableName, alias ast.Name) {
	p.refuseOnly()
	if p.token.isSymbol("(") {
		p.refuse(p.token.pos, "only a table can be changed, not a query")
	}
	table, alias = p.tableName(), p.alias()
	if t := p.token; t.isSymbol(",") || t.isAny("JOIN", "INNER", "LEFT", "RIGHT", "CROSS", "FULL", "NATURAL") {
		p.refuse(t.pos, "a statement changes one table; several tables are not supported")
	}
	if t := p.token; t.is("PARTITION") || t.is("TABLESAMPLE") {
		p.refuse(t.pos, "%s is supported in SELECT only", strings.ToUpper(t.text))
	}
	return table, alias
}

// refuseOnly refuses ONLY before the name of a table. A table may have the name, and a clause may
// follow it.
func (p *parser) refuseOnly() {
	next := p.peek(1)
	if p.token.is("ONLY") && (next.isName() && !isClauseWord(next) || next.isSymbol("(")) {
		p.refuse(p.token.pos, "ONLY is not supported")
	}
}

func isClauseWord(t token) bool {
	if t.kind != tokenWord {
		return false
	}
	_, ok := clauses.Find(t.text)
	return ok || t.isAny("BEFORE", "ADD", "DROP", "RENAME", "ALTER")
}

func (p *parser) assignments() []ast.Assignment {
	var set []ast.Assignment
	p.list(func() {
		if p.token.isSymbol("(") {
			set = append(set, p.rowAssignment()...)
			return
		}
		a := ast.Assignment{Target: p.assignmentTarget()}
		p.expectSymbol("=")
		a.Value = p.value()
		set = append(set, a)
	})
	return set
}

// rowAssignment parses (a, b) = (x, y), which is a = x, b = y.
func (p *parser) rowAssignment() (set []ast.Assignment) {
	start := p.advance().pos
	p.list(func() { set = append(set, ast.Assignment{Target: p.assignmentTarget()}) })
	p.expectSymbol(")")
	p.expectSymbol("=")
	p.accept("ROW")
	if p.expectSymbol("("); p.token.startsQuery() {
		p.refuse(p.token.pos, "a query that gives several columns is not supported here; use one for each column")
	}
	values := 0
	p.list(func() {
		v := p.value()
		if values < len(set) {
			set[values].Value = v
		}
		values++
	})
	p.expectSymbol(")")
	if values != len(set) {
		p.fail(start, ast.ErrSyntax, "there are %d values for %d columns", values, len(set))
	}
	return set
}

// assignmentTarget parses a column or a path into one.
func (p *parser) assignmentTarget() ast.Expr {
	c := &ast.Column{Parts: []ast.Name{p.name("a column")}}
	for p.acceptSymbol(".") {
		c.Parts = append(c.Parts, p.name("a column"))
	}
	if !p.token.isSymbol("[") {
		return c
	}
	path := &ast.Path{X: c}
	for p.token.isSymbol("[") || p.token.isSymbol(".") {
		path.Steps = append(path.Steps, p.step())
	}
	return path
}

// delete parses DELETE.
func (p *parser) delete() ast.Statement {
	s := &ast.Delete{Pos: p.advance().pos}
	if t := p.token; t.isAny("LOW_PRIORITY", "QUICK", "IGNORE") || t.isName() {
		if t.isName() && p.peek(1).isSymbol(";") || p.peek(1).kind == tokenEnd {
			p.unexpected("FROM")
		}
		p.refuse(t.pos, "DELETE %s ... is not supported; use DELETE FROM table", t.text)
	}
	p.expect("FROM")
	s.Table, s.Alias = p.target()
	if p.token.is("USING") {
		p.refuse(p.token.pos, "DELETE ... USING is not supported; use a subquery")
	}
	s.Where = p.where()
	s.Order, s.Limit = p.orderAndLimit("DELETE")
	s.Returning = p.returning()
	if p.token.is("WITH") {
		s.Options = p.options()
	}
	return s
}

func (p *parser) orderAndLimit(statement string) (order []ast.OrderItem, limit ast.Expr) {
	order = p.orderBy()
	if p.accept("LIMIT") {
		limit = p.expression()
	}
	if p.token.is("OFFSET") || p.token.is("FETCH") || limit != nil && p.token.isSymbol(",") {
		p.refuse(p.token.pos, "%s has no OFFSET or FETCH; LIMIT n is supported", statement)
	}
	return order, limit
}

// returning parses RETURNING, if it follows.
func (p *parser) returning() []ast.SelectItem {
	if !p.accept("RETURNING") {
		return nil
	}
	var items []ast.SelectItem
	p.list(func() { items = append(items, p.selectItem()) })
	if p.token.is("INTO") {
		p.refuse(p.token.pos, "RETURNING ... INTO is not supported")
	}
	return items
}

// truncate parses TRUNCATE [TABLE] table [BEFORE time].
func (p *parser) truncate() ast.Statement {
	s := &ast.Truncate{Pos: p.advance().pos}
	if !p.accept("TABLE") && p.token.is("NAMESPACE") && p.peek(1).isName() {
		p.advance()
		n := &ast.TruncateNamespace{Namespace: p.name("a namespace"), Pos: s.Pos}
		if p.accept("BEFORE") {
			n.Before = p.expression()
		}
		return n
	}
	p.refuseOnly()
	s.Table = p.tableName()
	if p.token.isSymbol(",") {
		p.refuse(p.token.pos, "TRUNCATE of several tables is not supported")
	}
	if t := p.token; t.isAny("RESTART", "CONTINUE", "CASCADE", "RESTRICT") {
		p.refuse(t.pos, "TRUNCATE ... %s is not supported", strings.ToUpper(t.text))
	}
	if p.accept("BEFORE") {
		s.Before = p.expression()
	}
	return s
}
