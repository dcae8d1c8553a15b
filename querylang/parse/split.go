package parse

import (
	"unicode/utf8"

	"github.com/aerosql/aerosql/querylang/ast"
)

// Split returns the first statement of a text without its semicolon, and the text after it. It
// reports false if no semicolon ends the statement, or if a string, a quoted name or a comment is
// not closed; first is the whole text then. Semicolons in these don't count. The statement may have
// mistakes.
func Split(text string) (first, rest string, ended bool) {
	l := lexer{text: text}
	for l.skipBlanks() == nil && l.pos < len(text) {
		switch c := text[l.pos]; c {
		case '\'', '"', '`':
			if _, err := l.quoted(tokenString, c, ""); err != nil {
				return text, "", false
			}
		case ';':
			return text[:l.pos], text[l.pos+1:], true
		default:
			_, size := utf8.DecodeRuneInString(text[l.pos:])
			l.pos += max(size, ast.WordLength(text[l.pos:]))
		}
	}
	return text, "", false
}

// IsBlank reports whether a text has no statement: only white space and comments.
func IsBlank(text string) bool {
	l := lexer{text: text}
	return l.skipBlanks() == nil && l.pos == len(text)
}
