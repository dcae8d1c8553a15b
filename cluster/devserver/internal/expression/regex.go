package expression

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol/exp"
)

// Flags of regular expressions. They are those of the C library, where the newline flag is 4. The
// clients document it as 8 (docs/wire-cdt-exp.md#7.3), but 8 means that sub-matches are not needed
// and has no effect.
const (
	regexExtended   = int64(exp.RegexExtended)
	regexIgnoreCase = int64(exp.RegexIgnoreCase)
	regexNewline    = int64(exp.RegexNewline)
)

// regex builds the match of a string with a pattern.
func (b *builder) regex() (operand, bool) {
	flags, okFlags := b.in.Int()
	pattern, okPattern := b.in.Bytes()
	if !okFlags || !okPattern {
		return operand{}, false
	}
	text, ok := b.one(exp.TypeString)
	if !ok {
		return operand{}, false
	}
	compiled, ok := compilePattern(untilNUL(pattern), flags)
	return operand{node: regex{compiled, flags&regexIgnoreCase != 0, text}, typ: exp.TypeBool}, ok
}

// untilNUL cuts a text at the first NUL, where a C string ends.
func untilNUL(text []byte) []byte {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return text[:i]
	}
	return text
}

type regex struct {
	pattern    *regexp.Regexp
	ignoreCase bool
	text       node
}

func (n regex) eval(f *frame) value {
	v := n.text.eval(f)
	if v.kind != kindString {
		return unknown
	}
	text := untilNUL(v.data)
	if n.ignoreCase {
		text = bytes.Map(upper, bytesAsRunes(text))
	} else {
		text = bytesAsRunes(text)
	}
	return boolean(n.pattern.Match(text))
}

// bytesAsRunes converts each byte to a character, as patterns expect.
func bytesAsRunes(text []byte) []byte {
	for i, c := range text {
		if c >= utf8.RuneSelf {
			wide := bytes.Clone(text[:i])
			for _, c := range text[i:] {
				wide = utf8.AppendRune(wide, rune(c))
			}
			return wide
		}
	}
	return text
}

func upper(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}
