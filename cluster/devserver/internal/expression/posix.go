package expression

import (
	"fmt"
	"regexp"
	"strconv"
)

// compilePattern translates a POSIX pattern to a Go regexp. Characters are bytes. If case is
// ignored, letters of the pattern and the text are converted to upper case.
func compilePattern(pattern []byte, flags int64) (*regexp.Regexp, bool) {
	p := &posix{
		src:        pattern,
		extended:   flags&regexExtended != 0,
		ignoreCase: flags&regexIgnoreCase != 0,
		newline:    flags&regexNewline != 0,
		caret:      true,
	}
	p.fetch()
	tree := p.alternation(0)
	if p.failed || p.now.kind != tokenEnd {
		return nil, false
	}
	compiled, err := regexp.Compile(tree.pattern)
	return compiled, err == nil
}

// posix parses a pattern in the dialect of the GNU C library.
type posix struct {
	src                           []byte
	at                            int
	extended, ignoreCase, newline bool

	now token
	// caret reports that a ^ at this position is an anchor even in a basic pattern.
	caret  bool
	failed bool
}

// A piece is a translated part of a pattern.
type piece struct {
	pattern string
	// weight is the approximate length in characters after repetitions are expanded.
	weight int
}

const (
	maxRepeat       = 0x7fff  // limit of the C library
	maxWeight       = 1 << 14 // limit of a pattern, because a small request could take much memory
	maxPatternDepth = 500
)

func (p *posix) fail() piece {
	p.failed = true
	return piece{}
}

// alternation parses branches up to the end of the pattern or group.
func (p *posix) alternation(depth int) piece {
	out := p.branch(depth)
	for !p.failed && p.now.kind == tokenAlternative {
		p.caret = true
		p.fetch()
		next := p.branch(depth)
		out = piece{out.pattern + "|" + next.pattern, out.weight + next.weight + 1}
	}
	return out
}

func (p *posix) branch(depth int) (out piece) {
	var pattern []byte
	for !p.failed && p.now.kind != tokenAlternative && p.now.kind != tokenEnd && (depth == 0 || p.now.kind != tokenClose) {
		next := p.expression(depth)
		pattern = append(pattern, next.pattern...)
		if out.weight += next.weight; out.weight > maxWeight {
			return p.fail()
		}
	}
	out.pattern = string(pattern)
	return out
}

// expression parses a character, bracket expression, group or anchor, and its repetitions.
func (p *posix) expression(depth int) (out piece) {
	t := p.now
	switch t.kind {
	case tokenAnchor:
		// Anchors cannot be repeated.
		p.fetch()
		return piece{t.pattern, 1}
	case tokenOpen:
		out = p.group(depth + 1)
	case tokenBracket:
		out = p.bracket()
	case tokenClass:
		out = piece{t.pattern, 1}
	case tokenInvalid:
		return p.fail()
	case tokenRepeat, tokenInterval:
		if p.extended || t.kind == tokenInterval {
			return p.fail()
		}
		out = piece{quoteByte(t.char), 1}
	case tokenClose:
		if !p.extended {
			return p.fail()
		}
		out = piece{quoteByte(t.char), 1}
	default:
		out = piece{quoteByte(t.char), 1}
	}
	if p.failed {
		return piece{}
	}
	p.fetch()
	return p.repetitions(out)
}

func (p *posix) group(depth int) (out piece) {
	if depth > maxPatternDepth {
		return p.fail()
	}
	p.caret = true
	p.fetch()
	if p.now.kind != tokenClose {
		out = p.alternation(depth)
	}
	if p.now.kind != tokenClose {
		return p.fail()
	}
	return piece{"(?:" + out.pattern + ")", out.weight + 1}
}

// repetitions parses the repetitions after a piece. In a basic pattern there can be only one.
func (p *posix) repetitions(out piece) piece {
	for !p.failed && (p.now.kind == tokenRepeat || p.now.kind == tokenInterval) {
		low, high := p.now.low, p.now.high
		if p.now.kind == tokenInterval {
			low, high = p.interval()
		}
		p.fetch()
		if out = repeat(out, low, high); out.weight > maxWeight {
			return p.fail()
		}
		if !p.extended && (p.now.kind == tokenInterval || p.now.kind == tokenRepeat && p.now.char == '*') {
			return p.fail()
		}
	}
	return out
}

// unbounded is the upper limit of a repetition without a limit.
const unbounded = -1

func repeat(of piece, low, high int) piece {
	var counts string
	switch {
	case high == 0:
		return piece{}
	case low == 0 && high == 1:
		counts = "?"
	case low == 0 && high == unbounded:
		counts = "*"
	case low == 1 && high == unbounded:
		counts = "+"
	case high == unbounded:
		counts = fmt.Sprintf("{%d,}", low)
	default:
		counts = fmt.Sprintf("{%d,%d}", low, high)
	}
	return piece{"(?:" + of.pattern + ")" + counts, (of.weight + 1) * max(low, high, 1)}
}

// interval parses the numbers of a repetition up to its closing brace.
func (p *posix) interval() (low, high int) {
	low = p.number()
	if low == noNumber {
		if p.now.kind != tokenChar || p.now.char != ',' {
			p.fail()
		}
		low = 0
	}
	high = low
	if p.now.kind == tokenChar && p.now.char == ',' {
		high = p.number()
	}
	if p.failed || p.now.kind != tokenCloseInterval || high != noNumber && low > high || max(low, high) > maxRepeat {
		p.fail()
	}
	return low, high
}

// noNumber represents a number that was left out.
const noNumber = unbounded

func (p *posix) number() int {
	n := noNumber
	for {
		p.fetch()
		c := p.now.char
		switch {
		case p.now.kind == tokenCloseInterval, p.now.kind == tokenChar && c == ',':
			return n
		case p.now.kind != tokenChar || c < '0' || c > '9':
			p.fail()
			return n
		}
		n = min(max(n, 0)*10+int(c-'0'), maxRepeat+1)
	}
}

// quoteByte returns the pattern that matches a character.
func quoteByte(c byte) string {
	if c < 0x80 {
		return regexp.QuoteMeta(string(rune(c)))
	}
	return `\x` + strconv.FormatUint(uint64(c), 16)
}
