package parse

import (
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// typeTails maps the first word of a type to words that may follow it.
var typeTails = map[string][]string{
	"DOUBLE": {"PRECISION"}, "CHARACTER": {"VARYING", "LARGE OBJECT"}, "CHAR": {"VARYING", "LARGE OBJECT"},
	"BINARY": {"VARYING", "LARGE OBJECT"}, "BIT": {"VARYING"}, "LONG": {"VARCHAR", "TEXT", "VARBINARY"},
	"NATIONAL": {"CHARACTER VARYING", "CHAR VARYING", "CHARACTER", "CHAR", "VARCHAR"}, "NCHAR": {"VARYING"},
	"SIGNED": {"INTEGER", "INT"}, "UNSIGNED": {"INTEGER", "INT", "BIG INT"}, "BIG": {"INT"},
	"NATIVE": {"CHARACTER"}, "VARYING": {"CHARACTER"},
	"TIME":      {"WITH TIME ZONE", "WITHOUT TIME ZONE"},
	"TIMESTAMP": {"WITH TIME ZONE", "WITHOUT TIME ZONE", "WITH LOCAL TIME ZONE"},
	"INT":       {"UNSIGNED", "SIGNED"}, "INTEGER": {"UNSIGNED", "SIGNED"}, "BIGINT": {"UNSIGNED", "SIGNED"},
	"SMALLINT": {"UNSIGNED", "SIGNED"}, "TINYINT": {"UNSIGNED", "SIGNED"}, "MEDIUMINT": {"UNSIGNED", "SIGNED"},
}

// typeName parses a type of SQL.
func (p *parser) typeName() ast.TypeName {
	t := p.token
	if t.kind != tokenWord || ast.IsReserved(t.text) && !t.is("SET") {
		p.unexpected("a type")
	}
	p.advance()
	typ := ast.TypeName{Name: strings.ToUpper(t.text), Pos: t.pos}
	switch typ.Name {
	case "ENUM", "SET":
		p.refuse(t.pos, "the type %s is not supported", typ.Name)
	}
	first := typ.Name
	p.typeArgs(&typ)
	for _, tail := range typeTails[first] {
		if p.acceptWords(strings.Fields(tail)...) {
			typ.Name += " " + tail
			p.typeArgs(&typ)
			break
		}
	}
	switch {
	case p.token.isSymbol("[") || p.token.is("ARRAY"):
		p.refuse(p.token.pos, "types of elements are not supported: a list has the type LIST")
	case p.token.isSymbol("<"):
		p.refuse(p.token.pos, "types of elements are not supported: use LIST or MAP")
	case p.token.is("CHARACTER") && p.peek(1).is("SET"):
		p.refuse(p.token.pos, "CHARACTER SET is not supported: strings are UTF-8")
	}
	return typ
}

// typeArgs parses the arguments of a type, such as (10, 2), if there are any.
func (p *parser) typeArgs(typ *ast.TypeName) {
	if !p.token.isSymbol("(") || typ.Args != nil {
		return
	}
	p.advance()
	if p.token.is("MAX") && p.peek(1).isSymbol(")") { // VARCHAR(MAX) has no limit
		p.advance()
		p.advance()
		return
	}
	p.list(func() {
		t := p.token
		if t.kind != tokenInteger {
			p.unexpected("a number")
		}
		p.advance()
		n, err := strconv.ParseInt(t.text, 10, 64)
		if err != nil {
			p.fail(t.pos, ast.ErrSyntax, "the number %s is out of range", t.text)
		}
		typ.Args = append(typ.Args, n)
	})
	p.expectSymbol(")")
}

// literalTypes are the types that can stand before a string.
var literalTypes = ast.Words("DATE TIME TIMESTAMP TIMESTAMPTZ DATETIME JSON JSONB GEOJSON UUID DECIMAL NUMERIC BLOB")

// typedLiteral parses DATE '2026-01-02' and the like. It returns nil if something else follows.
func (p *parser) typedLiteral() ast.Expr {
	t := p.token
	if _, ok := literalTypes.Find(t.text); !ok {
		return nil
	}
	n := 1
	if p.peek(n).isSymbol("(") && p.peek(n+1).kind == tokenInteger && p.peek(n+2).isSymbol(")") {
		n += 3
	}
	if p.peek(n).is("WITH") || p.peek(n).is("WITHOUT") {
		if !p.peek(n+1).is("TIME") || !p.peek(n+2).is("ZONE") {
			return nil
		}
		n += 3
	}
	if p.peek(n).kind != tokenString {
		return nil
	}
	typ := p.typeName()
	s := p.advance()
	return &ast.Cast{X: &ast.Literal{Value: protocol.String(s.text), Pos: s.pos}, Type: typ, Literal: true, Pos: t.pos}
}
