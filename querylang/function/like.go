package function

import "unicode/utf8"

// noEscape is the escape character of a LIKE without ESCAPE. It is not equal to any character.
const noEscape rune = -1

// isLikePattern reports whether the pattern is valid: it does not end with an escape character.
func isLikePattern(pattern string, escape rune) bool {
	escaped := false
	for _, r := range pattern {
		escaped = !escaped && r == escape
	}
	return !escaped
}

// matchLike reports whether the whole text matches the pattern: % matches any characters, _ any one
// character. The time is at most proportional to the product of the lengths, because matchLike only
// backtracks to the last %.
func matchLike(text, pattern string, escape rune) bool {
	t, p := 0, 0
	retryText, retryPattern := -1, -1
	for {
		wild, literal, size := nextLike(pattern[p:], escape)
		if wild == '%' {
			p += size
			retryText, retryPattern = t, p
			continue
		}
		if t == len(text) && size == 0 {
			return true
		}
		if t < len(text) && size > 0 {
			r, width := utf8.DecodeRuneInString(text[t:])
			if wild == '_' || r == literal {
				t, p = t+width, p+size
				continue
			}
		}
		if retryPattern < 0 || retryText >= len(text) {
			return false
		}
		_, width := utf8.DecodeRuneInString(text[retryText:])
		retryText += width
		t, p = retryText, retryPattern
	}
}

// nextLike returns the first element of a pattern, a wildcard or a literal character, and its
// length in bytes. The length is 0 at the end of the pattern.
func nextLike(pattern string, escape rune) (wild byte, literal rune, size int) {
	r, size := utf8.DecodeRuneInString(pattern)
	switch {
	case size == 0:
		return 0, 0, 0
	case r == escape:
		r, n := utf8.DecodeRuneInString(pattern[size:])
		return 0, r, size + n
	case r == '%' || r == '_':
		return byte(r), 0, size
	}
	return 0, r, size
}
