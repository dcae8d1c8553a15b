package querylang

import "strings"

// tokenKind says what a token is.
type tokenKind uint8

const (
	tokenEnd          tokenKind = iota
	tokenWord                   // a keyword or an unquoted name
	tokenQuotedName             // `...`
	tokenDoubleQuoted           // "...": a name, or in AQL perhaps a string
	tokenString                 // '...'
	tokenBlob                   // X'...'
	tokenInteger
	tokenFloat
	tokenParam // ?, $1, :name, @name
	tokenSymbol
)

// A token is one word of a statement.
type token struct {
	kind tokenKind
	pos  Pos
	// text is the token as it stands, except for quoted ones, which have their quotes removed.
	text string
}

// is reports whether the token is the keyword, which is given in upper case.
func (t token) is(keyword string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, keyword)
}

// isSymbol reports whether the token is the operator or punctuation mark.
func (t token) isSymbol(symbol string) bool {
	return t.kind == tokenSymbol && t.text == symbol
}

// describe names the token for an error message.
func (t token) describe() string {
	switch t.kind {
	case tokenEnd:
		return "the end of the statement"
	case tokenString:
		return "a string"
	case tokenBlob:
		return "a blob"
	case tokenQuotedName, tokenDoubleQuoted:
		return "the name " + quoteName(t.text)
	}
	return t.text
}

// reserved holds the words that must be quoted to be used as a name. It is
// short so that the names people give to bins seldom need quotes.
var reserved = wordSet(`ALL AND AS ASC BETWEEN BY CASE CROSS DELETE DESC DISTINCT EXISTS FALSE FROM FULL GROUP
	HAVING IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER RETURNING RIGHT
	SELECT SET TRUE UNION UPDATE USING VALUES WHERE`)

// A wordMap finds words in any case.
type wordMap[T any] map[string]T

// maxWordLen is the length of the longest word in any wordMap, with room to spare.
const maxWordLen = 24

// find looks a word up.
func (m wordMap[T]) find(word string) (value T, ok bool) {
	if len(word) > maxWordLen {
		return value, false
	}
	var upper [maxWordLen]byte // on the stack: looking a word up does not allocate
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
