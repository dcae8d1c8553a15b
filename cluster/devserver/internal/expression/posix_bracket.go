package expression

import (
	"bytes"
	"fmt"
	"strings"
)

// byteSet is a set of characters.
type byteSet [256]bool

// pattern translates a set. NUL is left out, since no text contains it.
func (s *byteSet) pattern() string {
	var b strings.Builder
	b.WriteByte('[')
	for i := 1; i < len(s); i++ {
		if !s[i] {
			continue
		}
		from := i
		for i+1 < len(s) && s[i+1] {
			i++
		}
		fmt.Fprintf(&b, `\x{%x}-\x{%x}`, from, i)
	}
	if b.Len() == 1 {
		return `[^\x00-\x{10FFFF}]`
	}
	b.WriteByte(']')
	return b.String()
}

// bracket parses a bracket expression up to the closing bracket.
func (p *posix) bracket() piece {
	var set byteSet
	inverted := p.byteAt(0) == '^'
	if inverted {
		p.at++
		// With the newline flag an inverted set does not match a newline.
		set['\n'] = p.newline
	}
	for first := true; first || p.byteAt(0) != ']'; first = false {
		if !p.member(&set, first) {
			return p.fail()
		}
	}
	p.at++
	if inverted {
		for i := range set {
			set[i] = !set[i]
		}
	}
	return piece{set.pattern(), 1}
}

// byteAt returns the character of the pattern at a distance ahead, or 0 after its end.
func (p *posix) byteAt(ahead int) byte {
	if p.at+ahead >= len(p.src) {
		return 0
	}
	return p.src[p.at+ahead]
}

// member parses a character, range or class and adds it to the set.
func (p *posix) member(set *byteSet, first bool) bool {
	if p.byteAt(0) == '-' && !first && p.byteAt(1) != ']' {
		return false // neither first nor last, and not a range
	}
	if p.byteAt(0) == '[' && p.byteAt(1) == ':' {
		return p.class(set)
	}
	equivalent := p.byteAt(0) == '[' && p.byteAt(1) == '='
	from, ok := p.character()
	if !ok {
		return false
	}
	if equivalent || p.byteAt(0) != '-' || p.byteAt(1) == ']' {
		set[from] = true
		return p.byteAt(0) != 0
	}
	p.at++
	if p.byteAt(0) == '[' && (p.byteAt(1) == ':' || p.byteAt(1) == '=') {
		return false
	}
	to, ok := p.character()
	if !ok || from > to {
		return false
	}
	for i := int(from); i <= int(to); i++ {
		set[i] = true
	}
	return true
}

// character parses one character of a set, which can be written between [. and .] or [= and =].
func (p *posix) character() (c byte, ok bool) {
	c = p.byteAt(0)
	if c == 0 {
		return 0, false
	}
	if mark := p.byteAt(1); c == '[' && (mark == '.' || mark == '=') {
		name, ok := p.named(mark)
		if !ok || len(name) != 1 {
			return 0, false
		}
		return p.capital(name[0]), true
	}
	p.at++
	return p.capital(c), true
}

// named parses the text between two marks in inner brackets.
func (p *posix) named(mark byte) ([]byte, bool) {
	rest := p.src[p.at+2:]
	end := bytes.Index(rest, []byte{mark, ']'})
	if end < 0 {
		return nil, false
	}
	p.at += 2 + end + 2
	return rest[:end], true
}

// classes are the named classes of the C locale.
var classes = map[string]func(c byte) bool{
	"alpha":  isLetter,
	"digit":  isDigit,
	"alnum":  func(c byte) bool { return isLetter(c) || isDigit(c) },
	"upper":  func(c byte) bool { return c >= 'A' && c <= 'Z' },
	"lower":  func(c byte) bool { return c >= 'a' && c <= 'z' },
	"space":  func(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' },
	"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
	"punct":  func(c byte) bool { return c > ' ' && c < 0x7f && !isLetter(c) && !isDigit(c) },
	"print":  func(c byte) bool { return c >= ' ' && c < 0x7f },
	"graph":  func(c byte) bool { return c > ' ' && c < 0x7f },
	"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
	"xdigit": func(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' },
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (p *posix) class(set *byteSet) bool {
	name, ok := p.named(':')
	if !ok {
		return false
	}
	in := classes[string(name)]
	if p.ignoreCase && (string(name) == "upper" || string(name) == "lower") {
		in = isLetter
	}
	if in == nil || p.byteAt(0) == 0 {
		return false
	}
	for i := range set {
		set[i] = set[i] || in(byte(i))
	}
	return true
}
