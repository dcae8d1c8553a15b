package parse

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// primary parses a literal, a parameter, a column, a call or an expression in parentheses.
func (p *parser) primary() ast.Expr {
	t := p.token
	switch t.kind {
	case tokenInteger, tokenFloat:
		return p.number(t.pos, "")
	case tokenString:
		p.advance()
		return p.literal(protocol.String(t.text), t.pos)
	case tokenBlob:
		p.advance()
		return p.literal(protocol.Blob([]byte(t.text)), t.pos)
	case tokenParam:
		return p.param()
	case tokenSymbol:
		return p.parenthesized()
	case tokenWord:
		return p.word()
	case tokenDoubleQuoted:
		if t.text == "" && p.dialect == AQL {
			p.advance()
			return &ast.Literal{Value: protocol.String(""), Pos: t.pos}
		}
	}
	return p.column()
}

func (p *parser) param() ast.Expr {
	t := p.advance()
	index, problem := p.params.add(t.text)
	if problem != "" {
		p.fail(t.pos, ast.ErrSyntax, "%s", problem)
	}
	return &ast.Param{Index: index, Text: t.text, Pos: t.pos}
}

// parenthesized parses an expression or a query in parentheses.
func (p *parser) parenthesized() ast.Expr {
	t := p.token
	if !t.isSymbol("(") {
		p.unexpected("a value")
	}
	p.advance()
	var e ast.Expr
	if p.token.startsQuery() {
		e = &ast.Subquery{Query: p.query(), Pos: t.pos}
	} else {
		e = p.expression()
		if q := p.queryFrom(e); q != nil {
			e = &ast.Subquery{Query: q, Pos: t.pos}
		}
	}
	if p.token.isSymbol(",") {
		row := &ast.Row{Elements: []ast.Expr{e}, Pos: t.pos}
		for p.acceptSymbol(",") {
			row.Elements = add(row.Elements, p.expression())
		}
		e = row
	}
	p.expectSymbol(")")
	return e
}

// queryFrom parses the rest of a query whose first operand was parsed as an expression, as in
// ((SELECT a) UNION (SELECT b)). It returns nil if the expression is the whole.
func (p *parser) queryFrom(e ast.Expr) *ast.Query {
	sub, ok := e.(*ast.Subquery)
	if !ok || !p.continuesQuery() {
		return nil
	}
	return p.queryRest(&ast.Query{Pos: sub.Pos}, bodyOf(sub.Query))
}

// continuesQuery reports whether the next token continues a query after a query in parentheses.
func (p *parser) continuesQuery() bool {
	return p.token.isAny("UNION", "EXCEPT", "INTERSECT", "ORDER", "LIMIT", "OFFSET", "FETCH")
}

// word parses an expression that starts with an unquoted word.
func (p *parser) word() ast.Expr {
	t, next := p.token, p.peek(1)
	switch {
	case t.is("TRUE"), t.is("FALSE"):
		p.advance()
		return &ast.Literal{Value: protocol.Bool(t.is("TRUE")), Pos: t.pos}
	case t.is("NULL"):
		p.advance()
		return &ast.Literal{Pos: t.pos}
	case t.is("CASE") && (next.is("WHEN") || p.operandAt(1)):
		return p.caseWhen()
	case t.is("EXISTS") && next.isSymbol("("):
		return p.exists()
	case ast.IsNiladic(t.text):
		return p.call(nameOf(p.advance()))
	case next.isSymbol("(") && (t.is("LEFT") || t.is("RIGHT")):
		return p.call(nameOf(p.advance()))
	case next.isSymbol("(") && t.is("VALUES") && p.newRow != nil:
		return p.newValue()
	case ast.IsReserved(t.text):
		p.reservedWord()
	}
	if e := p.typedLiteral(); e != nil {
		return e
	}
	switch {
	case t.is("ARRAY") && next.isSymbol("["):
		return p.array()
	case t.is("ARRAY") && next.isSymbol("(") && p.peek(2).startsQuery():
		p.refuse(t.pos, "ARRAY (SELECT ...) is not supported")
	case t.is("ROW") && next.isSymbol("("):
		p.advance()
		return p.parenthesized()
	case t.is("MAP") && next.isSymbol("{"):
		return p.mapLiteral()
	case t.is("INTERVAL") && next.startsInterval():
		return p.interval()
	case next.kind == tokenString && next.pos == t.end:
		p.refuse(t.pos, "the prefix %s of a string is not supported", t.text)
	}
	return p.column()
}

// operandAt reports whether an operand can start with a token after the next one.
func (p *parser) operandAt(ahead int) bool {
	t := p.peek(ahead)
	return t.startsOperand() || t.isAny("LEFT", "RIGHT", "VALUES") && p.peek(ahead+1).isSymbol("(")
}

// startsInterval reports whether the token can follow INTERVAL.
func (t token) startsInterval() bool {
	switch t.kind {
	case tokenString, tokenInteger, tokenFloat, tokenParam:
		return true
	}
	return false
}

// reservedWord fails at a reserved word in place of a value.
func (p *parser) reservedWord() {
	t, next := p.token, p.peek(1)
	switch {
	case (t.is("DISTINCT") || t.is("ALL")) && p.operandAt(1):
		p.fail(t.pos, ast.ErrSyntax, "%s can't be used here", strings.ToUpper(t.text))
	case t.is("EXISTS"):
		p.fail(next.pos, ast.ErrSyntax, "expected a query in parentheses after EXISTS, found %s", next.describe())
	case t.is("VALUES") && next.isSymbol("("):
		p.refuse(t.pos, "VALUES(column) is supported in ON DUPLICATE KEY UPDATE only")
	}
	p.needQuotes("a value", t)
}

// newValue parses VALUES(column) in ON DUPLICATE KEY UPDATE.
func (p *parser) newValue() ast.Expr {
	p.advance()
	p.advance()
	c := &ast.Column{Parts: []ast.Name{*p.newRow, p.name("a column")}}
	p.expectSymbol(")")
	return c
}

// column parses names joined by dots, or a function call.
func (p *parser) column() ast.Expr {
	first := p.name("a value")
	if p.token.isSymbol("(") {
		if first.Quote != 0 {
			p.fail(first.Pos, ast.ErrSyntax, "the name of a function is not quoted: write %s(...)", first.Text)
		}
		return p.call(first)
	}
	c := &ast.Column{Parts: []ast.Name{first}}
	for p.acceptSymbol(".") {
		c.Parts = append(c.Parts, p.name("a column"))
	}
	if p.token.isSymbol("(") {
		p.refuse(first.Pos, "functions have no qualifier: %s(...) is not supported", c)
	}
	return c
}

// postfix parses what follows a value: [index], .name, ::type and COLLATE.
func (p *parser) postfix(x ast.Expr) ast.Expr {
	var path *ast.Path
	for {
		t := p.token
		switch {
		case t.isSymbol("["), t.isSymbol("."):
			if path == nil {
				path = &ast.Path{X: x}
				x = path
			}
			path.Steps = append(path.Steps, p.step())
		case t.isSymbol("::"):
			p.countOperator()
			p.advance()
			x, path = &ast.Cast{X: x, Type: p.typeName(), Pos: x.Position()}, nil
		case t.is("COLLATE"):
			p.collate()
		case t.is("AT") && p.peek(1).is("TIME"):
			p.refuseClause()
		default:
			return x
		}
	}
}

func (p *parser) step() ast.Step {
	s := ast.Step{Pos: p.token.pos}
	if p.acceptSymbol(".") {
		s.Name = p.name("a key")
		return s
	}
	p.advance()
	s.Index = p.expression()
	if p.token.isSymbol(":") || p.token.kind == tokenParam && p.token.text[0] == ':' {
		p.refuse(p.token.pos, "ranges such as [1:2] are not supported")
	}
	p.expectSymbol("]")
	return s
}

func (p *parser) collate() {
	p.advance()
	t := p.token
	name := p.name("a collation")
	if !strings.EqualFold(name.Text, "BINARY") {
		p.refuse(t.pos, "the collation %s is not supported; strings compare by bytes: COLLATE BINARY", name)
	}
}

func (p *parser) exists() ast.Expr {
	pos := p.advance().pos
	p.expectSymbol("(")
	q := p.subquery()
	p.expectSymbol(")")
	return &ast.Exists{Query: q, Pos: pos}
}

func (p *parser) caseWhen() ast.Expr {
	c := &ast.Case{Pos: p.advance().pos}
	if !p.token.is("WHEN") {
		c.Operand = p.expression()
	}
	for p.accept("WHEN") {
		w := ast.When{When: p.expression()}
		p.expect("THEN")
		w.Then = p.expression()
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		p.unexpected("WHEN")
	}
	if p.accept("ELSE") {
		c.Else = p.expression()
	}
	p.expect("END")
	return c
}

func (p *parser) array() ast.Expr {
	a := &ast.Array{Pos: p.advance().pos}
	p.advance()
	if !p.token.isSymbol("]") {
		a.Elements = p.expressions()
	}
	p.expectSymbol("]")
	return a
}

func (p *parser) mapLiteral() ast.Expr {
	m := &ast.Map{Pos: p.advance().pos}
	p.advance()
	if !p.token.isSymbol("}") {
		p.list(func() {
			m.Keys = append(m.Keys, p.expression())
			p.colon()
			m.Values = append(m.Values, p.expression())
		})
	}
	p.expectSymbol("}")
	return m
}

// colon skips a colon, which the lexer may have read as the start of a parameter.
func (p *parser) colon() {
	if t := p.token; t.kind == tokenParam && t.text[0] == ':' {
		p.tokens = append(p.tokens[:p.at], token{kind: tokenSymbol, pos: t.pos, end: t.pos + 1, text: ":"})
		p.lexer.pos = int(t.pos) + 1
		p.load()
	}
	p.expectSymbol(":")
}

var units = ast.Words("NANOSECOND MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR")

// unitOf returns the unit of time that a word names, in the singular and in upper case.
func unitOf(word string) (unit string, ok bool) {
	unit = strings.ToUpper(word)
	if !units[unit] {
		unit = strings.TrimSuffix(unit, "S")
	}
	return unit, units[unit]
}

func (p *parser) interval() ast.Expr {
	i := &ast.Interval{Pos: p.advance().pos}
	text := p.token.kind == tokenString
	i.X = p.primary()
	if p.token.kind == tokenWord {
		if unit, ok := unitOf(p.token.text); ok {
			p.advance()
			i.Unit = unit
			if p.token.is("TO") {
				p.refuse(p.token.pos, "intervals of several units, such as %s TO ..., are not supported", unit)
			}
		}
	}
	if i.Unit == "" && !text {
		p.unexpected("a unit, such as SECOND or DAY")
	}
	return i
}
