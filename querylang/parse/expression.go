package parse

import (
	"math"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// expression parses an expression.
func (p *parser) expression() ast.Expr {
	p.enter()
	defer p.leave()
	return p.orRest(p.andRest(p.notExpression()))
}

// expressionFrom parses the rest of an expression whose first operand has been parsed.
func (p *parser) expressionFrom(operand ast.Expr) ast.Expr {
	p.enter()
	defer p.leave()
	return p.orRest(p.andRest(p.predicateRest(operand)))
}

// expressions parses expressions separated by commas.
func (p *parser) expressions() []ast.Expr {
	var list []ast.Expr
	p.list(func() { list = add(list, p.expression()) })
	return list
}

func (p *parser) orRest(x ast.Expr) ast.Expr {
	for p.token.is("OR") {
		x = p.binary(ast.OpOr, x, func() ast.Expr { return p.andRest(p.notExpression()) })
	}
	return x
}

func (p *parser) andRest(x ast.Expr) ast.Expr {
	for p.token.is("AND") {
		x = p.binary(ast.OpAnd, x, p.notExpression)
	}
	return x
}

// binary parses an operator of one token and its right operand.
func (p *parser) binary(op ast.Operator, x ast.Expr, right func() ast.Expr) ast.Expr {
	p.countOperator()
	pos := p.advance().pos
	return &ast.Binary{Op: op, X: x, Y: right(), Pos: pos}
}

func (p *parser) notExpression() ast.Expr {
	if !p.token.is("NOT") {
		return p.predicateRest(p.operand())
	}
	p.enter()
	defer p.leave()
	pos := p.advance().pos
	return &ast.Unary{Op: ast.OpNot, X: p.notExpression(), Pos: pos}
}

var bitOperators = map[string]ast.Operator{
	"||": ast.OpConcat, "&": ast.OpBitAnd, "|": ast.OpBitOr, "<<": ast.OpShiftLeft, ">>": ast.OpShiftRight,
}

// operand parses what can stand on either side of a comparison.
func (p *parser) operand() ast.Expr {
	x := p.sum()
	for p.token.kind == tokenSymbol {
		op, ok := bitOperators[p.token.text]
		if !ok {
			break
		}
		x = p.binary(op, x, p.sum)
	}
	return x
}

func (p *parser) sum() ast.Expr {
	x := p.product()
	for {
		switch {
		case p.token.isSymbol("+"):
			x = p.binary(ast.OpAdd, x, p.product)
		case p.token.isSymbol("-"):
			x = p.binary(ast.OpSubtract, x, p.product)
		default:
			return x
		}
	}
}

func (p *parser) product() ast.Expr {
	x := p.signed()
	for {
		switch {
		case p.token.isSymbol("*"):
			x = p.binary(ast.OpMultiply, x, p.signed)
		case p.token.isSymbol("/"):
			x = p.binary(ast.OpDivide, x, p.signed)
		case p.token.isSymbol("%"):
			x = p.binary(ast.OpRemainder, x, p.signed)
		default:
			return x
		}
	}
}

// signed parses a value with leading signs. A minus sign before a number is part of the number, so
// that the smallest integer can be written.
func (p *parser) signed() ast.Expr {
	op := ast.OpNegate
	switch {
	case p.token.isSymbol("-"):
	case p.token.isSymbol("~"):
		op = ast.OpBitNot
	case p.token.isSymbol("+"):
		p.enter()
		defer p.leave()
		p.advance()
		return p.signed()
	default:
		return p.postfix(p.primary())
	}
	p.enter()
	defer p.leave()
	pos := p.advance().pos
	if op == ast.OpNegate && (p.token.kind == tokenInteger || p.token.kind == tokenFloat) {
		return p.postfix(p.number(pos, "-"))
	}
	return &ast.Unary{Op: op, X: p.signed(), Pos: pos}
}

// number parses a number whose sign has been parsed already.
func (p *parser) number(pos ast.Pos, sign string) ast.Expr {
	t := p.advance()
	if t.kind == tokenInteger {
		n, err := parseInteger(sign, t.text)
		if err != nil {
			p.fail(pos, ast.ErrSyntax, "the integer %s%s does not fit in 64 bits", sign, t.text)
		}
		return p.literal(protocol.Int(n), pos)
	}
	f, err := strconv.ParseFloat(sign+t.text, 64)
	if err != nil || math.IsInf(f, 0) {
		p.fail(pos, ast.ErrSyntax, "the number %s%s is out of range", sign, t.text)
	}
	return p.literal(protocol.Float(f), pos)
}

// parseInteger returns the value of a decimal or hexadecimal integer.
func parseInteger(sign, digits string) (int64, error) {
	base := 10
	if len(digits) > 2 && (digits[1] == 'x' || digits[1] == 'X') {
		base, digits = 16, digits[2:]
	}
	return strconv.ParseInt(sign+digits, base, 64)
}
