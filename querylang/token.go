package querylang

import "strings"

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
	tokenParam // ?, $1, :name, @name
	tokenSymbol
)

// A token is a lexical unit of a statement.
type token struct {
	kind tokenKind
	pos  Pos
	// text is the token as written. For quoted tokens it is the content of the quotes.
	text string
}

// is reports whether the token is a keyword, which must be in upper case.
func (t token) is(keyword string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, keyword)
}

// isSymbol reports whether the token is an operator or a punctuation mark.
func (t token) isSymbol(symbol string) bool {
	return t.kind == tokenSymbol && t.text == symbol
}

// startsOperand reports whether an operand can start with the token. It is used for error messages
// only.
func (t token) startsOperand() bool {
	switch t.kind {
	case tokenEnd:
		return false
	case tokenSymbol:
		return t.text == "(" || t.text == "-" || t.text == "*"
	case tokenWord:
		return !isReserved(t.text) || t.is("NOT") || t.is("NULL") || t.is("TRUE") || t.is("FALSE")
	}
	return true
}

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
		return "the name " + quoteName(t.text)
	}
	return t.text
}

// reserved holds the words that must be quoted to be names. It is short, so that names of bins
// rarely need quotes.
var reserved = wordSet(`ALL AND AS ASC BETWEEN BY CASE CROSS DELETE DESC DISTINCT EXISTS FALSE FROM FULL GROUP
	HAVING IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER RETURNING RIGHT
	SELECT SET TRUE UNION UPDATE USING VALUES WHERE`)

// A wordMap maps words in upper case to values. Lookups ignore the case.
type wordMap[T any] map[string]T

// maxWordLen is at least the length of the longest word in any wordMap.
const maxWordLen = 24

// find returns the value of a word.
func (m wordMap[T]) find(word string) (value T, ok bool) {
	if len(word) > maxWordLen {
		return value, false
	}
	var upper [maxWordLen]byte // on the stack, so find does not allocate
	for i := range len(word) {
		upper[i] = word[i]
		if c := word[i]; c >= 'a' && c <= 'z' {
			upper[i] = c - 'a' + 'A'
		}
	}
	value, ok = m[string(upper[:len(word)])]
	return value, ok
}

func wordSet(words string) wordMap[bool] {
	set := make(wordMap[bool])
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

func isReserved(word string) bool {
	_, ok := reserved.find(word)
	return ok
}
