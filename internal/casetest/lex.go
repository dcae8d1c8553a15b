package casetest

import (
	"fmt"
	"strings"
)

type tokenKind uint8

const (
	endOfText tokenKind = iota
	word
	number
	text // a quoted string, with its quotes
	sign
)

// A parser parses the language of cases. On a syntax error its methods panic with a syntaxError,
// which recover converts to an error.
type parser struct {
	rest  string
	names *Names

	kind tokenKind // kind of the current token
	text string
}

type syntaxError struct{ error }

func newParser(source string, names *Names) *parser {
	if names == nil {
		names = new(Names)
	}
	p := &parser{rest: source, names: names}
	p.next()
	return p
}

func (p *parser) recover(err *error) {
	switch failure := recover().(type) {
	case nil:
	case syntaxError:
		*err = failure.error
	default:
		panic(failure)
	}
}

func (p *parser) fail(format string, args ...any) {
	panic(syntaxError{fmt.Errorf(format+" before %q", append(args, p.text+p.rest)...)})
}

// signs are the signs of more than one character, longest first.
var signs = []string{">>>", "<<", ">>", "==", "!=", ">=", "<=", "=>", "$."}

// next reads the next token.
func (p *parser) next() {
	p.rest = strings.TrimLeft(p.rest, " \n")
	n := 1
	switch {
	case p.rest == "":
		p.kind, n = endOfText, 0
	case isLetter(p.rest[0]):
		p.kind, n = word, length(p.rest, func(c byte) bool { return isLetter(c) || isDigit(c) })
	case isDigit(p.rest[0]), p.rest[0] == '-' && len(p.rest) > 1 && isDigit(p.rest[1]) && !p.isOperand():
		p.kind, n = number, 1+length(p.rest[1:], func(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' })
		if before := p.rest[n-1]; before == 'e' && !strings.HasPrefix(p.rest, "0x") && n < len(p.rest) && strings.IndexByte("+-", p.rest[n]) >= 0 {
			n += 1 + length(p.rest[n+1:], isDigit)
		}
	case p.rest[0] == '"':
		p.kind, n = text, quoted(p.rest)
	default:
		p.kind = sign
		for _, s := range signs {
			if strings.HasPrefix(p.rest, s) {
				n = len(s)
				break
			}
		}
	}
	p.text, p.rest = p.rest[:n], p.rest[n:]
}

// isOperand reports whether the current token ends an operand, so that a following minus is an
// operator.
func (p *parser) isOperand() bool {
	return p.kind == number || p.kind == text || p.kind == word || p.kind == sign && (p.text == ")" || p.text == "]")
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func length(s string, in func(byte) bool) int {
	for i := range len(s) {
		if !in(s[i]) {
			return i
		}
	}
	return len(s)
}

// quoted returns the length of the quoted string at the start of s.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// accept reads the current token if it equals token, and reports whether it does.
func (p *parser) accept(token string) bool {
	if p.text != token || p.kind == text || p.kind == endOfText {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(token string) {
	if !p.accept(token) {
		p.fail("missing %q", token)
	}
}

// expectKind reads a token of the given kind and returns it.
func (p *parser) expectKind(kind tokenKind) string {
	if p.kind != kind {
		p.fail("unexpected token")
	}
	token := p.text
	p.next()
	return token
}

func (p *parser) end() {
	if p.kind != endOfText {
		p.fail("unexpected text after the end")
	}
}

// isAssignment reports whether a word and an equals sign follow.
func (p *parser) isAssignment() bool {
	return p.kind == word && strings.HasPrefix(p.rest, "=")
}
