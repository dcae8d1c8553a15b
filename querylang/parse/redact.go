package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// Redact returns a text of statements with ? in the place of each literal, so that it shows no
// values: for logs and traces. After the word PASSWORD names are replaced too, because they may be
// the password. Comments are left out. What follows a mistake of the lexer, such as a string that
// does not end, is left out too.
func Redact(text string, dialect Dialect) string {
	var b strings.Builder
	b.Grow(len(text))
	l := lexer{text: text}
	last, password := token{}, ast.PasswordAt(text)
	for t := l.next(); t.kind != tokenEnd; t = l.next() {
		if last.end < t.pos && b.Len() > 0 {
			b.WriteByte(' ')
		}
		switch {
		case t.kind == tokenInvalid:
			b.WriteString("...")
			return b.String()
		case t.isSymbol(";"):
			password = -1
			b.WriteByte(';')
		case t.isValue(dialect), password >= 0 && int(t.pos) >= password && t.mayBePassword():
			b.WriteByte('?')
		default:
			b.WriteString(text[t.pos:t.end])
		}
		last = t
	}
	return b.String()
}

// mayBePassword reports whether a token after the word PASSWORD may be the password, and is none of
// the words that can follow.
func (t token) mayBePassword() bool {
	switch t.kind {
	case tokenWord, tokenDoubleQuoted, tokenQuotedName:
		return !t.isAny("BY", "FOR", "TO", "ROLE", "ROLES")
	}
	return false
}

// isValue reports whether the token is a literal, or may be one.
func (t token) isValue(dialect Dialect) bool {
	switch t.kind {
	case tokenString, tokenBlob, tokenInteger, tokenFloat:
		return true
	case tokenDoubleQuoted:
		return dialect == AQL
	}
	return false
}

// secretWords are the words of statements that may contain passwords.
var secretWords = ast.Words("USER ROLE PASSWORD IDENTIFIED")

// MayHoldSecrets reports whether a text may contain a password: if it has a word such as PASSWORD
// or USER, or if the lexer can't read it. Its literals must not be shown.
func MayHoldSecrets(text string) bool {
	l := lexer{text: text}
	for t := l.next(); t.kind != tokenEnd; t = l.next() {
		if t.kind == tokenInvalid {
			return true
		}
		if t.kind != tokenWord {
			continue
		}
		if _, secret := secretWords.Find(t.text); secret {
			return true
		}
	}
	return false
}
