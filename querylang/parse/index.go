package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// createIndex parses CREATE INDEX of every kind.
func (p *parser) createIndex(pos ast.Pos) ast.Statement {
	s := &ast.CreateIndex{Pos: pos}
	s.Unique = p.accept("UNIQUE")
	s.SetIndex = p.accept("SET")
	if p.token.isAny("LIST", "MAPKEYS", "MAPVALUES") {
		s.Collection = strings.ToUpper(p.advance().text)
	}
	p.expect("INDEX")
	if p.token.is("CONCURRENTLY") && !p.peek(1).isSymbol("(") {
		p.refuse(p.token.pos, "CONCURRENTLY is not supported: indexes are always built in the background; WAIT waits for them")
	}
	s.IfNotExists = p.ifNotExists()
	if !p.token.is("ON") {
		s.Name = p.name("the name of the index")
	}
	p.expect("ON")
	s.Table = p.tableName()
	if p.token.is("USING") {
		p.refuse(p.token.pos, "CREATE INDEX ... USING is not supported")
	}
	if !s.SetIndex {
		p.expectSymbol("(")
		p.list(func() { s.Parts = append(s.Parts, p.indexPart()) })
		p.expectSymbol(")")
	}
	p.indexTail(s)
	return s
}

func (p *parser) indexPart() ast.IndexPart {
	part := ast.IndexPart{Expr: p.expression()}
	if p.accept("DESC") {
		part.Descending = true
	} else {
		p.accept("ASC")
	}
	if p.token.is("NULLS") {
		p.refuse(p.token.pos, "NULLS FIRST and NULLS LAST are not supported in an index")
	}
	return part
}

var indexTypes = ast.Words("NUMERIC INTEGER STRING BLOB GEO2DSPHERE")

// indexTail parses what follows the parts of an index.
func (p *parser) indexTail(s *ast.CreateIndex) {
	typed := p.accept("TYPE")
	if t := p.token; t.kind == tokenWord && (typed || indexTypes[strings.ToUpper(t.text)]) {
		s.Type = strings.ToUpper(t.text)
		if !indexTypes[s.Type] {
			p.fail(t.pos, ast.ErrSyntax, "expected NUMERIC, INTEGER, STRING, BLOB or GEO2DSPHERE, found %s", t.text)
		}
		p.advance()
	}
	s.Wait = p.accept("WAIT")
	if p.token.is("WITH") && p.peek(1).isSymbol("(") {
		s.Options = p.options()
	}
	if t := p.token; t.isAny("WHERE", "INCLUDE", "USING", "TABLESPACE", "COMMENT") {
		p.refuse(t.pos, "CREATE INDEX ... %s is not supported", strings.ToUpper(t.text))
	}
}

// drop parses the DROP statements.
func (p *parser) drop() ast.Statement {
	pos := p.advance().pos
	var s ast.Statement
	switch t := p.token; {
	case p.accept("TABLE"):
		drop := &ast.DropTable{IfExists: p.ifExists(), Pos: pos}
		p.list(func() { drop.Tables = append(drop.Tables, p.tableName()) })
		s = drop
	case p.accept("VIEW"):
		s = &ast.DropView{IfExists: p.ifExists(), Name: p.tableName(), Pos: pos}
		if p.token.isSymbol(",") {
			p.refuse(p.token.pos, "DROP VIEW of several views is not supported")
		}
	case p.accept("INDEX"):
		s = p.dropIndex(pos)
	case t.is("USER"):
		s = p.user(ast.DropVerb, pos)
	case t.is("ROLE"):
		s = p.role(ast.DropVerb, pos)
	case t.is("FUNCTION"), t.is("MODULE"):
		s = p.dropModule(pos)
	case t.kind == tokenWord:
		p.refuse(t.pos, "DROP %s is not supported", strings.ToUpper(t.text))
	default:
		p.unexpected("TABLE, INDEX or VIEW")
	}
	if t := p.token; t.isAny("CASCADE", "RESTRICT") {
		p.refuse(t.pos, "DROP ... %s is not supported", strings.ToUpper(t.text))
	}
	return s
}

func (p *parser) ifExists() bool { return p.acceptWords("IF", "EXISTS") }

// dropIndex parses DROP INDEX name [ON table] and AQL's DROP INDEX namespace[.set] name.
func (p *parser) dropIndex(pos ast.Pos) ast.Statement {
	s := &ast.DropIndex{IfExists: p.ifExists(), Pos: pos}
	if p.token.is("CONCURRENTLY") && p.peek(1).isName() {
		p.refuse(p.token.pos, "CONCURRENTLY is not supported")
	}
	first := p.tableName()
	if p.dialect == AQL && p.token.isName() {
		if first.Namespace.IsZero() {
			first.Namespace, first.Set = first.Set, ast.Name{Text: ast.NullSet, Pos: first.Set.Pos}
		}
		s.Table, s.Name = first, p.name("the name of the index")
		return s
	}
	if !first.Namespace.IsZero() || !first.Bin.IsZero() || first.IsNullSet() {
		p.fail(first.Position(), ast.ErrSyntax, "expected DROP INDEX name ON table, found %s", first)
	}
	s.Name = first.Set
	if p.accept("ON") {
		s.Table = p.tableName()
	}
	return s
}
