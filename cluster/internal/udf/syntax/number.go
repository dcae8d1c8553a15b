package syntax

import (
	"math"
	"strconv"
	"strings"
)

// number reads a numeral: all characters that could belong to one, which together must be valid.
func (l *lexer) number(t *token) {
	start := l.pos
	exponent := byte('e')
	if l.peek(0) == '0' && l.peek(1)|0x20 == 'x' {
		exponent = 'p'
		l.pos += 2
	}
	for !l.ended() {
		c := l.peek(0)
		switch {
		case c|0x20 == exponent:
			if next := l.peek(1); next == '+' || next == '-' {
				l.pos++
			}
		case !isHex(c) && c != '.' && !isLetter(c):
			l.finishNumber(t, start)
			return
		}
		l.pos++
	}
	l.finishNumber(t, start)
}

func (l *lexer) finishNumber(t *token, start int) {
	t.text = l.source[start:l.pos]
	var ok bool
	if t.integer, ok = ParseInteger(t.text); ok {
		t.kind = tokenInteger
		return
	}
	if t.float, ok = ParseFloat(t.text); !ok {
		l.fail("malformed number", "'"+t.text+"'")
	}
	t.kind = tokenFloat
}

// ParseInteger parses a string as an integer: decimal within 64 bits, or hexadecimal, reduced to
// the low 64 bits. Surrounding white space is ignored.
func ParseInteger(s string) (int64, bool) {
	s = strings.Trim(s, " \t\n\r\f\v")
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || !isDigit(s[0]) {
		return 0, false
	}
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		n, ok := parseHex(s[2:])
		if negative {
			n = -n
		}
		return n, ok
	}
	if negative {
		s = "-" + s
	}
	if strings.IndexByte(s, '_') >= 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func parseHex(s string) (n int64, ok bool) {
	for i := range len(s) {
		if !isHex(s[i]) {
			return 0, false
		}
		digit, _ := strconv.ParseUint(s[i:i+1], 16, 8)
		n = n<<4 | int64(digit)
	}
	return n, true
}

// ParseFloat parses a string as a float, decimal or hexadecimal. It does not accept words such as
// inf and nan.
func ParseFloat(s string) (float64, bool) {
	s = strings.Trim(s, " \t\n\r\f\v")
	body := strings.TrimLeft(s, "+-")
	if len(s)-len(body) > 1 || body == "" || !isDigit(body[0]) && body[0] != '.' || strings.IndexByte(body, '_') >= 0 {
		return 0, false
	}
	hex := len(body) > 2 && body[0] == '0' && body[1]|0x20 == 'x'
	if hex && !strings.ContainsAny(body, "pP") {
		s += "p0"
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}
