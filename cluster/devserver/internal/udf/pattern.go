package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"
)

// Functions of the library string that search by patterns.

// search finds up to limit matches of a pattern, all of them if it is negative.
func search(c call, text, pattern string, from, limit int) []*pm.MatchData {
	found, err := pm.Find(pattern, []byte(text), from, limit)
	if err != nil {
		c.RaiseError("%s", err.Error())
	}
	return found
}

// startAt gives the position at which a search begins; ok is false behind the end.
func startAt(c call, n int, size int) (from int, ok bool) {
	at := c.optional(n, 1)
	switch {
	case at > 0:
		at--
	case at < -int64(size):
		at = 0
	case at < 0:
		at += int64(size)
	}
	return int(at), at <= int64(size)
}

// capture gives the capture of a number, the whole match if there are none.
func capture(text string, match *pm.MatchData, number int) lua.LValue {
	i := 2 * number
	if match.IsPosCapture(i) {
		return lua.LNumber(match.Capture(i))
	}
	return lua.LString(text[match.Capture(i):match.Capture(i+1)])
}

func captures(text string, match *pm.MatchData) []lua.LValue {
	if match.CaptureLength() == 2 {
		return []lua.LValue{capture(text, match, 0)}
	}
	var list []lua.LValue
	for i := 1; i < match.CaptureLength()/2; i++ {
		list = append(list, capture(text, match, i))
	}
	return list
}

func stringFind(c call) int {
	text, pattern := c.text(1), c.text(2)
	from, ok := startAt(c, 3, len(text))
	if !ok {
		return c.give(lua.LNil)
	}
	if lua.LVAsBool(c.Get(4)) || !strings.ContainsAny(pattern, "^$*+?.([%-") {
		i := strings.Index(text[from:], pattern)
		if i < 0 {
			return c.give(lua.LNil)
		}
		return c.give(lua.LNumber(from+i+1), lua.LNumber(from+i+len(pattern)))
	}
	found := search(c, text, pattern, from, 1)
	if len(found) == 0 {
		return c.give(lua.LNil)
	}
	results := []lua.LValue{lua.LNumber(found[0].Capture(0) + 1), lua.LNumber(found[0].Capture(1))}
	if found[0].CaptureLength() > 2 {
		results = append(results, captures(text, found[0])...)
	}
	return c.give(results...)
}

func stringMatch(c call) int {
	text, pattern := c.text(1), c.text(2)
	from, ok := startAt(c, 3, len(text))
	if !ok {
		return c.give(lua.LNil)
	}
	found := search(c, text, pattern, from, 1)
	if len(found) == 0 {
		return c.give(lua.LNil)
	}
	return c.give(captures(text, found[0])...)
}

func (m *machine) stringGmatch(c call) int {
	text := c.text(1)
	found, i := search(c, text, c.text(2), 0, -1), 0
	return c.give(m.function("gmatch_aux", func(c call) int {
		if i >= len(found) {
			return c.give(lua.LNil)
		}
		i++
		return c.give(captures(text, found[i-1])...)
	}))
}

func (m *machine) stringGsub(c call) int {
	text, pattern := c.text(1), c.text(2)
	limit := int(c.optional(4, -1))
	replacement := c.Get(3)
	replace := m.replacer(c, text, replacement)
	if limit == 0 || limit < 0 && !c.missing(4) {
		return c.give(lua.LString(text), lua.LNumber(0))
	}
	found := search(c, text, pattern, 0, limit)
	var b strings.Builder
	at := 0
	for _, match := range found {
		b.WriteString(text[at:match.Capture(0)])
		at = match.Capture(1)
		by := text[match.Capture(0):at]
		if v := replace(match); lua.LVAsBool(v) {
			var ok bool
			if by, ok = asText(v); !ok {
				c.RaiseError("invalid replacement value (a %s)", typeName(c.LState, v))
			}
		}
		m.spend(c.LState, len(by))
		b.WriteString(by)
	}
	b.WriteString(text[at:])
	m.spend(c.LState, len(text))
	return c.give(lua.LString(b.String()), lua.LNumber(len(found)))
}

// replacer gives what computes the replacement of one match.
func (m *machine) replacer(c call, text string, replacement lua.LValue) func(*pm.MatchData) lua.LValue {
	switch r := replacement.(type) {
	case *lua.LTable:
		return func(match *pm.MatchData) lua.LValue { return c.GetTable(r, normalKey(captures(text, match)[0])) }
	case *lua.LFunction:
		return func(match *pm.MatchData) lua.LValue {
			values := captures(text, match)
			c.Push(r)
			for _, v := range values {
				c.Push(v)
			}
			c.Call(len(values), 1)
			v := c.Get(-1)
			c.Pop(1)
			return v
		}
	}
	template, ok := asText(replacement)
	if !ok {
		c.typeError(3, "string/function/table")
	}
	return func(match *pm.MatchData) lua.LValue { return lua.LString(expand(c, text, template, match)) }
}

// expand puts captures in the place of %0 to %9.
func expand(c call, text, template string, match *pm.MatchData) string {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != '%' {
			b.WriteByte(template[i])
			continue
		}
		i++
		switch {
		case i < len(template) && template[i] == '%':
			b.WriteByte('%')
		case i >= len(template) || template[i] < '0' || template[i] > '9':
			c.RaiseError("invalid use of '%%' in replacement string")
		default:
			number := int(template[i] - '0')
			if number == 1 && match.CaptureLength() == 2 {
				number = 0
			}
			if 2*number >= match.CaptureLength() {
				c.RaiseError("invalid capture index %%%d in replacement string", number)
			}
			value, _ := asText(capture(text, match, number))
			b.WriteString(value)
		}
	}
	return b.String()
}
