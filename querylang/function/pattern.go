package function

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/querylang/ast"
)

// A Pattern is a compiled pattern of LIKE, ILIKE or REGEXP. It is safe for concurrent use.
type Pattern struct {
	match func(text string) bool
}

// Escape returns the escape character of a text after ESCAPE, which must be one character.
func Escape(text string) (rune, error) {
	r, size := utf8.DecodeRuneInString(text)
	if text == "" || size != len(text) {
		return 0, fmt.Errorf("ESCAPE needs a string of one character, not %q", text)
	}
	return r, nil
}

// NoEscape is the escape character of a LIKE without ESCAPE.
const NoEscape = noEscape

// NewPattern compiles a pattern. The escape character is that of LIKE and ILIKE, or NoEscape. As in
// the servers' regular expressions and in SQLite, a text is read up to its first NUL. A LIKE
// without wildcards is an equality.
func NewPattern(op ast.MatchOp, pattern string, escape rune) (*Pattern, error) {
	if op == ast.Regexp {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("the pattern of REGEXP is not a regular expression: %w", err)
		}
		return &Pattern{func(text string) bool { return re.MatchString(beforeNUL(text)) }}, nil
	}
	if !isLikePattern(pattern, escape) {
		return nil, fmt.Errorf("the pattern %q ends with its escape character", pattern)
	}
	if text, ok := likeText(pattern, escape); ok && op == ast.Like {
		return &Pattern{func(s string) bool { return s == text }}, nil
	}
	match := likeMatcher(op, pattern, escape)
	return &Pattern{func(text string) bool { return match(beforeNUL(text)) }}, nil
}

// beforeNUL returns a text up to its first NUL, where the servers' regular expressions stop
// reading.
func beforeNUL(text string) string {
	if i := strings.IndexByte(text, 0); i >= 0 {
		return text[:i]
	}
	return text
}

// likeMatcher returns the function that matches texts with a pattern of LIKE or ILIKE.
func likeMatcher(op ast.MatchOp, pattern string, escape rune) func(text string) bool {
	if op == ast.ILike {
		folded := strings.ToLower(pattern)
		return func(text string) bool { return matchLike(strings.ToLower(text), folded, escape) }
	}
	if prefix, ok := likePrefix(pattern, escape); ok {
		return func(text string) bool { return strings.HasPrefix(text, prefix) }
	}
	return func(text string) bool { return matchLike(text, pattern, escape) }
}

// likeText returns the text that a pattern without wildcards is.
func likeText(pattern string, escape rune) (string, bool) {
	var text strings.Builder
	for {
		wild, literal, size := nextLike(pattern, escape)
		switch {
		case size == 0:
			return text.String(), true
		case wild != 0, literal == utf8.RuneError: // or not UTF-8
			return "", false
		}
		text.WriteRune(literal)
		pattern = pattern[size:]
	}
}

// likePrefix returns the text before the only wildcard of a pattern such as 'abc%'.
func likePrefix(pattern string, escape rune) (string, bool) {
	prefix, found := strings.CutSuffix(pattern, "%")
	if !found || strings.ContainsAny(prefix, "%_") || escape != noEscape && strings.ContainsRune(prefix, escape) {
		return "", false
	}
	return prefix, true
}

// Match reports whether the whole text matches a LIKE pattern, or whether a part of it matches a
// regular expression.
func (p *Pattern) Match(text string) bool { return p.match(text) }
