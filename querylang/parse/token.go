package parse

import (
	"strings"

	"github.com/aerosql/aerosql/querylang/ast"
)

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	tokenEnd          tokenKind = iota
	tokenWord                   // a keyword or an unquoted name
	tokenQuotedName             // `...`
	tokenDoubleQuoted           // "...": a name, or in some places of AQL a string
	tokenString                 // '...'
	tokenBlob                   // X'...'
	tokenInteger
	tokenFloat
	tokenParam // ?, ?1, $1, :name, @name
	tokenSymbol
	tokenInvalid // what the lexer can't read
)

// A token is a lexical unit of a statement.
type token struct {
	kind tokenKind
	pos  ast.Pos
	end  ast.Pos
	// text is the token as written. For quoted tokens it is the content of the quotes.
	text string
}

// is reports whether the token is a keyword, which must be in upper case.
func (t token) is(keyword string) bool {
	return t.kind == tokenWord && len(t.text) == len(keyword) && strings.EqualFold(t.text, keyword)
}

// isAny reports whether the token is one of some keywords.
func (t token) isAny(keywords ...string) bool {
	for _, k := range keywords {
		if t.is(k) {
			return true
		}
	}
	return false
}

// isSymbol reports whether the token is an operator or a punctuation mark.
func (t token) isSymbol(symbol string) bool {
	return t.kind == tokenSymbol && t.text == symbol
}

// isName reports whether the token can be a name.
func (t token) isName() bool {
	switch t.kind {
	case tokenQuotedName, tokenDoubleQuoted:
		return true
	case tokenWord:
		return !ast.IsReserved(t.text)
	}
	return false
}

// startsOperand reports whether an operand can start with the token.
func (t token) startsOperand() bool {
	switch t.kind {
	case tokenEnd, tokenInvalid:
		return false
	case tokenSymbol:
		return t.text == "(" || t.text == "-" || t.text == "+" || t.text == "~"
	case tokenWord:
		return !ast.IsReserved(t.text) || ast.IsNiladic(t.text) || t.isAny("NOT", "NULL", "TRUE", "FALSE", "CASE", "EXISTS")
	}
	return true
}

// startsQuery reports whether a query starts with the token.
func (t token) startsQuery() bool { return t.isAny("SELECT", "VALUES", "WITH") }

// describe names the token for an error message.
func (t token) describe() string {
	switch t.kind {
	case tokenEnd:
		return endOfStatement
	case tokenString:
		return "a string"
	case tokenBlob:
		return "a blob"
	case tokenQuotedName, tokenDoubleQuoted:
		return "the name " + ast.QuoteName(t.text)
	}
	return t.text
}

const endOfStatement = "the end of the statement"
