package udf

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// stringLibrary returns the functions of string, except those that pack values.
func (m *machine) stringLibrary() library {
	return library{
		"len":     func(c call) int { return c.push(lua.LNumber(len(c.text(1)))) },
		"lower":   func(c call) int { return c.push(lua.LString(changeCase(c.text(1), 'A', 'Z'))) },
		"upper":   func(c call) int { return c.push(lua.LString(changeCase(c.text(1), 'a', 'z'))) },
		"reverse": stringReverse, "sub": stringSub, "rep": m.stringRep, "byte": stringByte, "char": stringChar,
		"format": func(c call) int { return c.push(lua.LString(m.format(c))) },
		"find":   stringFind, "match": stringMatch, "gmatch": stringGmatch, "gsub": stringGsub,
	}
}

// changeCase changes the case of the ASCII letters from low to high.
func changeCase(s string, low, high byte) string {
	b := []byte(s)
	for i, c := range b {
		if low <= c && c <= high {
			b[i] = c ^ 0x20
		}
	}
	return string(b)
}

func trimSpace(s string) string { return strings.Trim(s, " \t\n\r\f\v") }

func stringReverse(c call) int {
	s := c.text(1)
	b := make([]byte, len(s))
	for i := range len(s) {
		b[len(s)-1-i] = s[i]
	}
	return c.push(lua.LString(b))
}

// span converts two positions in a string of the given size to a range. Negative positions count
// from the end.
func span(first, last, size int64) (from, to int64) {
	switch {
	case first < -size || first == 0:
		first = 1
	case first < 0:
		first += size + 1
	}
	switch {
	case last > size:
		last = size
	case last < -size:
		last = 0
	case last < 0:
		last += size + 1
	}
	if first > last {
		return 0, 0
	}
	return first - 1, last
}

func stringSub(c call) int {
	s := c.text(1)
	from, to := span(c.integer(2), c.optional(3, -1), int64(len(s)))
	return c.push(lua.LString(s[from:to]))
}

func (m *machine) stringRep(c call) int {
	s, n, separator := c.text(1), c.integer(2), ""
	if !c.missing(3) {
		separator = c.text(3)
	}
	if n <= 0 {
		return c.push(lua.LString(""))
	}
	each := len(s) + len(separator)
	if each == 0 {
		return c.push(lua.LString(""))
	}
	if n > math.MaxInt32/int64(each) {
		c.RaiseError("resulting string too large")
	}
	c.spend(int(n) * each)
	return c.push(lua.LString(strings.Repeat(s+separator, int(n)-1) + s))
}

func stringByte(c call) int {
	s, first := c.text(1), c.optional(2, 1)
	from, to := span(first, c.optional(3, first), int64(len(s)))
	if first == 0 && c.missing(3) {
		return 0
	}
	if to-from >= maxUnpacked {
		c.RaiseError("string slice too long")
	}
	for i := from; i < to; i++ {
		c.Push(lua.LNumber(s[i]))
	}
	return int(to - from)
}

func stringChar(c call) int {
	b := make([]byte, c.GetTop())
	for i := range b {
		n := c.integer(i + 1)
		if n < 0 || n > 0xFF {
			c.argumentError(i+1, "value out of range")
		}
		b[i] = byte(n)
	}
	return c.push(lua.LString(b))
}
