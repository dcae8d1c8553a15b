package udf

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// This file has the functions of the string library that use patterns.

// startAt returns the index at which a search starts. It may be beyond the end.
func startAt(c call, n, size int) int {
	at := c.optional(n, 1)
	switch {
	case at > 0:
		at--
	case at < -int64(size):
		at = 0
	case at < 0:
		at += int64(size)
	}
	return int(min(at, int64(size)+1))
}

func stringFind(c call) int { return find(c, true) }

func stringMatch(c call) int { return find(c, false) }

// find implements string.find, or string.match if places is false.
func find(c call, places bool) int {
	text, pattern := c.text(1), c.text(2)
	from := startAt(c, 3, len(text))
	if from > len(text) {
		return c.push(lua.LNil)
	}
	if places && (lua.LVAsBool(c.Get(4)) || !strings.ContainsAny(pattern, "^$*+?.([%-")) {
		c.work(len(text) / 64)
		i := strings.Index(text[from:], pattern)
		if i < 0 {
			return c.push(lua.LNil)
		}
		return c.push(lua.LNumber(from+i+1), lua.LNumber(from+i+len(pattern)))
	}
	p, first := newMatcher(c, text, pattern)
	for s := from; s <= len(text); s++ {
		if end := p.at(s, first); end >= 0 {
			if !places {
				return c.push(p.values(s, end)...)
			}
			results := []lua.LValue{lua.LNumber(s + 1), lua.LNumber(end)}
			if len(p.captures) > 0 {
				results = append(results, p.values(s, end)...)
			}
			return c.push(results...)
		}
		if first == 1 {
			break
		}
	}
	return c.push(lua.LNil)
}

// stringGmatch returns an iterator over all matches.
func stringGmatch(c call) int {
	text, pattern := c.text(1), c.text(2)
	from, last := startAt(c, 3, len(text)), -1
	return c.push(c.machine.function("gmatch_aux", func(c call) int {
		p, _ := newMatcher(c, text, pattern)
		for s := from; s <= len(text); s++ {
			if end := p.at(s, 0); end >= 0 && end != last {
				from, last = end, end
				return c.push(p.values(s, end)...)
			}
		}
		from = len(text) + 1
		return 0
	}))
}

// stringGsub replaces matches.
func stringGsub(c call) int {
	text, pattern, by := c.text(1), c.text(2), c.Get(3)
	_, isText := asText(by)
	if t := by.Type(); !isText && t != lua.LTTable && t != lua.LTFunction {
		c.typeError(3, "string/function/table")
	}
	most := c.optional(4, int64(len(text))+1)
	p, first := newMatcher(c, text, pattern)
	var result []byte
	s, last, count := 0, -1, int64(0)
	for count < most {
		if end := p.at(s, first); end >= 0 && end != last {
			count++
			piece := p.replacement(by, s, end)
			c.spend(len(piece))
			result = append(result, piece...)
			s, last = end, end
		} else if s < len(text) {
			result = append(result, text[s])
			s++
		} else {
			break
		}
		if first == 1 {
			break
		}
	}
	c.spend(len(text))
	return c.push(lua.LString(append(result, text[s:]...)), luaInteger(count))
}

// replacement returns the replacement of a match. If by yields nil or false, it is the match
// itself.
func (m *matcher) replacement(by lua.LValue, start, end int) string {
	var v lua.LValue
	switch r := by.(type) {
	case *lua.LTable:
		v = m.GetTable(r, normalKey(m.value(0, start, end)))
	case *lua.LFunction:
		values := m.values(start, end)
		m.Push(r)
		for _, v := range values {
			m.Push(v)
		}
		m.Call(len(values), 1)
		v = m.Get(-1)
		m.Pop(1)
	default:
		template, _ := asText(by)
		return m.expand(template, start, end)
	}
	if !lua.LVAsBool(v) {
		return m.text[start:end]
	}
	s, ok := asText(v)
	if !ok {
		m.RaiseError("invalid replacement value (a %s)", typeName(m.LState, v))
	}
	return s
}

// expand replaces %0 to %9 in a template by captures.
func (m *matcher) expand(template string, start, end int) string {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != escape {
			b.WriteByte(template[i])
			continue
		}
		i++
		switch {
		case i < len(template) && template[i] == escape:
			b.WriteByte(escape)
		case i < len(template) && template[i] == '0':
			b.WriteString(m.text[start:end])
		case i < len(template) && isDigit(template[i]):
			s, _ := asText(m.value(int(template[i]-'1'), start, end))
			b.WriteString(s)
		default:
			m.RaiseError("invalid use of '%%' in replacement string")
		}
	}
	return b.String()
}
