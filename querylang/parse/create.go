package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// create parses the CREATE statements.
func (p *parser) create() ast.Statement {
	pos := p.advance().pos
	t := p.token
	if t.kind != tokenWord {
		p.unexpected("TABLE, INDEX or VIEW")
	}
	switch strings.ToUpper(t.text) {
	case "TABLE":
		return p.createTable(pos)
	case "VIEW":
		return p.createView(pos, false)
	case "INDEX", "UNIQUE", "LIST", "MAPKEYS", "MAPVALUES", "SET":
		return p.createIndex(pos)
	case "USER":
		return p.user(ast.CreateVerb, pos)
	case "ROLE":
		return p.role(ast.CreateVerb, pos)
	case "FUNCTION", "MODULE":
		return p.createModule(pos, false)
	}
	if p.token.is("OR") && p.peek(1).is("REPLACE") && p.peek(2).isAny("FUNCTION", "MODULE", "VIEW") {
		p.advance()
		p.advance()
		if p.token.is("VIEW") {
			return p.createView(pos, true)
		}
		return p.createModule(pos, true)
	}
	what := strings.ToUpper(t.text)
	if next := p.peek(1); next.kind == tokenWord && (t.is("OR") || t.isAny("TEMP", "TEMPORARY", "MATERIALIZED", "UNLOGGED",
		"GLOBAL", "LOCAL", "EXTERNAL", "VIRTUAL", "FULLTEXT", "SPATIAL", "FOREIGN")) {
		what += " " + strings.ToUpper(next.text)
	}
	p.refuse(t.pos, "CREATE %s is not supported", what)
	return nil
}

func (p *parser) ifNotExists() bool { return p.acceptWords("IF", "NOT", "EXISTS") }

func (p *parser) createTable(pos ast.Pos) ast.Statement {
	p.advance()
	s := &ast.CreateTable{IfNotExists: p.ifNotExists(), Table: p.tableName(), Pos: pos}
	if t := p.token; t.isAny("AS", "LIKE", "OF", "USING", "SELECT") {
		p.refuse(t.pos, "CREATE TABLE ... %s is not supported", strings.ToUpper(t.text))
	}
	p.expectSymbol("(")
	if p.token.is("LIKE") {
		p.refuse(p.token.pos, "CREATE TABLE ... LIKE is not supported")
	}
	p.list(func() {
		if p.token.isSymbol(")") && len(s.Columns) > 0 {
			return // some tools write a comma after the last one
		}
		if !p.tableConstraint(s) {
			s.Columns = append(s.Columns, p.columnDef())
		}
	})
	p.expectSymbol(")")
	if p.token.is("PRIMARY") { // as in Spanner
		p.tableConstraint(s)
	}
	if p.accept("COMMENT") {
		p.acceptSymbol("=")
		s.Comment = p.commentText()
	}
	if p.token.is("WITH") && p.peek(1).isSymbol("(") {
		s.Options = p.options()
	}
	if t := p.token; t.kind == tokenWord {
		p.refuse(t.pos, "%s after the columns of a table is not supported", strings.ToUpper(t.text))
	}
	return s
}

// tableConstraint parses a constraint of a table, and reports whether one follows.
func (p *parser) tableConstraint(s *ast.CreateTable) bool {
	if p.token.is("CONSTRAINT") && p.peek(1).isName() && p.peek(2).isAny("PRIMARY", "UNIQUE", "CHECK", "FOREIGN") {
		p.advance()
		p.advance()
	}
	t, next := p.token, p.peek(1)
	switch {
	case t.is("PRIMARY") && next.is("KEY"):
		p.advance()
		p.advance()
		if s.Key != nil {
			p.fail(t.pos, ast.ErrSyntax, "the table has a PRIMARY KEY already")
		}
		s.Key = p.keyColumns()
	case t.is("UNIQUE") && (next.isSymbol("(") || next.isAny("KEY", "INDEX")):
		p.advance()
		if !p.accept("KEY") {
			p.accept("INDEX")
		}
		if p.token.isName() {
			p.advance()
		}
		s.Unique = append(s.Unique, p.keyColumns())
	case t.is("CHECK") && next.isSymbol("("):
		s.Checks = append(s.Checks, p.check())
	case t.is("FOREIGN") && next.is("KEY"):
		p.refuse(t.pos, "FOREIGN KEY is not supported")
	case t.is("EXCLUDE") && (next.isSymbol("(") || next.is("USING")):
		p.refuse(t.pos, "EXCLUDE is not supported")
	case t.isAny("KEY", "INDEX") && (next.isSymbol("(") || next.isName() && p.peek(2).isSymbol("(") && p.peek(3).kind != tokenInteger):
		p.refuse(t.pos, "indexes in CREATE TABLE are not supported; use CREATE INDEX")
	default:
		return false
	}
	return true
}

// keyColumns parses the columns of a key in parentheses.
func (p *parser) keyColumns() []ast.Name {
	var names []ast.Name
	p.expectSymbol("(")
	p.list(func() {
		names = append(names, p.name("a column"))
		if !p.accept("ASC") && p.token.is("DESC") {
			p.refuse(p.token.pos, "keys have no order: DESC is not supported")
		}
	})
	p.expectSymbol(")")
	if p.token.is("ON") && p.peek(1).is("CONFLICT") {
		p.refuse(p.token.pos, "ON CONFLICT in CREATE TABLE is not supported")
	}
	return names
}

func (p *parser) check() ast.Expr {
	p.advance()
	p.expectSymbol("(")
	e := p.expression()
	p.expectSymbol(")")
	if p.token.is("NOT") && p.peek(1).is("ENFORCED") || p.token.is("NO") && p.peek(1).is("INHERIT") {
		p.refuse(p.token.pos, "CHECK ... %s %s is not supported", strings.ToUpper(p.token.text), strings.ToUpper(p.peek(1).text))
	}
	return e
}

// columnWords are the words that start a constraint of a column. They can't be the name of a type.
var columnWords = ast.Words(`CONSTRAINT PRIMARY UNIQUE KEY AUTO_INCREMENT AUTOINCREMENT DEFAULT CHECK GENERATED IDENTITY COLLATE
	REFERENCES COMMENT`)

// columnDef parses a column of CREATE TABLE.
func (p *parser) columnDef() ast.ColumnDef {
	c := ast.ColumnDef{Name: p.name("a column")}
	if t := p.token; t.kind == tokenWord && t.isName() && !columnWords[strings.ToUpper(t.text)] || t.is("SET") {
		c.Type = p.typeName()
	}
	for p.columnConstraint(&c) {
	}
	return c
}

// columnConstraint parses a constraint of a column, and reports whether one follows.
func (p *parser) columnConstraint(c *ast.ColumnDef) bool {
	if p.token.is("CONSTRAINT") {
		p.advance()
		p.name("a name")
	}
	t, next := p.token, p.peek(1)
	switch {
	case p.acceptWords("NOT", "NULL"):
		c.NotNull = true
	case p.accept("NULL"):
	case p.acceptWords("PRIMARY", "KEY"):
		c.Key = true
		if !p.accept("ASC") && p.token.is("DESC") {
			p.refuse(p.token.pos, "keys have no order: DESC is not supported")
		}
	case p.accept("UNIQUE"):
		p.accept("KEY")
		c.Unique = true
	case p.accept("AUTO_INCREMENT"), p.accept("AUTOINCREMENT"):
		c.AutoIncrement = true
	case p.accept("DEFAULT"):
		c.Default = p.operand() // no NOT, which may be that of NOT NULL
	case t.is("CHECK") && next.isSymbol("("):
		c.Checks = append(c.Checks, p.check())
	case t.is("COMMENT") && next.kind == tokenString:
		p.advance()
		c.Comment = p.commentText()
	case t.is("COLLATE"):
		p.collate()
	case t.is("GENERATED"), t.is("IDENTITY"):
		p.identity(c)
	case t.isAny("REFERENCES", "COMMENT", "ON", "AS", "CHARACTER", "CHARSET", "VISIBLE", "INVISIBLE", "STORED", "VIRTUAL",
		"UNSIGNED", "SIGNED", "ZEROFILL"):
		p.refuse(t.pos, "%s in a column of CREATE TABLE is not supported", strings.ToUpper(t.text))
	default:
		return false
	}
	return true
}

// identity parses GENERATED ... AS IDENTITY and IDENTITY(1, 1).
func (p *parser) identity(c *ast.ColumnDef) {
	t := p.advance()
	if t.is("GENERATED") {
		if !p.accept("ALWAYS") {
			if !p.acceptWords("BY", "DEFAULT") {
				p.unexpected("ALWAYS or BY DEFAULT")
			}
		}
		p.expect("AS")
		if p.token.isSymbol("(") {
			p.refuse(t.pos, "generated columns are not supported")
		}
		p.expect("IDENTITY")
	}
	c.AutoIncrement = true
	if p.token.isSymbol("(") {
		if p.peek(1).text != "1" || !p.peek(2).isSymbol(",") || p.peek(3).text != "1" || !p.peek(4).isSymbol(")") {
			p.refuse(p.token.pos, "options of IDENTITY are not supported")
		}
		for range 5 {
			p.advance()
		}
	}
}

func (p *parser) createView(pos ast.Pos, replace bool) ast.Statement {
	p.advance()
	s := &ast.CreateView{Replace: replace, IfNotExists: !replace && p.ifNotExists(), Name: p.tableName(), Pos: pos}
	if p.token.isSymbol("(") {
		s.Columns = p.nameList("a column")
	}
	p.expect("AS")
	s.Query = p.subquery()
	if p.token.is("WITH") {
		p.refuse(p.token.pos, "WITH CHECK OPTION is not supported")
	}
	return s
}
