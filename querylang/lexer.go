package querylang

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lexer splits the text of a statement into tokens.
type lexer struct {
	text string
	pos  int
}

// next returns the next token. At the end of the text its kind is tokenEnd.
func (l *lexer) next() (token, error) {
	if err := l.skipBlanks(); err != nil {
		return token{}, err
	}
	if l.pos >= len(l.text) {
		return token{kind: tokenEnd, pos: Pos(len(l.text))}, nil
	}
	c := l.text[l.pos]
	switch {
	case c == '\'':
		return l.quoted(tokenString, '\'', "string")
	case c == '"':
		return l.quoted(tokenDoubleQuoted, '"', "name")
	case c == '`':
		return l.quoted(tokenQuotedName, '`', "name")
	case (c == 'x' || c == 'X') && l.peek(1) == '\'':
		return l.blob()
	case isDigit(c) || c == '.' && isDigit(l.peek(1)):
		return l.number()
	case c == '?' || c == '$' || c == ':' || c == '@':
		return l.param()
	}
	if n := l.wordLength(); n > 0 {
		return l.take(tokenWord, n), nil
	}
	return l.symbol()
}

// peek returns the byte at an offset from the current one, or 0 beyond the end.
func (l *lexer) peek(ahead int) byte {
	if l.pos+ahead < len(l.text) {
		return l.text[l.pos+ahead]
	}
	return 0
}

// take returns the next n bytes as a token.
func (l *lexer) take(kind tokenKind, n int) token {
	t := token{kind: kind, pos: Pos(l.pos), text: l.text[l.pos : l.pos+n]}
	l.pos += n
	return t
}

func (l *lexer) errorAt(pos int, format string, args ...any) error {
	return errorAt(l.text, Pos(pos), ErrSyntax, format, args...)
}

// skipBlanks skips white space and comments.
func (l *lexer) skipBlanks() error {
	for l.pos < len(l.text) {
		rest := l.text[l.pos:]
		switch {
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			l.pos += n
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return l.errorAt(l.pos, "the comment is not closed: */ is missing")
			}
			l.pos += n + 4
		default:
			r, size := utf8.DecodeRuneInString(rest)
			if !unicode.IsSpace(r) && r != '\uFEFF' {
				return nil
			}
			l.pos += size
		}
	}
	return nil
}

// quoted reads text between quote characters. A doubled quote character in the text means one.
func (l *lexer) quoted(kind tokenKind, quote byte, what string) (token, error) {
	start := l.pos
	var b strings.Builder
	for l.pos++; l.pos < len(l.text); {
		n := strings.IndexByte(l.text[l.pos:], quote)
		if n < 0 {
			break
		}
		b.WriteString(l.text[l.pos : l.pos+n])
		l.pos += n + 1
		if l.peek(0) != quote {
			t := token{kind: kind, pos: Pos(start), text: b.String()}
			if t.text == "" && kind == tokenQuotedName {
				return token{}, l.errorAt(start, "a name must not be empty")
			}
			return t, nil
		}
		b.WriteByte(quote)
		l.pos++
	}
	return token{}, l.errorAt(start, "the %s is not closed: %c is missing", what, quote)
}

// blob reads X'0AFF'. The token's text is the bytes.
func (l *lexer) blob() (token, error) {
	start := l.pos
	l.pos++
	t, err := l.quoted(tokenBlob, '\'', "blob")
	if err != nil {
		return token{}, err
	}
	bytes, decodeErr := hex.DecodeString(t.text)
	if decodeErr != nil {
		return token{}, l.errorAt(start, "a blob is written as X'' with two hexadecimal digits for each byte")
	}
	t.pos, t.text = Pos(start), string(bytes)
	return t, nil
}

// number reads a decimal integer, a hexadecimal integer that starts with 0x, or a float.
func (l *lexer) number() (token, error) {
	kind, n := tokenInteger, 0
	if l.peek(0) == '0' && (l.peek(1) == 'x' || l.peek(1) == 'X') {
		for n = 2; isHexDigit(l.peek(n)); n++ {
		}
		if n == 2 {
			return token{}, l.errorAt(l.pos, "hexadecimal digits are missing after 0x")
		}
	} else {
		kind, n = l.decimal()
	}
	t := l.take(kind, n)
	if l.wordLength() > 0 {
		return token{}, l.errorAt(int(t.pos), "%s is neither a number nor a name", l.text[t.pos:l.pos+l.wordLength()])
	}
	return t, nil
}

// decimal returns the kind and the length of the decimal number at the current position.
func (l *lexer) decimal() (kind tokenKind, n int) {
	digits := func() {
		for isDigit(l.peek(n)) {
			n++
		}
	}
	kind = tokenInteger
	digits()
	if l.peek(n) == '.' {
		kind = tokenFloat
		n++
		digits()
	}
	if c := l.peek(n); c == 'e' || c == 'E' {
		sign := 0
		if c := l.peek(n + 1); c == '+' || c == '-' {
			sign = 1
		}
		if isDigit(l.peek(n + 1 + sign)) {
			kind = tokenFloat
			n += 1 + sign
			digits()
		}
	}
	return kind, n
}

// param reads ?, $1, :name or @name.
func (l *lexer) param() (token, error) {
	if l.peek(0) == '?' {
		return l.take(tokenParam, 1), nil
	}
	mark, start := l.peek(0), l.pos
	l.pos++
	n := l.wordLength()
	if mark == '$' {
		for n = 0; isDigit(l.peek(n)); n++ {
		}
	}
	l.pos = start
	if n == 0 {
		what := "a name"
		if mark == '$' {
			what = "a number"
		}
		return token{}, l.errorAt(start, "%s is missing after %c", what, mark)
	}
	return l.take(tokenParam, n+1), nil
}

var symbols = []string{"<>", "!=", "<=", ">=", "||", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ",", ".", ";"}

func (l *lexer) symbol() (token, error) {
	rest := l.text[l.pos:]
	if strings.HasPrefix(rest, "==") {
		return token{}, l.errorAt(l.pos, "there is no operator ==; use = to compare")
	}
	if strings.HasPrefix(rest, "[") {
		return token{}, errorAt(l.text, Pos(l.pos), ErrUnsupported, "unexpected [; %s", noPaths)
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return l.take(tokenSymbol, len(s)), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, l.errorAt(l.pos, "unexpected character %q", r)
}

// wordLength returns the length in bytes of the unquoted word at the current position, or 0.
func (l *lexer) wordLength() int {
	rest := l.text[l.pos:]
	for i, r := range rest {
		if r == '_' || unicode.IsLetter(r) || i > 0 && unicode.IsDigit(r) {
			continue
		}
		return i
	}
	return len(rest)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHexDigit(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
