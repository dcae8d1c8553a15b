package udf

import (
	"time"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// timeLibrary returns the functions of os that this package has.
func (m *machine) timeLibrary() library {
	started := time.Now()
	return library{
		"time": m.osTime, "date": m.osDate,
		"clock":    func(c call) int { return c.push(luaFloat(time.Since(started).Seconds())) },
		"difftime": func(c call) int { return c.push(luaFloat(c.number(1).asFloat() - c.number(2).asFloat())) },
		"getenv":   func(c call) int { return c.push(lua.LNil) },
	}
}

func (m *machine) osTime(c call) int {
	if c.missing(1) {
		return c.push(luaInteger(m.now() / 1000))
	}
	t := c.table(1)
	field := func(name string, otherwise int64) int {
		n, ok := toNumber(t.RawGetString(name))
		i, whole := n.asInteger()
		switch {
		case !ok && otherwise < 0:
			c.RaiseError("field '%s' missing in date table", name)
		case !ok:
			return int(otherwise)
		case !whole:
			c.RaiseError("field '%s' is not an integer", name)
		}
		return int(i)
	}
	at := time.Date(field("year", -1), time.Month(field("month", -1)), field("day", -1),
		field("hour", 12), field("min", 0), field("sec", 0), 0, time.UTC)
	return c.push(luaInteger(at.Unix()))
}

// dateForms maps conversions of os.date to layouts of package time.
var dateForms = map[byte]string{'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'I': "03",
	'p': "PM", 'A': "Monday", 'a': "Mon", 'B': "January", 'b': "Jan", 'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/06",
	'X': "15:04:05", 'D': "01/02/06", 'F': "2006-01-02", 'T': "15:04:05", 'Z': "MST", 'z': "-0700", 'j': "002", 'e': "_2", 'h': "Jan", 'R': "15:04"}

// osDate formats a time, always in UTC.
func (m *machine) osDate(c call) int {
	template := "%c"
	if !c.missing(1) {
		template = c.text(1)
	}
	at := time.Unix(c.optional(2, m.now()/1000), 0).UTC()
	if template != "" && template[0] == '!' {
		template = template[1:]
	}
	if len(template) >= 2 && template[:2] == "*t" {
		return c.push(m.dateTable(at))
	}
	var text []byte
	for i := 0; i < len(template); i++ {
		switch {
		case template[i] != '%':
			text = append(text, template[i])
		case i+1 < len(template) && template[i+1] == '%':
			text = append(text, '%')
			i++
		case i+1 < len(template) && dateForms[template[i+1]] != "":
			i++
			text = at.AppendFormat(text, dateForms[template[i]])
		default:
			c.argumentError(1, "invalid conversion specifier '"+template[i:min(i+2, len(template))]+"'")
		}
	}
	return c.push(lua.LString(text))
}

func (m *machine) dateTable(at time.Time) lua.LValue {
	t := m.state.NewTable()
	for name, n := range map[string]int{"year": at.Year(), "month": int(at.Month()), "day": at.Day(), "hour": at.Hour(),
		"min": at.Minute(), "sec": at.Second(), "yday": at.YearDay(), "wday": int(at.Weekday()) + 1} {
		t.RawSetString(name, lua.LNumber(n))
	}
	t.RawSetString("isdst", lua.LFalse)
	return t
}

func utf8Length(c call) int {
	s := c.text(1)
	from, to := c.optional(2, 1), c.optional(3, -1)
	if from < 0 {
		from += int64(len(s)) + 1
	}
	if to < 0 {
		to += int64(len(s)) + 1
	}
	if from < 1 || from > int64(len(s))+1 {
		c.argumentError(2, "initial position out of bounds")
	}
	if to > int64(len(s)) {
		c.argumentError(3, "final position out of bounds")
	}
	n := 0
	for i := int(from) - 1; i < int(to); n++ {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			return c.push(lua.LNil, lua.LNumber(i+1))
		}
		i += size
	}
	return c.push(lua.LNumber(n))
}

func utf8Codepoint(c call) int {
	s, first := c.text(1), c.optional(2, 1)
	from, to := span(first, c.optional(3, first), int64(len(s)))
	n := 0
	for i := from; i < to; n++ {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size <= 1 {
			c.RaiseError("invalid UTF-8 code")
		}
		c.Push(lua.LNumber(r))
		i += int64(size)
	}
	return n
}
