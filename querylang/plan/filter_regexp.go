package plan

import (
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// regexp translates REGEXP with a constant pattern. The servers' regular expressions are those of
// POSIX, for bytes. So a part that they do not have, such as a word boundary or a character outside
// ASCII in a class, is replaced by one that matches more.
func (l *lowering) regexp(e *bind.Match, w want) test {
	if w != isTrue {
		return notPushed
	}
	v, ok := l.value(e.Pattern)
	pattern, isText := v.Text()
	switch {
	case !ok:
		return notPushed
	case !isText || v.Kind() != protocol.KindString:
		return fails // NULL
	case len(pattern) > maxPattern:
		return notPushed
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return notPushed
	}
	p := &posix{}
	p.write(re.Simplify())
	if p.failed || p.b.Len() == 0 || p.b.Len() > maxPOSIX {
		return notPushed
	}
	branches, ok := l.branches(e.X, function.String)
	if !ok {
		return notPushed
	}
	var tests []test
	for i := range branches {
		if b := &branches[i]; b.kind == protocol.KindString {
			node := exp.Node{Op: exp.OpRegex, Number: int64(exp.RegexExtended), Value: protocol.String(p.b.String()), Args: []exp.Node{b.node}}
			tests = append(tests, exactly(node).superset())
		}
	}
	return or(tests...)
}

// Limits of translated regular expressions, whose compilation costs the servers time and memory.
const (
	maxPOSIX  = 4 * maxPattern
	maxPOSIXs = 64 // repetitions
)

// A posix writes a regular expression of POSIX that matches at least the same texts.
type posix struct {
	b       strings.Builder
	repeats int
	failed  bool
}

func (p *posix) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			p.character(r, re.Flags&syntax.FoldCase != 0)
		}
	case syntax.OpCharClass:
		p.class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		p.b.WriteString(oneToFour)
		p.repeat()
	case syntax.OpBeginText:
		p.b.WriteByte('^')
	case syntax.OpEndText:
		p.b.WriteByte('$')
	case syntax.OpCapture:
		p.group(re.Sub[0])
	case syntax.OpStar:
		p.suffix(re.Sub[0], "*")
	case syntax.OpPlus:
		p.suffix(re.Sub[0], "+")
	case syntax.OpQuest:
		p.suffix(re.Sub[0], "?")
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if p.write(sub); p.failed {
				return
			}
		}
	case syntax.OpAlternate:
		p.alternate(re.Sub)
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		// These match no characters; without them more texts match.
	default:
		p.failed = true
	}
}

// repeat counts a repetition.
func (p *posix) repeat() {
	p.repeats++
	p.failed = p.failed || p.repeats > maxPOSIXs
}

func (p *posix) group(re *syntax.Regexp) {
	p.b.WriteByte('(')
	p.part(re)
	p.b.WriteByte(')')
}

// part writes an operand that must not be empty.
func (p *posix) part(re *syntax.Regexp) {
	before := p.b.Len()
	p.write(re)
	p.failed = p.failed || p.b.Len() == before
}

// suffix writes a repetition. That of any characters is that of any bytes.
func (p *posix) suffix(re *syntax.Regexp, suffix string) {
	p.repeat()
	if re.Op == syntax.OpBeginText || re.Op == syntax.OpEndText {
		p.failed = true
	}
	if re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL || re.Op == syntax.OpCharClass && !isASCIIClass(re.Rune) {
		p.b.WriteByte('.')
		if suffix == "?" {
			suffix = "{0,4}"
		}
	} else {
		p.group(re)
	}
	p.b.WriteString(suffix)
}

func (p *posix) alternate(list []*syntax.Regexp) {
	p.b.WriteByte('(')
	for i, sub := range list {
		if i > 0 {
			p.b.WriteByte('|')
		}
		p.part(sub)
	}
	p.b.WriteByte(')')
}

// character writes a character. U+FFFD also stands for bytes that are not UTF-8.
func (p *posix) character(r rune, fold bool) {
	switch {
	case r == 0:
		p.failed = true
	case r == utf8.RuneError, fold && r >= utf8.RuneSelf:
		p.b.WriteString(oneToFour)
		p.repeat()
	case fold && unicode.IsLetter(r):
		p.class(orbit(r))
	case strings.ContainsRune(`.[]{}()*+?|^$\`, r):
		p.b.WriteString(`\` + string(r))
	default:
		p.b.WriteRune(r)
	}
}

// orbit returns a class of the characters that differ from one only in their case.
func orbit(r rune) []rune {
	class := []rune{r, r}
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		class = append(class, f, f)
	}
	return class
}

func isASCIIClass(class []rune) bool {
	for _, r := range class {
		if r >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// class writes a class of characters, given by the first and last ones of its ranges.
func (p *posix) class(class []rune) {
	switch {
	case len(class) == 0:
		p.failed = true // matches nothing
		return
	case !isASCIIClass(class):
		p.b.WriteString(oneToFour)
		p.repeat()
		return
	}
	for _, r := range class {
		if r == 0 || strings.ContainsRune(`]-[^\`, r) {
			p.b.WriteString(oneASCII)
			return
		}
	}
	p.b.WriteByte('[')
	for i := 0; i < len(class); i += 2 {
		p.b.WriteRune(class[i])
		if class[i] != class[i+1] {
			p.b.WriteByte('-')
			p.b.WriteRune(class[i+1])
		}
	}
	p.b.WriteByte(']')
}
