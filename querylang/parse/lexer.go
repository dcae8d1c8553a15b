package parse

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aerosql/aerosql/querylang/ast"
)

// A lexer splits the text of a statement into tokens.
type lexer struct {
	text string
	pos  int
	err  error // of the token of kind tokenInvalid
}

// next returns the next token. At the end of the text its kind is tokenEnd, and if the text can't
// be split it is tokenInvalid.
func (l *lexer) next() token {
	t, err := l.scan()
	if err != nil {
		l.err = err
		return token{kind: tokenInvalid, pos: ast.Pos(l.pos), end: ast.Pos(l.pos)}
	}
	t.end = ast.Pos(l.pos)
	return t
}

func (l *lexer) scan() (token, error) {
	if err := l.skipBlanks(); err != nil {
		return token{}, err
	}
	if l.pos >= len(l.text) {
		return token{kind: tokenEnd, pos: ast.Pos(len(l.text))}, nil
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
	case c == '?', c == '$', c == ':' && l.peek(1) != ':', c == '@' && l.peek(1) != '>':
		return l.param()
	}
	if n := ast.WordLength(l.text[l.pos:]); n > 0 {
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
	t := token{kind: kind, pos: ast.Pos(l.pos), text: l.text[l.pos : l.pos+n]}
	l.pos += n
	return t
}

// errorAt returns an error at a position. The message, which may have words of the text, is
// replaced if these may be a password.
func (l *lexer) errorAt(pos ast.Pos, kind error, format string, args ...any) error {
	if at := ast.PasswordAt(l.text); at >= 0 && int(pos) >= at {
		return ast.ErrorAt(l.text, pos, kind, "the statement is not valid here; what follows the word PASSWORD is not shown")
	}
	return ast.ErrorAt(l.text, pos, kind, format, args...)
}

func (l *lexer) syntaxError(pos int, format string, args ...any) error {
	return l.errorAt(ast.Pos(pos), ast.ErrSyntax, format, args...)
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
				return l.syntaxError(l.pos, "the comment is not closed: */ is missing")
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
	var doubled []byte // the text so far if it has a doubled quote character
	for l.pos++; l.pos < len(l.text); l.pos++ {
		n := strings.IndexByte(l.text[l.pos:], quote)
		if n < 0 {
			break
		}
		part := l.text[l.pos : l.pos+n]
		l.pos += n + 1
		if l.peek(0) == quote {
			doubled = append(append(doubled, part...), quote)
			continue
		}
		if doubled != nil {
			part = string(append(doubled, part...))
		}
		return token{kind: kind, pos: ast.Pos(start), text: part}, nil
	}
	return token{}, l.syntaxError(start, "the %s is not closed: %c is missing", what, quote)
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
		return token{}, l.syntaxError(start, "a blob is written as X'' with two hexadecimal digits for each byte")
	}
	t.pos, t.text = ast.Pos(start), string(bytes)
	return t, nil
}

// number reads a decimal integer, a hexadecimal integer that starts with 0x, or a float.
func (l *lexer) number() (token, error) {
	kind, n := tokenInteger, 0
	if l.peek(0) == '0' && (l.peek(1) == 'x' || l.peek(1) == 'X') {
		for n = 2; isHexDigit(l.peek(n)); n++ {
		}
		if n == 2 {
			return token{}, l.syntaxError(l.pos, "hexadecimal digits are missing after 0x")
		}
	} else {
		kind, n = l.decimal()
	}
	t := l.take(kind, n)
	if w := ast.WordLength(l.text[l.pos:]); w > 0 {
		return token{}, l.syntaxError(int(t.pos), "%s is neither a number nor a name", l.text[t.pos:l.pos+w])
	}
	return t, nil
}

// decimal returns the kind and the length of the decimal number at the current position. A number
// ends before two dots, as in 0..1023.
func (l *lexer) decimal() (kind tokenKind, n int) {
	digits := func() {
		for isDigit(l.peek(n)) {
			n++
		}
	}
	kind = tokenInteger
	digits()
	if l.peek(n) == '.' && l.peek(n+1) != '.' {
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

// param reads ?, ?1, $1, :name or @name. A colon alone is a symbol, as in MAP{'a': 1}.
func (l *lexer) param() (token, error) {
	mark := l.peek(0)
	n, what := 0, "a name"
	if mark == '?' || mark == '$' {
		for what = "a number"; isDigit(l.peek(n + 1)); n++ {
		}
	} else {
		n = ast.WordLength(l.text[l.pos+1:])
	}
	switch {
	case n > 0 || mark == '?':
		return l.take(tokenParam, n+1), nil
	case mark == ':':
		return l.take(tokenSymbol, 1), nil
	}
	return token{}, l.syntaxError(l.pos, "%s is missing after %c", what, mark)
}

// symbols are the operators and punctuation marks that share their first byte with others or can't
// be told apart by it, those of more bytes first.
var symbols = []string{
	"<=>", "<>", "!=", "<=", ">=", "||", "<<", ">>", "::", "@>", "..",
	"=", "<", ">", "-", ".", "&", "|", "~",
}

// foreign are operators of other databases, with what to use instead.
var foreign = []struct{ symbol, instead string }{
	{"==", "use = to compare"}, {"=>", "use >="}, {"=<", "use <="}, {"->>", "write m['k'] or m.k"}, {"->", "write m['k'] or m.k"}, {"&&", "use AND"},
	{"!~", "use NOT REGEXP"}, {"!", "use NOT"}, {"<@", "use list CONTAINS value"}, {":=", "use = to assign"},
	{"^", "write BITXOR(x, y) or POWER(x, y)"}, {"#", "write BITXOR(x, y); comments start with --"},
}

func (l *lexer) symbol() (token, error) {
	switch l.text[l.pos] {
	case '(', ')', ',', ';', '[', ']', '{', '}', '+', '*', '/', '%': // those that start no longer one
		return l.take(tokenSymbol, 1), nil
	}
	rest := l.text[l.pos:]
	if strings.HasPrefix(rest, "!=") {
		return l.take(tokenSymbol, 2), nil
	}
	for _, f := range foreign {
		if strings.HasPrefix(rest, f.symbol) {
			return token{}, l.syntaxError(l.pos, "there is no operator %s; %s", f.symbol, f.instead)
		}
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return l.take(tokenSymbol, len(s)), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return token{}, l.syntaxError(l.pos, "unexpected character %q", r)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHexDigit(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
