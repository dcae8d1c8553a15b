package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// createModule parses CREATE [OR REPLACE] FUNCTION [IF NOT EXISTS] module [LANGUAGE LUA] AS source,
// from the word FUNCTION or MODULE on.
func (p *parser) createModule(pos ast.Pos, replace bool) ast.Statement {
	p.advance()
	s := &ast.Module{Verb: ast.CreateVerb, Pos: pos, Replace: replace}
	if !replace {
		s.Lenient = p.ifNotExists()
	}
	s.Name = p.moduleName()
	if t := p.token; t.isSymbol("(") {
		p.refuse(t.pos, "parameters of CREATE FUNCTION are not supported: it registers a module of functions in Lua, CREATE FUNCTION module AS 'source'")
	}
	if p.accept("LANGUAGE") && !p.accept("LUA") {
		p.refuse(p.token.pos, "the language %s is not supported; modules are written in LUA", p.token.describe())
	}
	p.expect("AS")
	s.Source = p.expression()
	return s
}

// moduleName parses the name of a module, which may end in .lua.
func (p *parser) moduleName() ast.Name {
	n := p.hyphenated("a module")
	if p.token.isSymbol(".") && p.peek(1).is("LUA") {
		p.advance()
		p.advance()
	} else if p.token.isSymbol(".") {
		p.fail(p.peek(1).pos, ast.ErrSyntax, "expected the name of a module, such as m or m.lua, found %s.%s", n.Text, p.peek(1).describe())
	}
	if cut, ok := strings.CutSuffix(n.Text, ".lua"); ok && cut != "" {
		n.Text = cut
	}
	return n
}

// dropModule parses DROP FUNCTION [IF EXISTS] module, from the word FUNCTION or MODULE on.
func (p *parser) dropModule(pos ast.Pos) ast.Statement {
	p.advance()
	s := &ast.Module{Verb: ast.DropVerb, Pos: pos, Lenient: p.ifExists(), Name: p.moduleName()}
	if p.token.isSymbol(",") || p.token.isSymbol("(") {
		p.refuse(p.token.pos, "DROP FUNCTION is supported for one module, without parameters")
	}
	return s
}

// registerModule parses REGISTER MODULE 'path'.
func (p *parser) registerModule() ast.Statement {
	s := &ast.Module{Verb: ast.CreateVerb, Replace: true, Pos: p.advance().pos}
	if !p.accept("MODULE") {
		p.expect("PACKAGE")
	}
	s.File = p.expression()
	return s
}

// execute parses CALL, EXECUTE and AGGREGATE module.function(arguments) ON table [WHERE condition].
func (p *parser) execute(verb ast.ExecuteVerb) ast.Statement {
	s := &ast.Execute{Verb: verb, Pos: p.advance().pos}
	start := p.token
	s.Module = p.hyphenated("module.function")
	if !p.acceptSymbol(".") {
		p.fail(start.pos, ast.ErrSyntax, "expected %s module.function(arguments) ON table, found %s", verb, s.Module.Text)
	}
	s.Function = p.name("a function")
	p.expectSymbol("(")
	if !p.token.isSymbol(")") {
		p.list(func() { s.Args = append(s.Args, p.expression()) })
	}
	p.expectSymbol(")")
	p.expect("ON")
	s.Table = p.tableName()
	s.Where = p.where()
	if verb == ast.AggregateVerb && p.accept("REDUCE") {
		s.Reduce = p.reducer()
	}
	if verb == ast.ExecuteAll {
		s.Wait = p.accept("WAIT")
	}
	return s
}

var reducers = ast.Words("SUM MIN MAX MERGE")

// reducer parses how the results of AGGREGATE are combined.
func (p *parser) reducer() string {
	t := p.token
	if t.kind != tokenWord || !reducers[strings.ToUpper(t.text)] {
		p.unexpected("SUM, MIN, MAX or MERGE")
	}
	p.advance()
	return strings.ToUpper(t.text)
}

// analyze parses ANALYZE [TABLE] table, ...
func (p *parser) analyze() ast.Statement {
	s := &ast.Analyze{Pos: p.advance().pos}
	if p.token.is("TABLE") && p.peek(1).isName() {
		p.advance()
	}
	if p.token.kind == tokenEnd || p.token.isSymbol(";") {
		p.refuse(s.Pos, "ANALYZE of all tables is not supported; name the tables")
	}
	p.list(func() { s.Tables = append(s.Tables, p.tableName()) })
	return s
}

// commentOn parses COMMENT ON TABLE | VIEW | COLUMN name IS text.
func (p *parser) commentOn() ast.Statement {
	s := &ast.Comment{Pos: p.advance().pos}
	p.expect("ON")
	t := p.token
	switch {
	case p.accept("TABLE"), p.accept("VIEW"):
		s.View = t.is("VIEW")
		s.Table = p.tableName()
	case p.accept("COLUMN"):
		p.commentedColumn(s)
	default:
		p.refuse(t.pos, "COMMENT ON %s is not supported; TABLE, VIEW and COLUMN are", strings.ToUpper(t.describe()))
	}
	p.expect("IS")
	if !p.accept("NULL") {
		s.Text = p.commentText()
	}
	return s
}

// commentedColumn parses [namespace.]table.column.
func (p *parser) commentedColumn(s *ast.Comment) {
	start := p.token.pos
	names := []ast.Name{p.name("a table")}
	for p.acceptSymbol(".") {
		names = append(names, p.name("a column"))
	}
	switch len(names) {
	case 2:
		s.Table.Set, s.Column = names[0], names[1]
	case 3:
		s.Table.Namespace, s.Table.Set, s.Column = names[0], names[1], names[2]
	default:
		p.fail(start, ast.ErrSyntax, "expected table.column or namespace.table.column")
	}
}

// commentText parses the text of a comment.
func (p *parser) commentText() string {
	if p.token.kind != tokenString {
		p.unexpected("the text of a comment")
	}
	return p.advance().text
}
