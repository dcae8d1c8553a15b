package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Limits of patterns.
const (
	maxCaptures   = 32
	maxMatchDepth = 200
)

// Special lengths of a capture.
const (
	unfinished = -1
	position   = -2
)

const escape = '%'

// A matcher matches a pattern against a string. It counts its steps, because a pattern can be
// written so that it needs a very large number of them. gopher-lua's own matcher cannot be
// interrupted.
type matcher struct {
	call
	text, pattern string
	captures      []capture
	depth         int
}

type capture struct{ start, size int }

// newMatcher returns a matcher and the index of the pattern's first item, after an anchor. An
// anchored pattern matches at one position only.
func newMatcher(c call, text, pattern string) (m *matcher, first int) {
	if strings.HasPrefix(pattern, "^") {
		first = 1
	}
	return &matcher{call: c, text: text, pattern: pattern}, first
}

// at matches the pattern from index p on at position s of the text. It returns the end of the
// match, or -1.
func (m *matcher) at(s, p int) int {
	m.captures, m.depth = m.captures[:0], 0
	return m.match(s, p)
}

func (m *matcher) match(s, p int) int {
	if m.depth++; m.depth > maxMatchDepth {
		m.RaiseError("pattern too complex")
	}
	end := m.matchItems(s, p)
	m.depth--
	return end
}

// matchItems matches items in a loop as long as it needs no backtracking.
func (m *matcher) matchItems(s, p int) int {
	for p < len(m.pattern) {
		m.work(1)
		switch next := m.peek(p + 1); m.pattern[p] {
		case '(':
			if next == ')' {
				return m.startCapture(s, p+2, position)
			}
			return m.startCapture(s, p+1, unfinished)
		case ')':
			return m.endCapture(s, p+1)
		case '$':
			if p+1 == len(m.pattern) {
				if s == len(m.text) {
					return s
				}
				return -1
			}
		case escape:
			if after, handled := m.matchSpecial(&s, p, next); handled {
				if s < 0 {
					return -1
				}
				p = after
				continue
			}
		}
		class := p
		p = m.classEnd(p)
		end, more := m.matchQuantified(&s, class, &p)
		if !more {
			return end
		}
	}
	return s
}

// peek returns a byte of the pattern, or 0 at its end.
func (m *matcher) peek(p int) byte {
	if p < len(m.pattern) {
		return m.pattern[p]
	}
	return 0
}

// matchSpecial matches %b, %f and references to captures. It sets s to -1 if they do not match.
func (m *matcher) matchSpecial(s *int, p int, kind byte) (after int, handled bool) {
	switch {
	case kind == 'b':
		*s = m.balanced(*s, p+2)
		return p + 4, true
	case kind == 'f':
		p += 2
		if m.peek(p) != '[' {
			m.RaiseError("missing '[' after '%%f' in pattern")
		}
		after = m.classEnd(p)
		before, here := byte(0), byte(0)
		if *s > 0 {
			before = m.text[*s-1]
		}
		if *s < len(m.text) {
			here = m.text[*s]
		}
		if m.inSet(before, p, after-1) || !m.inSet(here, p, after-1) {
			*s = -1
		}
		return after, true
	case isDigit(kind):
		*s = m.backReference(*s, int(kind)-'1')
		return p + 2, true
	}
	return p, false
}

// matchQuantified matches one character class with its quantifier. more is true if the caller
// should continue at s and p, which it has advanced.
func (m *matcher) matchQuantified(s *int, class int, p *int) (end int, more bool) {
	once := m.singleMatch(*s, class, *p)
	switch m.peek(*p) {
	case '?':
		if once {
			if end := m.match(*s+1, *p+1); end >= 0 {
				return end, false
			}
		}
		*p++
		return 0, true
	case '+':
		if !once {
			return -1, false
		}
		return m.matchMax(*s+1, class, *p), false
	case '*':
		return m.matchMax(*s, class, *p), false
	case '-':
		return m.matchMin(*s, class, *p), false
	}
	if !once {
		return -1, false
	}
	*s++
	return 0, true
}

// matchMax matches as many characters as possible and then backtracks one by one.
func (m *matcher) matchMax(s, class, p int) int {
	n := 0
	for m.singleMatch(s+n, class, p) {
		n++
	}
	m.work(n)
	for ; n >= 0; n-- {
		if end := m.match(s+n, p+1); end >= 0 {
			return end
		}
	}
	return -1
}

// matchMin matches as few characters as possible, one more at a time.
func (m *matcher) matchMin(s, class, p int) int {
	for {
		if end := m.match(s, p+1); end >= 0 {
			return end
		}
		if !m.singleMatch(s, class, p) {
			return -1
		}
		s++
	}
}

func (m *matcher) startCapture(s, p, size int) int {
	if len(m.captures) >= maxCaptures {
		m.RaiseError("too many captures")
	}
	m.captures = append(m.captures, capture{s, size})
	level := len(m.captures)
	end := m.match(s, p)
	if end < 0 {
		m.captures = m.captures[:level-1]
	}
	return end
}

func (m *matcher) endCapture(s, p int) int {
	i := len(m.captures) - 1
	for ; i >= 0 && m.captures[i].size != unfinished; i-- {
		continue
	}
	if i < 0 {
		m.RaiseError("invalid pattern capture")
	}
	m.captures[i].size = s - m.captures[i].start
	end := m.match(s, p)
	if end < 0 {
		m.captures[i].size = unfinished
	}
	return end
}

// backReference matches the text of an earlier capture.
func (m *matcher) backReference(s, i int) int {
	if i < 0 || i >= len(m.captures) || m.captures[i].size == unfinished {
		m.RaiseError("invalid capture index %%%d", i+1)
	}
	c := m.captures[i]
	if c.size == position { // its length is larger than any text
		return -1
	}
	if strings.HasPrefix(m.text[s:], m.text[c.start:c.start+c.size]) {
		return s + c.size
	}
	return -1
}

// balanced matches %bxy: a balanced string that starts with x and ends with y.
func (m *matcher) balanced(s, p int) int {
	if p+1 >= len(m.pattern) {
		m.RaiseError("malformed pattern (missing arguments to '%%b')")
	}
	if s >= len(m.text) || m.text[s] != m.pattern[p] {
		return -1
	}
	open := 1
	for i := s + 1; i < len(m.text); i++ {
		switch m.text[i] {
		case m.pattern[p+1]:
			if open--; open == 0 {
				m.work(i - s)
				return i + 1
			}
		case m.pattern[p]:
			open++
		}
	}
	m.work(len(m.text) - s)
	return -1
}

// classEnd returns the end of the character class at p.
func (m *matcher) classEnd(p int) int {
	c := m.pattern[p]
	p++
	switch c {
	case escape:
		if p == len(m.pattern) {
			m.RaiseError("malformed pattern (ends with '%%')")
		}
		return p + 1
	case '[':
		if m.peek(p) == '^' {
			p++
		}
		for first := true; first || m.peek(p) != ']'; first = false {
			if p >= len(m.pattern) {
				m.RaiseError("malformed pattern (missing ']')")
			}
			if m.pattern[p] == escape {
				p++
			}
			p++
		}
		return p + 1
	}
	return p
}

// singleMatch reports whether the character at s matches the class that the pattern has between
// class and end.
func (m *matcher) singleMatch(s, class, end int) bool {
	if s >= len(m.text) {
		return false
	}
	switch c := m.text[s]; m.pattern[class] {
	case '.':
		return true
	case escape:
		return inClass(c, m.pattern[class+1])
	case '[':
		return m.inSet(c, class, end-1)
	default:
		return m.pattern[class] == c
	}
}

// inSet reports whether c is in the set that starts at p. Its closing bracket is at end.
func (m *matcher) inSet(c byte, p, end int) bool {
	found := true
	if p++; m.peek(p) == '^' {
		found = false
		p++
	}
	for ; p < end; p++ {
		switch {
		case m.pattern[p] == escape:
			if p++; inClass(c, m.peek(p)) {
				return found
			}
		case m.peek(p+1) == '-' && p+2 < end:
			if m.pattern[p] <= c && c <= m.pattern[p+2] {
				return found
			}
			p += 2
		case m.pattern[p] == c:
			return found
		}
	}
	return !found
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// inClass reports whether c is in a class. An uppercase letter is the complement of the lowercase
// one.
func inClass(c, class byte) bool {
	var is bool
	switch class | 0x20 {
	case 'a':
		is = isLetter(c)
	case 'c':
		is = c < ' ' || c == 0x7F
	case 'd':
		is = isDigit(c)
	case 'g':
		is = c > ' ' && c < 0x7F
	case 'l':
		is = 'a' <= c && c <= 'z'
	case 'p':
		is = c > ' ' && c < 0x7F && !isLetter(c) && !isDigit(c)
	case 's':
		is = c == ' ' || '\t' <= c && c <= '\r'
	case 'u':
		is = 'A' <= c && c <= 'Z'
	case 'w':
		is = isLetter(c) || isDigit(c)
	case 'x':
		is = isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
	case 'z':
		is = c == 0
	default:
		return c == class
	}
	if !isLetter(class) {
		return c == class
	}
	return is == (class >= 'a')
}

// value returns a capture. If the pattern has no captures, capture 0 is the whole match.
func (m *matcher) value(i, start, end int) lua.LValue {
	if i >= len(m.captures) {
		if i > 0 {
			m.RaiseError("invalid capture index %%%d", i+1)
		}
		return lua.LString(m.text[start:end])
	}
	switch c := m.captures[i]; c.size {
	case unfinished:
		m.RaiseError("unfinished capture")
	case position:
		return lua.LNumber(c.start + 1)
	default:
		return lua.LString(m.text[c.start : c.start+c.size])
	}
	return lua.LNil
}

// values returns all captures, or the whole match if there are none.
func (m *matcher) values(start, end int) []lua.LValue {
	list := make([]lua.LValue, max(len(m.captures), 1))
	for i := range list {
		list[i] = m.value(i, start, end)
	}
	return list
}
