package querylang

import (
	"math"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// expression parses an expression.
func (p *parser) expression() Expr {
	p.enter()
	defer p.leave()
	return p.orExpression()
}

func (p *parser) orExpression() Expr {
	x := p.andExpression()
	for p.token.is("OR") {
		x = p.binary(OpOr, x, p.andExpression)
	}
	return x
}

func (p *parser) andExpression() Expr {
	x := p.notExpression()
	for p.token.is("AND") {
		x = p.binary(OpAnd, x, p.notExpression)
	}
	return x
}

// binary parses an operator and its right operand.
func (p *parser) binary(op Operator, x Expr, right func() Expr) Expr {
	p.countOperator()
	pos := p.advance().pos
	return &Binary{Op: op, X: x, Y: right(), Pos: pos}
}

func (p *parser) notExpression() Expr {
	if !p.token.is("NOT") {
		return p.predicate()
	}
	p.enter()
	defer p.leave()
	pos := p.advance().pos
	return &Unary{Op: OpNot, X: p.notExpression(), Pos: pos}
}

var comparisons = map[string]Operator{
	"=": OpEqual, "<>": OpNotEqual, "!=": OpNotEqual, "<": OpLess, "<=": OpLessEqual, ">": OpGreater, ">=": OpGreaterEqual,
}

// predicate parses a value and, if one follows, a comparison with it.
func (p *parser) predicate() Expr {
	p.leftSide = true
	x := p.concat()
	p.leftSide = false
	if p.token.kind == tokenSymbol {
		if op, ok := comparisons[p.token.text]; ok {
			e := p.binary(op, x, p.concat)
			p.refuseChain()
			return e
		}
		return x
	}
	if e := p.wordPredicate(x); e != nil {
		p.refuseChain()
		return e
	}
	return x
}

// wordPredicate parses the rest of x IS NULL, x IN (...), x BETWEEN ... and x LIKE .... It returns
// nil if none of them follows.
func (p *parser) wordPredicate(x Expr) Expr {
	if p.accept("IS") {
		not := p.accept("NOT")
		p.expect("NULL")
		return &IsNull{X: x, Not: not}
	}
	not := p.accept("NOT")
	switch {
	case p.accept("IN"):
		return &In{X: x, List: p.inList(), Not: not}
	case p.accept("BETWEEN"):
		low := p.concat()
		p.expect("AND")
		return &Between{X: x, Low: low, High: p.concat(), Not: not}
	case p.accept("LIKE"):
		like := &Like{X: x, Pattern: p.concat(), Not: not}
		if p.accept("ESCAPE") {
			like.Escape = p.concat()
		}
		return like
	case p.token.is("ILIKE"), p.token.is("REGEXP"), p.token.is("CONTAINS"), p.token.is("WITHIN"):
		p.fail(p.token.pos, ErrUnsupported, "%s is not supported yet", strings.ToUpper(p.token.text))
	case not:
		p.unexpected("IN, BETWEEN or LIKE")
	}
	return nil
}

// refuseChain fails at a second comparison, as in a = b = c.
func (p *parser) refuseChain() {
	if p.atComparison() {
		p.fail(p.token.pos, ErrSyntax, "the result of a comparison can't be compared again without parentheses")
	}
}

// inList parses the parenthesized list of IN.
func (p *parser) inList() []Expr {
	p.expectSymbol("(")
	if p.token.is("SELECT") {
		p.fail(p.token.pos, ErrUnsupported, "IN (SELECT ...) is not supported yet")
	}
	var list []Expr
	for {
		list = append(list, p.expression())
		if !p.acceptSymbol(",") {
			break
		}
	}
	p.expectSymbol(")")
	return list
}

func (p *parser) concat() Expr {
	x := p.sum()
	for p.token.isSymbol("||") {
		x = p.binary(OpConcat, x, p.sum)
	}
	return x
}

func (p *parser) sum() Expr {
	x := p.product()
	for {
		switch {
		case p.token.isSymbol("+"):
			x = p.binary(OpAdd, x, p.product)
		case p.token.isSymbol("-"):
			x = p.binary(OpSubtract, x, p.product)
		default:
			return x
		}
	}
}

func (p *parser) product() Expr {
	x := p.signed()
	for {
		switch {
		case p.token.isSymbol("*"):
			x = p.binary(OpMultiply, x, p.signed)
		case p.token.isSymbol("/"):
			x = p.binary(OpDivide, x, p.signed)
		case p.token.isSymbol("%"):
			x = p.binary(OpRemainder, x, p.signed)
		default:
			return x
		}
	}
}

// signed parses a value with leading signs. A minus sign before a number is part of the number, so
// that the smallest integer can be written.
func (p *parser) signed() Expr {
	if p.acceptSymbol("+") {
		p.enter()
		defer p.leave()
		return p.signed()
	}
	if !p.token.isSymbol("-") {
		return p.primary()
	}
	p.enter()
	defer p.leave()
	pos := p.advance().pos
	if p.token.kind == tokenInteger || p.token.kind == tokenFloat {
		return p.number(pos, "-")
	}
	return &Unary{Op: OpNegate, X: p.signed(), Pos: pos}
}

// number parses a number whose sign has been parsed already.
func (p *parser) number(pos Pos, sign string) Expr {
	t := p.advance()
	if t.kind == tokenInteger {
		base, digits := 10, t.text
		if len(digits) > 2 && (digits[1] == 'x' || digits[1] == 'X') {
			base, digits = 16, digits[2:]
		}
		n, err := strconv.ParseInt(sign+digits, base, 64)
		if err != nil {
			p.fail(pos, ErrSyntax, "the integer %s%s does not fit in 64 bits", sign, t.text)
		}
		return &Literal{Value: protocol.Int(n), Pos: pos}
	}
	f, err := strconv.ParseFloat(sign+t.text, 64)
	if err != nil || math.IsInf(f, 0) {
		p.fail(pos, ErrSyntax, "the number %s%s is out of range", sign, t.text)
	}
	return &Literal{Value: protocol.Float(f), Pos: pos}
}

// primary parses a literal, a parameter, a column, a call or an expression in parentheses.
func (p *parser) primary() Expr {
	t := p.token
	switch t.kind {
	case tokenInteger, tokenFloat:
		return p.number(t.pos, "")
	case tokenString:
		p.advance()
		return &Literal{Value: protocol.String(t.text), Pos: t.pos}
	case tokenBlob:
		p.advance()
		return &Literal{Value: protocol.Blob([]byte(t.text)), Pos: t.pos}
	case tokenParam:
		p.advance()
		index, problem := p.params.add(t.text)
		if problem != "" {
			p.fail(t.pos, ErrSyntax, "%s", problem)
		}
		return &Param{Index: index, Text: t.text, Pos: t.pos}
	case tokenDoubleQuoted:
		return p.doubleQuoted()
	case tokenSymbol:
		return p.parenthesized()
	case tokenWord:
		return p.word()
	}
	return p.column()
}

func (p *parser) parenthesized() Expr {
	if !p.token.isSymbol("(") {
		p.unexpected("a value")
	}
	p.advance()
	if p.token.is("SELECT") {
		p.fail(p.token.pos, ErrUnsupported, "subqueries are not supported yet")
	}
	e := p.expression()
	if p.token.isSymbol(",") {
		p.fail(p.token.pos, ErrUnsupported, "rows of several values, such as (a, b), are not supported")
	}
	p.expectSymbol(")")
	return e
}

// doubleQuoted parses "...", which is a name or, in AQL, a string.
func (p *parser) doubleQuoted() Expr {
	if p.dialect != AQL || p.names {
		return p.column()
	}
	before := *p
	t := p.advance()
	if p.token.isSymbol(".") || p.leftSide && p.atComparison() {
		*p = before
		return p.column()
	}
	return &Literal{Value: protocol.String(t.text), Pos: t.pos}
}

// atComparison reports whether the next token starts a comparison.
func (p *parser) atComparison() bool {
	if p.token.kind == tokenSymbol {
		_, ok := comparisons[p.token.text]
		return ok
	}
	return p.token.is("IS") || p.token.is("IN") || p.token.is("NOT") || p.token.is("BETWEEN") || p.token.is("LIKE")
}

// word parses an expression that starts with an unquoted word.
func (p *parser) word() Expr {
	t := p.token
	switch {
	case t.is("TRUE"), t.is("FALSE"):
		p.advance()
		return &Literal{Value: protocol.Bool(t.is("TRUE")), Pos: t.pos}
	case t.is("NULL"):
		p.advance()
		return &Literal{Pos: t.pos}
	case isReserved(t.text):
		p.keyword()
	}
	return p.column()
}

// keyword fails at a reserved word in place of a value. The message depends on the token after it:
// an expression that is not implemented, a function, or a name without quotes.
func (p *parser) keyword() {
	t := p.advance()
	prefix := t.is("CASE") || t.is("EXISTS") || t.is("DISTINCT") || t.is("ALL")
	switch {
	case prefix && p.token.startsOperand():
		p.fail(t.pos, ErrUnsupported, "%s is not supported yet", strings.ToUpper(t.text))
	case p.token.isSymbol("(") && (t.is("LEFT") || t.is("RIGHT")):
		p.fail(t.pos, ErrUnsupported, "the function %s is not supported yet", strings.ToUpper(t.text))
	}
	p.needQuotes("a value", t)
}

// noPaths is added to messages about names that look like paths into lists and maps.
const noPaths = "paths into lists and maps are not supported yet"

// column parses a column, which may be qualified, or a function call.
func (p *parser) column() Expr {
	first := p.name("a value")
	if p.token.isSymbol("(") {
		return p.call(first)
	}
	c := &Column{Name: first.Text, Pos: first.Pos}
	for p.acceptSymbol(".") {
		if len(c.Qualifier) == 2 {
			p.fail(first.Pos, ErrUnsupported, "a column is written as [[namespace.]table.]column; %s", noPaths)
		}
		c.Qualifier = append(c.Qualifier, c.Name)
		c.Name = p.name("a column").Text
	}
	c.Pseudo = pseudoOf(c.Name)
	return c
}

// call parses the arguments of a function.
func (p *parser) call(name Name) Expr {
	p.advance()
	c := &Call{Name: strings.ToUpper(name.Text), Pos: name.Pos}
	if p.acceptSymbol("*") {
		c.Star = true
		p.expectSymbol(")")
		return c
	}
	if p.acceptSymbol(")") {
		return c
	}
	for {
		c.Args = append(c.Args, p.expression())
		if !p.acceptSymbol(",") {
			break
		}
	}
	if c.Name == "CAST" && p.token.is("AS") {
		p.fail(c.Pos, ErrUnsupported, "the function CAST is not supported yet")
	}
	p.expectSymbol(")")
	return c
}

// pseudoColumns are the names of columns that are not bins.
var pseudoColumns = wordMap[Pseudo]{
	"PK": PrimaryKey, "__KEY": PrimaryKey, "__DIGEST": Digest, "__GENERATION": Generation, "__TTL": TimeToLive, "__SET": SetName,
}

// pseudoOf returns the pseudo column of a name, or NoPseudo for a bin.
func pseudoOf(name string) Pseudo {
	pseudo, _ := pseudoColumns.find(name)
	return pseudo
}
