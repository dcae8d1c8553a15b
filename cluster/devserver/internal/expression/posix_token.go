package expression

// tokenKind is the kind of a part of a pattern.
type tokenKind uint8

const (
	tokenChar tokenKind = iota
	tokenEnd
	tokenInvalid
	tokenAlternative
	tokenOpen
	tokenClose
	tokenRepeat // has limits: * + ?
	tokenInterval
	tokenCloseInterval
	tokenBracket
	tokenClass // translation of a named class
	tokenAnchor
)

// A token is a part of a pattern.
type token struct {
	kind      tokenKind
	char      byte
	low, high int    // of a repetition
	pattern   string // of a class or anchor
}

// fetch reads the next token.
func (p *posix) fetch() {
	var width int
	p.now, width = p.tokenAt(p.at)
	p.at += width
	p.caret = false
}

// capital returns a character of the pattern, in upper case if case is ignored.
func (p *posix) capital(c byte) byte {
	if p.ignoreCase {
		return byte(upper(rune(c)))
	}
	return c
}

// tokenAt reads the token at a position and returns its length.
func (p *posix) tokenAt(at int) (token, int) {
	if at >= len(p.src) {
		return token{kind: tokenEnd}, 0
	}
	c := p.src[at]
	if c == '\\' {
		if at+1 == len(p.src) {
			return token{kind: tokenInvalid}, 1
		}
		return p.escaped(p.src[at+1]), 2
	}
	switch c {
	case '^':
		if p.extended || at == 0 || p.caret {
			return p.anchor(c, "^"), 1
		}
	case '$':
		if p.extended || p.endsBranch(at+1) {
			return p.anchor(c, "$"), 1
		}
	case '.':
		if p.newline {
			return token{kind: tokenClass, char: c, pattern: `[^\n]`}, 1
		}
		return token{kind: tokenClass, char: c, pattern: "(?s:.)"}, 1
	case '[':
		return token{kind: tokenBracket, char: c}, 1
	case '*':
		return operatorToken(c), 1
	}
	if p.extended {
		return p.plainOperator(c), 1
	}
	return token{char: p.capital(c)}, 1
}

// endsBranch reports whether a $ before this position is at the end of a branch.
func (p *posix) endsBranch(at int) bool {
	next, _ := p.tokenAt(at)
	return next.kind == tokenEnd || next.kind == tokenAlternative || next.kind == tokenClose
}

func (p *posix) anchor(c byte, pattern string) token {
	if p.newline {
		pattern = "(?m:" + pattern + ")"
	} else if c == '$' {
		pattern = `\z`
	}
	return token{kind: tokenAnchor, char: c, pattern: pattern}
}

// plainOperator returns the token of a character that is an operator only in extended patterns if
// it is not escaped.
func (p *posix) plainOperator(c byte) token {
	if t := operatorToken(c); t.kind != tokenChar {
		return t
	}
	return token{char: p.capital(c)}
}

func operatorToken(c byte) token {
	switch c {
	case '|':
		return token{kind: tokenAlternative, char: c}
	case '(':
		return token{kind: tokenOpen, char: c}
	case ')':
		return token{kind: tokenClose, char: c}
	case '{':
		return token{kind: tokenInterval, char: c}
	case '}':
		return token{kind: tokenCloseInterval, char: c}
	case '*':
		return token{kind: tokenRepeat, char: c, low: 0, high: unbounded}
	case '+':
		return token{kind: tokenRepeat, char: c, low: 1, high: unbounded}
	case '?':
		return token{kind: tokenRepeat, char: c, low: 0, high: 1}
	}
	return token{char: c}
}

// escaped returns the token of a character after a backslash. Back-references are not supported.
func (p *posix) escaped(c byte) token {
	switch c {
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return token{kind: tokenInvalid}
	case '<', '>', 'b':
		return token{kind: tokenAnchor, char: c, pattern: `\b`}
	case 'B':
		return token{kind: tokenAnchor, char: c, pattern: `\B`}
	case '`':
		return token{kind: tokenAnchor, char: c, pattern: `\A`}
	case '\'':
		return token{kind: tokenAnchor, char: c, pattern: `\z`}
	case 'w', 'W':
		return token{kind: tokenClass, char: c, pattern: `\` + string(rune(c))}
	case 's':
		return token{kind: tokenClass, char: c, pattern: `[\t-\r ]`}
	case 'S':
		return token{kind: tokenClass, char: c, pattern: `[^\t-\r ]`}
	case '|', '(', ')', '{', '}', '+', '?':
		if !p.extended {
			return operatorToken(c)
		}
	}
	return token{char: c}
}
