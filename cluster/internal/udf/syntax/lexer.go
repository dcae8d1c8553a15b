package syntax

import "strings"

// A lexer splits source into tokens. It panics with *Error, which Parse recovers.
type lexer struct {
	source string
	pos    int
	line   int
}

func (l *lexer) fail(message, near string) {
	if near != "" {
		message += " near " + near
	}
	panic(&Error{l.line, message})
}

// peek returns the byte at an offset from the current one, 0 after the end.
func (l *lexer) peek(offset int) byte {
	if l.pos+offset < len(l.source) {
		return l.source[l.pos+offset]
	}
	return 0
}

func (l *lexer) ended() bool { return l.pos >= len(l.source) }

// next reads one token.
func (l *lexer) next() token {
	l.skip()
	t := token{line: l.line}
	start := l.pos
	switch c := l.peek(0); {
	case l.ended():
		t.kind = tokenEOF
	case isLetter(c):
		for isLetter(l.peek(0)) || isDigit(l.peek(0)) {
			l.pos++
		}
		t.kind, t.text = tokenName, l.source[start:l.pos]
		t.value = t.text
		if k, ok := reserved[t.text]; ok {
			t.kind = k
		}
	case isDigit(c), c == '.' && isDigit(l.peek(1)):
		l.number(&t)
	case c == '"' || c == '\'':
		t.kind = tokenString
		t.value = l.quoted()
		t.text, t.line = l.source[start:l.pos], l.line
	case c == '[' && (l.peek(1) == '[' || l.peek(1) == '='):
		l.bracket(&t)
	default:
		t.kind = l.symbol()
	}
	return t
}

// skip skips white space and comments.
func (l *lexer) skip() {
	for !l.ended() {
		switch c := l.source[l.pos]; c {
		case '\n', '\r':
			l.newline()
		case ' ', '\t', '\f', '\v':
			l.pos++
		case '-':
			if l.peek(1) != '-' {
				return
			}
			l.comment()
		default:
			return
		}
	}
}

// newline skips one end of line: \n, \r, \r\n or \n\r.
func (l *lexer) newline() {
	c := l.source[l.pos]
	l.pos++
	if d := l.peek(0); !l.ended() && (d == '\n' || d == '\r') && d != c {
		l.pos++
	}
	l.line++
}

func (l *lexer) comment() {
	l.pos += 2
	if l.peek(0) == '[' {
		if level, ok := l.longLevel(); ok {
			l.long(level, "comment")
			return
		}
	}
	for !l.ended() && l.source[l.pos] != '\n' && l.source[l.pos] != '\r' {
		l.pos++
	}
}

// longLevel counts the equals signs of a long bracket. ok is false if none starts here.
func (l *lexer) longLevel() (level int, ok bool) {
	for l.peek(1+level) == '=' {
		level++
	}
	return level, l.peek(1+level) == '['
}

func (l *lexer) bracket(t *token) {
	start := l.pos
	level, ok := l.longLevel()
	if !ok {
		l.pos += 1 + level
		if level > 0 {
			l.fail("invalid long string delimiter", "'"+l.source[start:l.pos]+"'")
		}
		t.kind = '['
		return
	}
	t.kind = tokenString
	t.value = l.long(level, "string")
	t.text, t.line = l.source[start:l.pos], l.line
}

// long reads the contents of long brackets. A line end immediately after the opening bracket is
// dropped. Every other line end becomes \n.
func (l *lexer) long(level int, what string) string {
	first := l.line
	l.pos += level + 2
	if c := l.peek(0); c == '\n' || c == '\r' {
		l.newline()
	}
	closing := "]" + strings.Repeat("=", level) + "]"
	var b strings.Builder
	for {
		switch {
		case l.ended():
			l.fail("unfinished long "+what+" (starting at line "+itoa(first)+")", tokenEOF.String())
		case strings.HasPrefix(l.source[l.pos:], closing):
			l.pos += len(closing)
			return b.String()
		case l.source[l.pos] == '\n' || l.source[l.pos] == '\r':
			l.newline()
			b.WriteByte('\n')
		default:
			b.WriteByte(l.source[l.pos])
			l.pos++
		}
	}
}

// symbols are the tokens of more than one character, longest first.
var symbols = []kind{tokenDots, tokenConcat, tokenEqual, tokenGreaterEqual, tokenLessEqual, tokenNotEqual,
	tokenShiftLeft, tokenShiftRight, tokenIntegerDivide, tokenLabel}

func (l *lexer) symbol() kind {
	for _, k := range symbols {
		if strings.HasPrefix(l.source[l.pos:], spellings[k]) {
			l.pos += len(spellings[k])
			return k
		}
	}
	c := l.source[l.pos]
	l.pos++
	return kind(c)
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
