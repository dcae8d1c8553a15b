package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// simpleEscapes are the escapes of one letter.
var simpleEscapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
	'\\': '\\', '"': '"', '\'': '\''}

// quoted reads a string in quotation marks.
func (l *lexer) quoted() string {
	start := l.pos
	quote := l.source[l.pos]
	l.pos++
	var b strings.Builder
	for {
		switch c := l.peek(0); {
		case l.ended():
			l.fail("unfinished string", tokenEOF.String())
		case c == '\n' || c == '\r':
			l.fail("unfinished string", "'"+l.source[start:l.pos]+"'")
		case c == quote:
			l.pos++
			return b.String()
		case c == '\\':
			l.escape(start, &b)
		default:
			b.WriteByte(c)
			l.pos++
		}
	}
}

// escape reads one escape sequence of a string that began at start.
func (l *lexer) escape(start int, b *strings.Builder) {
	c := l.peek(1)
	if plain, ok := simpleEscapes[c]; ok {
		b.WriteByte(plain)
		l.pos += 2
		return
	}
	switch {
	case l.pos+1 >= len(l.source):
		l.pos++ // quoted reports the end of the source
	case c == '\n' || c == '\r':
		l.pos++
		l.newline()
		b.WriteByte('\n')
	case c == 'x':
		l.pos += 2
		b.WriteByte(l.hexEscape(start))
	case c == 'z':
		l.pos += 2
		for !l.ended() && strings.IndexByte(" \t\f\v\r\n", l.peek(0)) >= 0 {
			if l.peek(0) == '\n' || l.peek(0) == '\r' {
				l.newline()
			} else {
				l.pos++
			}
		}
	case c == 'u':
		l.pos += 2
		l.unicodeEscape(start, b)
	case isDigit(c):
		l.pos++
		b.WriteByte(l.decimalEscape(start))
	default:
		l.pos++
		l.badEscape(start, "invalid escape sequence")
	}
}

// badEscape reports an invalid escape sequence. The message includes the wrong byte.
func (l *lexer) badEscape(start int, message string) {
	end := l.pos
	if !l.ended() {
		end++
	}
	l.fail(message, "'"+l.source[start:end]+"'")
}

func (l *lexer) hexEscape(start int) byte {
	for i := range 2 {
		if !isHex(l.peek(i)) {
			l.pos += i
			l.badEscape(start, "hexadecimal digit expected")
		}
	}
	n, _ := strconv.ParseUint(l.source[l.pos:l.pos+2], 16, 8)
	l.pos += 2
	return byte(n)
}

func (l *lexer) decimalEscape(start int) byte {
	n := 0
	for i := 0; i < 3 && isDigit(l.peek(0)); i++ {
		n = n*10 + int(l.peek(0)-'0')
		l.pos++
	}
	if n > 0xFF {
		l.badEscape(start, "decimal escape too large")
	}
	return byte(n)
}

// unicodeEscape reads {XXX} and writes the number in UTF-8, even beyond Unicode.
func (l *lexer) unicodeEscape(start int, b *strings.Builder) {
	if l.peek(0) != '{' {
		l.badEscape(start, "missing '{'")
	}
	l.pos++
	if !isHex(l.peek(0)) {
		l.badEscape(start, "hexadecimal digit expected")
	}
	n := uint64(0)
	for isHex(l.peek(0)) {
		digit, _ := strconv.ParseUint(l.source[l.pos:l.pos+1], 16, 8)
		if n = n<<4 | digit; n > 0x7FFFFFFF {
			l.badEscape(start, "UTF-8 value too large")
		}
		l.pos++
	}
	if l.peek(0) != '}' {
		l.badEscape(start, "missing '}'")
	}
	l.pos++
	b.Write(AppendUTF8(nil, n))
}

// AppendUTF8 appends a number of up to 31 bits in the original form of UTF-8, which uses up to six
// bytes.
func AppendUTF8(dst []byte, n uint64) []byte {
	if n < utf8.RuneSelf {
		return append(dst, byte(n))
	}
	var tail [6]byte
	i := len(tail)
	limit := uint64(0x3F) // the largest number that fits in the first byte
	for n > limit {
		i--
		tail[i] = byte(0x80 | n&0x3F)
		n >>= 6
		limit >>= 1
	}
	i--
	tail[i] = byte(^limit<<1 | n)
	return append(dst, tail[i:]...)
}
