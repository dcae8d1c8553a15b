package parse

import (
	"math"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// operand parses a path, a constant, a function or an expression in parentheses.
func (a *aelParser) operand() ast.Expr {
	a.skipBlanks()
	if a.at == len(a.text) {
		a.unexpected("a value")
	}
	pos := a.pos()
	switch c := a.text[a.at]; {
	case c == '$':
		return a.path()
	case c == '\'' || c == '"':
		return &ast.Literal{Value: protocol.String(a.quoted()), Pos: pos}
	case isDigit(c):
		return a.number("", pos)
	case a.accept("("):
		e := a.expression()
		a.expect(")")
		return e
	case a.accept("["):
		list := &ast.Array{Pos: pos}
		for !a.accept("]") {
			if len(list.Elements) > 0 {
				a.expect(",")
			}
			list.Elements = add(list.Elements, a.sum())
		}
		return list
	case c == '{':
		a.p.refuse(pos, "maps are not supported in AEL; write MAP{...} in SQL")
	}
	return a.named(pos)
}

// aelFunctions are the functions of AEL that SQL has too.
var aelFunctions = map[string]string{"abs": "ABS", "ceil": "CEIL", "floor": "FLOOR"}

// named parses what a word begins.
func (a *aelParser) named(pos ast.Pos) ast.Expr {
	switch word := a.word(); {
	case word == "":
		a.unexpected("a value")
	case word == "true" || word == "false":
		a.at += len(word)
		return &ast.Literal{Value: protocol.Bool(word == "true"), Pos: pos}
	case word == "unknown" || word == "error":
		a.at += len(word)
		return &ast.Literal{Pos: pos}
	case word == "when":
		a.at += len(word)
		return a.when(pos)
	case aelFunctions[word] != "":
		a.at += len(word)
		c := &ast.Call{Name: ast.Name{Text: aelFunctions[word], Pos: pos}}
		a.expect("(")
		c.Args = []ast.Expr{a.expression()}
		a.expect(")")
		return c
	default:
		if strings.HasPrefix(strings.TrimLeft(a.text[a.at+len(word):], " "), "(") {
			a.p.refuse(pos, "%s(...) is not supported in AEL; the functions are abs, ceil, floor and when, and those of a path", word)
		}
		a.p.fail(pos, ast.ErrSyntax, "%s is not a value in AEL; the bin is $.%s", word, word)
	}
	return nil
}

// when parses (condition => value, ..., default => value).
func (a *aelParser) when(pos ast.Pos) ast.Expr {
	c := &ast.Case{Pos: pos}
	a.expect("(")
	for !a.acceptWord("default") {
		w := ast.When{When: a.expression()}
		a.expect("=>")
		w.Then = a.expression()
		c.Whens = append(c.Whens, w)
		a.expect(",")
	}
	if len(c.Whens) == 0 {
		a.p.fail(pos, ast.ErrSyntax, "when needs a condition before default")
	}
	a.expect("=>")
	c.Else = a.expression()
	a.expect(")")
	return c
}

// number parses a number whose sign has been parsed already.
func (a *aelParser) number(sign string, pos ast.Pos) ast.Expr {
	l := lexer{text: a.text, pos: a.at}
	start := a.at
	kind, n := l.decimal()
	if hex := strings.ToLower(a.text[a.at:]); strings.HasPrefix(hex, "0x") {
		for kind, n = tokenInteger, 2; n < len(hex) && isHexDigit(hex[n]); n++ {
		}
	}
	a.at += n
	text := a.text[start:a.at]
	if w := ast.WordLength(a.text[a.at:]); w > 0 {
		a.p.fail(pos, ast.ErrSyntax, "%s is not a number", a.text[start:a.at+w])
	}
	if kind == tokenInteger {
		v, err := parseInteger(sign, text)
		if err != nil {
			a.p.fail(pos, ast.ErrSyntax, "the integer %s%s is not valid or does not fit in 64 bits", sign, text)
		}
		return &ast.Literal{Value: protocol.Int(v), Pos: pos}
	}
	f, err := strconv.ParseFloat(sign+text, 64)
	if err != nil || math.IsInf(f, 0) {
		a.p.fail(pos, ast.ErrSyntax, "the number %s%s is out of range", sign, text)
	}
	return &ast.Literal{Value: protocol.Float(f), Pos: pos}
}

var aelEscapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '\'': '\'', '"': '"'}

// quoted parses text in single or double quotes.
func (a *aelParser) quoted() string {
	start, quote := a.at, a.text[a.at]
	var b []byte
	for a.at++; a.at < len(a.text); a.at++ {
		c := a.text[a.at]
		switch {
		case c == quote:
			a.at++
			return string(b)
		case c == '\\' && a.at+1 < len(a.text):
			var ok bool
			if c, ok = aelEscapes[a.text[a.at+1]]; !ok {
				a.p.fail(a.pos(), ast.ErrSyntax, "the escape \\%c is not supported in AEL", a.text[a.at+1])
			}
			a.at++
		}
		b = append(b, c)
	}
	a.p.fail(a.places[start], ast.ErrSyntax, "the string is not closed: %c is missing", quote)
	return ""
}
