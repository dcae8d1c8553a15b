package parse

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// An aelParser translates a text of the Aerospike Expression Language, the argument of AEL('...'),
// to an expression of SQL. So it is planned, sent to the servers and computed as SQL is.
type aelParser struct {
	p    *parser
	text string // without the quotes
	// places are the positions in the statement of the bytes of the text and of its end.
	places []ast.Pos
	at     int
}

// ael parses the argument of AEL('text').
func (p *parser) ael(c *ast.Call) ast.Expr {
	t := p.token
	if t.kind != tokenString || !p.peek(1).isSymbol(")") {
		p.fail(t.pos, ast.ErrSyntax, "AEL takes an expression as a constant string: AEL('$.age > 21'); values of parameters are compared outside of it")
	}
	p.advance()
	a := &aelParser{p: p, text: t.text, places: make([]ast.Pos, 0, len(t.text)+1)}
	for pos := t.pos + 1; len(a.places) <= len(t.text); pos++ {
		a.places = append(a.places, pos)
		if p.text[pos] == '\'' {
			pos++ // a doubled quote
		}
	}
	e := a.expression()
	if a.skipBlanks(); a.at < len(a.text) {
		a.unexpected("the end of the expression")
	}
	p.expectSymbol(")")
	return e
}

// pos returns the position in the statement of the next byte.
func (a *aelParser) pos() ast.Pos { return a.places[a.at] }

// unexpected fails because something else follows.
func (a *aelParser) unexpected(wanted string) {
	a.skipBlanks()
	rest := a.text[a.at:]
	if rest == "" {
		a.p.fail(a.pos(), ast.ErrSyntax, "expected %s, found the end of the text of AEL", wanted)
	}
	if n := ast.WordLength(rest); n > 0 {
		rest = rest[:n]
	} else {
		rest = string([]rune(rest)[:1])
	}
	a.p.fail(a.pos(), ast.ErrSyntax, "expected %s in the text of AEL, found %s", wanted, rest)
}

// skipBlanks skips white space and comments.
func (a *aelParser) skipBlanks() {
	for a.at < len(a.text) {
		switch rest := a.text[a.at:]; {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			a.at++
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				a.p.fail(a.pos(), ast.ErrSyntax, "the comment is not closed: */ is missing")
			}
			a.at += end + 2
		default:
			return
		}
	}
}

// accept skips a symbol if it is the next one.
func (a *aelParser) accept(symbol string) bool {
	a.skipBlanks()
	if !strings.HasPrefix(a.text[a.at:], symbol) {
		return false
	}
	a.at += len(symbol)
	return true
}

func (a *aelParser) expect(symbol string) {
	if !a.accept(symbol) {
		a.unexpected(symbol)
	}
}

// word returns the next word without skipping it, "" if there is none.
func (a *aelParser) word() string {
	a.skipBlanks()
	return a.text[a.at : a.at+ast.WordLength(a.text[a.at:])]
}

// acceptWord skips a word if it is the next one.
func (a *aelParser) acceptWord(word string) bool {
	if w := a.word(); w != word {
		return false
	}
	a.at += len(word)
	return true
}

// expression parses: and-terms separated by or.
func (a *aelParser) expression() ast.Expr {
	a.p.enter()
	defer a.p.leave()
	return a.joined("or", ast.OpOr, func() ast.Expr { return a.joined("and", ast.OpAnd, a.not) })
}

// joined parses operands separated by a word.
func (a *aelParser) joined(word string, op ast.Operator, operand func() ast.Expr) ast.Expr {
	x := operand()
	for {
		a.skipBlanks()
		pos := a.pos()
		if !a.acceptWord(word) {
			return x
		}
		a.p.countOperator()
		x = &ast.Binary{Op: op, X: x, Y: operand(), Pos: pos}
	}
}

func (a *aelParser) not() ast.Expr {
	a.skipBlanks()
	pos := a.pos()
	if !a.acceptWord("not") {
		return a.comparison()
	}
	a.p.enter()
	defer a.p.leave()
	return &ast.Unary{Op: ast.OpNot, X: a.not(), Pos: pos}
}

var aelComparisons = []struct {
	symbol string
	op     ast.Operator
}{
	{"==", ast.OpEqual}, {"!=", ast.OpNotEqual}, {"<=", ast.OpLessEqual}, {">=", ast.OpGreaterEqual}, {"<", ast.OpLess}, {">", ast.OpGreater},
}

// comparison parses an operand and what it is compared with. Comparisons do not chain.
func (a *aelParser) comparison() ast.Expr {
	x := a.sum()
	a.skipBlanks()
	pos := a.pos()
	switch {
	case a.accept("=~"):
		return a.match(x)
	case a.acceptWord("in"):
		return a.in(x, pos)
	}
	for _, c := range aelComparisons {
		if !a.accept(c.symbol) {
			continue
		}
		a.p.countOperator()
		x = &ast.Binary{Op: c.op, X: x, Y: a.sum(), Pos: pos}
		a.skipBlanks()
		for _, again := range aelComparisons {
			if again := again.symbol; strings.HasPrefix(a.text[a.at:], again) {
				a.p.fail(a.pos(), ast.ErrSyntax, "comparisons do not chain in AEL: join them by and")
			}
		}
		return x
	}
	if strings.HasPrefix(a.text[a.at:], "=") {
		a.p.fail(pos, ast.ErrSyntax, "AEL compares with ==")
	}
	return x
}

// in parses what follows the word in: a list, or an expression that is one.
func (a *aelParser) in(x ast.Expr, pos ast.Pos) ast.Expr {
	a.p.countOperator()
	list := a.sum()
	if constant, ok := list.(*ast.Array); ok {
		return &ast.In{X: x, List: constant.Elements}
	}
	return &ast.Binary{Op: ast.OpContains, X: list, Y: x, Pos: pos}
}

// match parses /pattern/ after =~.
func (a *aelParser) match(x ast.Expr) ast.Expr {
	a.expect("/")
	start := a.at
	pos := a.pos()
	var pattern []byte
	for ; ; a.at++ {
		switch {
		case a.at == len(a.text):
			a.p.fail(a.places[start-1], ast.ErrSyntax, "the pattern is not closed: / is missing")
		case strings.HasPrefix(a.text[a.at:], `\/`):
			a.at++
		case a.text[a.at] == '/':
			a.at++
			if n := ast.WordLength(a.text[a.at:]); n > 0 {
				a.p.refuse(a.pos(), "flags of a pattern, such as %s, are not supported in AEL", a.text[a.at:a.at+n])
			}
			return &ast.Match{Op: ast.Regexp, X: x, Pattern: &ast.Literal{Value: protocol.String(string(pattern)), Pos: pos}}
		}
		pattern = append(pattern, a.text[a.at])
	}
}

func (a *aelParser) sum() ast.Expr {
	x := a.product()
	for {
		a.skipBlanks()
		pos := a.pos()
		switch {
		case a.accept("+"):
			x = a.arithmetic(ast.OpAdd, x, a.product, pos)
		case a.accept("-"):
			x = a.arithmetic(ast.OpSubtract, x, a.product, pos)
		default:
			return x
		}
	}
}

func (a *aelParser) product() ast.Expr {
	x := a.signed()
	for {
		a.skipBlanks()
		pos := a.pos()
		for _, symbol := range []string{"**", "&", "|", "^", "<<", ">>"} {
			if strings.HasPrefix(a.text[a.at:], symbol) {
				a.p.refuse(pos, "the operator %s is not supported in AEL; write it in SQL", symbol)
			}
		}
		switch {
		case a.accept("*"):
			x = a.arithmetic(ast.OpMultiply, x, a.signed, pos)
		case a.accept("/"):
			x = a.arithmetic(ast.OpDivide, x, a.signed, pos)
		case a.accept("%"):
			x = a.arithmetic(ast.OpRemainder, x, a.signed, pos)
		default:
			return x
		}
	}
}

func (a *aelParser) arithmetic(op ast.Operator, x ast.Expr, right func() ast.Expr, pos ast.Pos) ast.Expr {
	a.p.countOperator()
	return &ast.Binary{Op: op, X: x, Y: right(), Pos: pos}
}

// signed parses an operand with an optional sign.
func (a *aelParser) signed() ast.Expr {
	a.skipBlanks()
	pos := a.pos()
	if !a.accept("-") {
		return a.operand()
	}
	a.p.enter()
	defer a.p.leave()
	if a.skipBlanks(); a.at < len(a.text) && isDigit(a.text[a.at]) {
		return a.number("-", pos)
	}
	return &ast.Unary{Op: ast.OpNegate, X: a.signed(), Pos: pos}
}
