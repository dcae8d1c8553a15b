package plan

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// maxPattern is the size in bytes of the longest pattern that is translated to a regular
// expression.
const maxPattern = 512

// match translates LIKE, ILIKE and REGEXP. LIKE 'x%' becomes a range of strings, other patterns
// become regular expressions.
func (l *lowering) match(e *bind.Match, w want) test {
	w = w.oppositeIf(e.Not)
	if !l.isConstant(e.Pattern) || e.Escape != nil && !l.isConstant(e.Escape) {
		return notPushed
	}
	if e.Op == ast.Regexp {
		return l.regexp(e, w)
	}
	p, ok := l.likePattern(e)
	if !ok {
		return notPushed
	}
	if p == nil {
		return fails // NULL, or not a string
	}
	if t, ok := l.matchFolded(e.X, p, w); ok {
		return t
	}
	return l.matches(e.X, p, w)
}

// A likePart is text of a pattern, or one of its wildcards.
type likePart struct {
	wild byte // '%', '_', or 0 for text
	text string
}

// A like is the pattern of a LIKE or ILIKE.
type like struct {
	parts      []likePart
	ignoreCase bool
	upper      bool // the cases are those that upper case removes, not lower case
}

// likePattern returns the pattern, or nil if it is not a string. It returns false for a pattern
// that is not translated.
func (l *lowering) likePattern(e *bind.Match) (*like, bool) {
	v, ok := l.value(e.Pattern)
	pattern, isText := v.Text()
	if !ok || !isText || v.Kind() != protocol.KindString {
		return nil, ok
	}
	escape := function.NoEscape
	if e.Escape != nil {
		v, ok := l.value(e.Escape)
		s, isText := v.Text()
		if !ok || !isText || v.Kind() != protocol.KindString {
			return nil, ok
		}
		var err error
		if escape, err = function.Escape(s); err != nil {
			return nil, false
		}
	}
	// Text that is not UTF-8 has its own rules, and a regular expression can't have a NUL.
	if len(pattern) > maxPattern || strings.ContainsAny(pattern, "\x00\uFFFD") || !utf8.ValidString(pattern) {
		return nil, false
	}
	if _, err := function.NewPattern(e.Op, pattern, escape); err != nil {
		return nil, false
	}
	p := &like{ignoreCase: e.Op == ast.ILike}
	if p.ignoreCase {
		if escape != function.NoEscape && escape >= utf8.RuneSelf {
			return nil, false
		}
		pattern = strings.ToLower(pattern)
	}
	p.parse(pattern, escape)
	return p, true
}

func (p *like) parse(pattern string, escape rune) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			p.parts = append(p.parts, likePart{text: text.String()})
			text.Reset()
		}
	}
	escaped := false
	for _, r := range pattern {
		switch {
		case !escaped && r == escape:
			escaped = true
			continue
		case !escaped && (r == '%' || r == '_'):
			flush()
			p.parts = append(p.parts, likePart{wild: byte(r)})
		default:
			text.WriteRune(r)
		}
		escaped = false
	}
	flush()
}

// test returns the test that a string matches, or does not match, the pattern.
func (p *like) test(s exp.Node, matches bool) test {
	var t test
	switch {
	case p.ignoreCase || len(p.parts) > 2:
		return p.regex(s, matches)
	case len(p.parts) == 0:
		t = hasText(s, "")
	case len(p.parts) == 1 && p.parts[0].wild == 0:
		t = hasText(s, p.parts[0].text)
	case len(p.parts) == 1 && p.parts[0].wild == '%':
		// Every string matches; the comparison is unknown for other values.
		t = exactly(exp.NewNode(exp.OpGe, s, text("")))
	case len(p.parts) == 2 && p.parts[0].wild == 0 && p.parts[1].wild == '%':
		t = hasPrefix(s, p.parts[0].text)
	default:
		return p.regex(s, matches)
	}
	if !matches {
		return exactly(negated(t.node))
	}
	return t
}

func text(s string) exp.Node { return exp.NewLiteral(protocol.String(s)) }

// hasText returns the test that a string is a text.
func hasText(s exp.Node, is string) test { return exactly(exp.NewNode(exp.OpEq, s, text(is))) }

// hasPrefix returns the range of the strings that start with a prefix.
func hasPrefix(s exp.Node, prefix string) test {
	end := []byte(prefix)
	end[len(end)-1]++ // valid UTF-8 has no byte 0xff
	return exactly(exp.NewNode(exp.OpAnd, exp.NewNode(exp.OpGe, s, text(prefix)), exp.NewNode(exp.OpLt, s, text(string(end)))))
}

// Parts of the server's regular expressions, which work on bytes. A character has one to four.
const (
	anyText       = ".*"
	oneToFour     = ".{1,4}"
	oneASCII      = "[\x01-\x7f]"
	maxCharacters = 8 // more than these in a row match any text
)

// foldsTo are the characters outside ASCII that are these letters in lower case, and risesTo those
// that are these letters in upper case or lower case, with | between them.
var (
	foldsTo = map[rune]string{'k': "\u212a", 'i': "\u0130"}
	risesTo = map[rune]string{'k': "\u212a", 'i': "\u0130|\u0131", 's': "\u017f"}
)

// regex returns a test with a regular expression. For _ it matches too much where the test is for
// strings that match, and too little where it is for strings that do not.
func (p *like) regex(s exp.Node, matches bool) test {
	var b strings.Builder
	b.WriteByte('^')
	exact, run := true, 0
	for i, part := range p.parts {
		switch {
		case part.wild == '%':
			b.WriteString(anyText)
		case part.wild == '_':
			exact = false
			if run++; i+1 < len(p.parts) && p.parts[i+1].wild == '_' {
				continue
			}
			if !p.characters(&b, run, matches) {
				return notPushed
			}
			run = 0
		default:
			if !p.literal(&b, part.text, matches) {
				return notPushed
			}
			exact = exact && (!p.ignoreCase || isASCII(part.text))
		}
	}
	b.WriteByte('$')
	flags := exp.RegexExtended
	if p.ignoreCase {
		flags |= exp.RegexIgnoreCase
	}
	node := exp.Node{Op: exp.OpRegex, Number: int64(flags), Value: protocol.String(b.String()), Args: []exp.Node{s}}
	if !matches {
		node = negated(node)
	}
	t := exactly(node)
	if !exact {
		t = t.superset()
	}
	return t
}

// characters writes what n wildcards for one character match.
func (p *like) characters(b *strings.Builder, n int, matches bool) bool {
	switch {
	case !matches:
		b.WriteString(oneASCII)
		if n > 1 {
			fmt.Fprintf(b, "{%d}", n)
		}
		return n <= maxPattern/4
	case n > maxCharacters:
		b.WriteString(".+")
	case n == 1:
		b.WriteString(oneToFour)
	default:
		fmt.Fprintf(b, ".{%d,%d}", n, 4*n)
	}
	return true
}

// literal writes a text itself. Other letters than those of ASCII have no cases on the server.
func (p *like) literal(b *strings.Builder, text string, matches bool) bool {
	others := foldsTo
	if p.upper {
		others = risesTo
	}
	for _, r := range text {
		switch {
		case p.ignoreCase && r >= utf8.RuneSelf:
			if !matches {
				return false
			}
			b.WriteString(oneToFour)
		case p.ignoreCase && others[r] != "":
			b.WriteString("(" + string(r) + "|" + others[r] + ")")
		case strings.ContainsRune(`.[]{}()*+?|^$\`, r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return true
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
