package ast

import (
	"strings"
	"unicode"
)

// reserved holds the words that must be quoted to be names. It is short, so that names of bins
// rarely need quotes. The last two lines are values that SQL writes as words: read as bins they
// would silently be NULL.
var reserved = Words(`ALL AND AS ASC BETWEEN BY CASE CROSS DELETE DESC DISTINCT ELSE EXISTS FALSE FROM FULL
	GROUP HAVING IN INNER INSERT INTO IS JOIN LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER
	RETURNING RIGHT SELECT SET THEN TRUE UNION UPDATE USING VALUES WHEN WHERE
	CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIMESTAMP LOCALTIME CURRENT_USER SESSION_USER
	SYSTEM_USER CURRENT_ROLE CURRENT_SCHEMA CURRENT_CATALOG`)

// niladic holds the functions that are written without parentheses.
var niladic = Words(`CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIMESTAMP LOCALTIME CURRENT_USER
	SESSION_USER SYSTEM_USER CURRENT_ROLE CURRENT_SCHEMA CURRENT_CATALOG`)

// A WordMap maps words in upper case to values. Lookups ignore the case.
type WordMap[T any] map[string]T

// maxWordLen is at least the length of the longest word in any WordMap.
const maxWordLen = 24

// Find returns the value of a word. It does not allocate.
func (m WordMap[T]) Find(word string) (value T, ok bool) {
	if len(word) > maxWordLen {
		return value, false
	}
	var upper [maxWordLen]byte
	for i := range len(word) {
		upper[i] = word[i]
		if c := word[i]; c >= 'a' && c <= 'z' {
			upper[i] = c - 'a' + 'A'
		}
	}
	value, ok = m[string(upper[:len(word)])]
	return value, ok
}

// Words returns a set of words, which are separated by blanks in the text.
func Words(text string) WordMap[bool] {
	set := make(WordMap[bool])
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// IsReserved reports whether a word must be quoted to be a name.
func IsReserved(word string) bool {
	_, ok := reserved.Find(word)
	return ok
}

// IsNiladic reports whether a word is a function that is written without parentheses, such as
// CURRENT_TIMESTAMP.
func IsNiladic(word string) bool {
	_, ok := niladic.Find(word)
	return ok
}

// WordLength returns the length in bytes of the unquoted word that the text starts with, or 0.
func WordLength(text string) int {
	for i, r := range text {
		if r == '_' || unicode.IsLetter(r) || i > 0 && unicode.IsDigit(r) {
			continue
		}
		return i
	}
	return len(text)
}

// QuoteName returns a name as it is written in a statement, in backquotes if it needs quotes. The
// result is valid in every dialect.
func QuoteName(name string) string {
	if name != "" && WordLength(name) == len(name) && !IsReserved(name) {
		return name
	}
	return quoted(name, '`')
}

func quoted(name string, quote byte) string {
	q := string(rune(quote))
	return q + strings.ReplaceAll(name, q, q+q) + q
}

// String returns the name as SQL, with the quotes that it was written with.
func (n Name) String() string {
	if n.Quote != 0 {
		return quoted(n.Text, n.Quote)
	}
	return QuoteName(n.Text)
}

// IsZero reports whether there is no name.
func (n Name) IsZero() bool { return n.Text == "" }

// Is reports whether the name is an unquoted word. The word must be in upper case.
func (n Name) Is(word string) bool { return n.Quote == 0 && strings.EqualFold(n.Text, word) }

// NullSet is the unquoted name of the records without a set.
const NullSet = "NULL"

// IsNullSet reports whether the table is the records without a set.
func (t TableName) IsNullSet() bool { return t.Set.Quote == 0 && t.Set.Text == NullSet }

// Position returns the position of the table's first name.
func (t TableName) Position() Pos {
	if !t.Namespace.IsZero() {
		return t.Namespace.Pos
	}
	return t.Set.Pos
}

// String returns the table as SQL.
func (t TableName) String() string {
	s := t.Set.String()
	if t.IsNullSet() {
		s = NullSet
	}
	if !t.Namespace.IsZero() {
		s = t.Namespace.String() + "." + s
	}
	if !t.Bin.IsZero() {
		s += "/" + t.Bin.String()
	}
	return s
}

// String returns the type as SQL.
func (t TypeName) String() string {
	if len(t.Args) == 0 {
		return t.Name
	}
	args := "("
	for i, n := range t.Args {
		if i > 0 {
			args += ", "
		}
		args += (&Literal{Value: intValue(n)}).String()
	}
	args += ")"
	first, rest, _ := strings.Cut(t.Name, " ")
	switch word, _, _ := strings.Cut(rest, " "); word {
	case "WITH", "WITHOUT", "UNSIGNED", "SIGNED":
		return first + args + " " + rest
	}
	return t.Name + args
}
