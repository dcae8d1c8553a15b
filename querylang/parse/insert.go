package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// insert parses INSERT, UPSERT and REPLACE.
func (p *parser) insert(verb ast.InsertVerb) ast.Statement {
	s := &ast.Insert{Verb: verb, Pos: p.advance().pos}
	if verb == ast.Create {
		p.insertOr(s)
	}
	if p.token.isAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "OVERWRITE") {
		p.refuse(p.token.pos, "%s %s is not supported", verb, strings.ToUpper(p.token.text))
	}
	p.expect("INTO")
	s.Table = p.tableName()
	if p.accept("AS") {
		s.Alias = p.name("an alias")
	}
	if p.token.isSymbol("(") && !p.peek(1).startsQuery() && !p.peek(1).isSymbol("(") {
		s.Columns = p.nameList("a column")
	}
	p.source(s)
	p.onConflict(s)
	if p.dialect == AQL && s.Verb == ast.Create && s.Conflict == nil {
		s.Verb = ast.Upsert // as INSERT of aql does
	}
	s.Returning = p.returning()
	if p.token.is("WITH") {
		if s.Options != nil {
			p.fail(p.token.pos, ast.ErrSyntax, "the statement has options already")
		}
		s.Options = p.options()
	}
	return s
}

// insertOr parses INSERT OR REPLACE, INSERT OR IGNORE and INSERT IGNORE.
func (p *parser) insertOr(s *ast.Insert) {
	switch {
	case p.accept("IGNORE"):
		s.Verb = ast.Ignore
	case p.accept("OR"):
		switch t := p.token; {
		case p.accept("REPLACE"):
			s.Verb = ast.Replace
		case p.accept("IGNORE"):
			s.Verb = ast.Ignore
		case t.isAny("ABORT", "FAIL", "ROLLBACK"):
			p.refuse(t.pos, "INSERT OR %s is not supported", strings.ToUpper(t.text))
		default:
			p.unexpected("REPLACE or IGNORE")
		}
	}
}

// source parses the rows of an INSERT.
func (p *parser) source(s *ast.Insert) {
	switch t := p.token; {
	case p.acceptWords("DEFAULT", "VALUES"):
		return
	case t.is("OVERRIDING"):
		p.refuse(t.pos, "OVERRIDING is not supported")
	case t.is("SET") && s.Columns == nil:
		p.sourceSet(s)
		return
	case t.is("VALUES"):
		s.Source = p.queryRest(&ast.Query{Pos: t.pos}, p.insertValues(s.Columns))
	case t.is("VALUE") && p.peek(1).isSymbol("("):
		p.fail(t.pos, ast.ErrSyntax, "expected VALUES, found VALUE")
	case t.startsQuery(), t.isSymbol("("):
		s.Source = p.query()
	default:
		p.unexpected("VALUES")
	}
	s.Options, s.Source.Options = s.Source.Options, nil
}

// insertValues parses the rows of VALUES, which must have a value for each column.
func (p *parser) insertValues(columns []ast.Name) *ast.Values {
	v := &ast.Values{Pos: p.advance().pos}
	width := len(columns)
	p.list(func() {
		row := ast.ValueRow{Pos: p.token.pos}
		p.accept("ROW")
		p.expectSymbol("(")
		p.list(func() {
			if len(row.Values) == width && width > 0 {
				p.fail(p.token.pos, ast.ErrSyntax, "the row has more values than columns (%d)", width)
			}
			row.Values = append(row.Values, p.value())
		})
		if p.token.isSymbol(")") && len(row.Values) < width {
			p.fail(p.token.pos, ast.ErrSyntax, "the row has %d values for %d columns", len(row.Values), width)
		}
		p.expectSymbol(")")
		width = len(row.Values)
		v.Rows = add(v.Rows, row)
	})
	return v
}

// value parses an expression or DEFAULT.
func (p *parser) value() ast.Expr {
	if t, next := p.token, p.peek(1); t.is("DEFAULT") && next.endsValue() {
		p.advance()
		return &ast.Default{Pos: t.pos}
	}
	e := p.expression()
	if isWord(e, "DEFAULT") {
		return &ast.Default{Pos: e.Position()}
	}
	return e
}

// endsValue reports whether the token can follow the value of an assignment or a row, but not an
// operand.
func (t token) endsValue() bool {
	switch t.kind {
	case tokenEnd:
		return true
	case tokenSymbol:
		return t.text == "," || t.text == ")" || t.text == ";"
	}
	return t.isAny("WHERE", "RETURNING", "WITH", "ORDER", "LIMIT", "ON")
}

// sourceSet parses INSERT INTO t SET a = 1, b = 2, which is one row of VALUES.
func (p *parser) sourceSet(s *ast.Insert) {
	pos := p.advance().pos
	row := ast.ValueRow{Pos: pos}
	p.list(func() {
		s.Columns = append(s.Columns, p.name("a column"))
		p.expectSymbol("=")
		row.Values = append(row.Values, p.value())
	})
	s.Source = &ast.Query{Body: &ast.Values{Rows: []ast.ValueRow{row}, Pos: pos}, Pos: pos}
}

// onConflict parses ON CONFLICT and [AS name] ON DUPLICATE KEY UPDATE, if one follows.
func (p *parser) onConflict(s *ast.Insert) {
	newRow := ast.Name{Text: ast.Excluded}
	if p.token.is("AS") {
		p.advance()
		newRow = p.name("an alias")
		if p.token.isSymbol("(") {
			p.refuse(p.token.pos, "names of columns after the alias of the new row are not supported")
		}
		if !p.token.is("ON") || !p.peek(1).is("DUPLICATE") {
			p.unexpected("ON DUPLICATE KEY UPDATE")
		}
	}
	pos := p.token.pos
	if !p.accept("ON") {
		return
	}
	newRow.Pos = max(newRow.Pos, pos)
	if s.Verb != ast.Create {
		p.fail(pos, ast.ErrSyntax, "ON CONFLICT and ON DUPLICATE KEY belong to INSERT; %s decides about existing records itself", s.Verb)
	}
	c := &ast.Conflict{NewRow: newRow, Pos: pos}
	if p.accept("DUPLICATE") {
		p.expect("KEY")
		p.expect("UPDATE")
		p.newRow = &c.NewRow
		c.Set = p.assignments()
		p.newRow = nil
		s.Conflict = c
		return
	}
	p.expect("CONFLICT")
	p.conflict(s, c)
}

// conflict parses what follows ON CONFLICT.
func (p *parser) conflict(s *ast.Insert, c *ast.Conflict) {
	switch t := p.token; {
	case t.isSymbol("("):
		c.Columns = p.nameList("a column")
		if p.token.is("WHERE") {
			p.refuse(p.token.pos, "WHERE before DO is not supported")
		}
	case t.is("ON"):
		p.refuse(t.pos, "ON CONSTRAINT is not supported; name the column of the key: ON CONFLICT (PK)")
	}
	p.expect("DO")
	if p.accept("NOTHING") {
		s.Verb = ast.Ignore
		if c.Columns != nil {
			c.NewRow = ast.Name{}
			s.Conflict = c
		}
		return
	}
	if !p.accept("UPDATE") {
		p.unexpected("NOTHING or UPDATE")
	}
	p.expect("SET")
	c.Set = p.assignments()
	c.Where = p.where()
	s.Conflict = c
}
