package function

import (
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

const groupTime = "Dates and times"

var (
	timeFamilies = FamiliesOf(Timestamps, Dates)
	timeParam    = Parameter{Name: "ts", Kinds: Integer | String, Stored: timeFamilies, Check: checkTime}
	truncParam   = Parameter{Name: "unit", Kinds: String, Check: checkTruncUnit}
	extractParam = Parameter{Name: "unit", Kinds: String, Check: checkExtractPart}
	timeResult   = fixed(Timestamps, Integer|Null)
)

var timeFunctions = []*Function{
	{Name: "NOW", Aliases: []string{"CURRENT_TIMESTAMP", "LOCALTIMESTAMP"}, Group: groupTime, Stable: true,
		Params: []Parameter{{Name: "digits", Kinds: Integer, Optional: true}}, Result: fixed(Timestamps, Integer), Eval: now,
		Doc: "The time at the start of the statement.", Example: "NOW()", ExampleResult: "2026-01-02 03:04:05.678"},
	{Name: "CURRENT_DATE", Group: groupTime, Stable: true, Result: fixed(Dates, Integer),
		Eval: func(c *Context, _ []protocol.Value) protocol.Value { return protocol.Int(midnight(c.Now.UnixNano())) },
		Doc:  "The day at the start of the statement, in UTC.", Example: "CURRENT_DATE", ExampleResult: "2026-01-02"},
	{Name: "CURRENT_TIME", Aliases: []string{"LOCALTIME"}, Group: groupTime, Stable: true, Result: fixed(Strings, String),
		Eval: func(c *Context, _ []protocol.Value) protocol.Value {
			return protocol.String(c.Now.UTC().Format(time.TimeOnly))
		},
		Doc: "The time of day at the start of the statement as text, in UTC.", Example: "CURRENT_TIME", ExampleResult: "'03:04:05'"},
	{Name: "DATE_ADD", Group: groupTime, Strict: true,
		Params: []Parameter{timeParam, {Name: "months", Kinds: Integer}, {Name: "nanoseconds", Kinds: Integer}}, Result: timeResult, Eval: dateAdd,
		Doc:     "The timestamp after a number of months and nanoseconds. ts + INTERVAL '1' DAY is the same with any unit.",
		Example: "DATE_ADD('2026-01-31', 1, 1000000000)", ExampleResult: "2026-02-28 00:00:01"},
	{Name: "DATE_TRUNC", Group: groupTime, Strict: true, Params: []Parameter{truncParam, timeParam}, Result: timeResult, Eval: dateTrunc,
		Doc:     "The start of the unit that the timestamp is in: microsecond to week, month, quarter or year. Weeks start on Monday.",
		Example: "DATE_TRUNC('month', TIMESTAMP '2026-05-17 10:20:30')", ExampleResult: "2026-05-01 00:00:00"},
	{Name: "EXTRACT", Aliases: []string{"DATE_PART"}, Group: groupTime, Strict: true, Params: []Parameter{extractParam, timeParam},
		Result: fixed(Integers, Integer|Null), Eval: extract,
		Doc:     "A part of a timestamp: year, quarter, month, week, day, hour, minute, second and smaller, dow (0 is Sunday), isodow, doy or epoch.",
		Example: "EXTRACT(HOUR FROM TIMESTAMP '2026-05-17 10:20:30')", ExampleResult: "10"},
	{Name: "DATE", Group: groupTime, Strict: true, Params: []Parameter{timeParam}, Result: fixed(Dates, Integer|Null),
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return castTime(args[0], true) },
		Doc:  "The day of a timestamp.", Example: "DATE('2026-05-17 10:20:30')", ExampleResult: "2026-05-17"},
	{Name: "TIMESTAMP", Group: groupTime, Strict: true, Params: []Parameter{timeParam}, Result: timeResult,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value { return castTime(args[0], false) },
		Doc:  "The timestamp of a text, or a day as a timestamp.", Example: "TIMESTAMP('2026-05-17')", ExampleResult: "2026-05-17 00:00:00"},
	{Name: "DATETIME", Group: groupTime, Strict: true, Stable: true, Params: []Parameter{{Name: "ts", Kinds: Integer | String, Stored: timeFamilies, Check: checkDatetime}},
		Result: timeResult, Eval: datetime,
		Doc: "TIMESTAMP(ts), as SQLite calls it. DATETIME('now') is NOW().", Example: "DATETIME('2026-05-17')", ExampleResult: "2026-05-17 00:00:00"},
	{Name: "TO_TIMESTAMP", Aliases: []string{"FROM_UNIXTIME"}, Group: groupTime, Strict: true,
		Params: []Parameter{{Name: "seconds", Kinds: Number}}, Result: timeResult, Eval: toTimestamp,
		Doc: "The timestamp of a number of seconds since 1970 UTC.", Example: "TO_TIMESTAMP(1767323045)", ExampleResult: "2026-01-02 03:04:05"},
	{Name: "UNIX_TIMESTAMP", Group: groupTime, Strict: true, Stable: true,
		Params: []Parameter{{Name: "ts", Kinds: Integer | String, Optional: true, Stored: timeFamilies, Check: checkTime}}, Result: fixed(Integers, Integer|Null), Eval: unixTimestamp,
		Doc: "The seconds since 1970 UTC of a timestamp, or of NOW().", Example: "UNIX_TIMESTAMP('2026-01-02 03:04:05')", ExampleResult: "1767323045"},
}

func now(c *Context, args []protocol.Value) protocol.Value {
	n := c.Now.UnixNano()
	if len(args) > 0 {
		digits, _ := args[0].Int()
		unit := int64(1)
		for range 9 - min(max(digits, 0), 9) {
			unit *= 10
		}
		n -= (n%unit + unit) % unit
	}
	return protocol.Int(n)
}

func isNow(v protocol.Value) bool {
	s, isText := v.Text()
	return isText && strings.EqualFold(s, "now")
}

func checkDatetime(v protocol.Value) error {
	if isNow(v) {
		return nil
	}
	return checkTime(v)
}

func datetime(c *Context, args []protocol.Value) protocol.Value {
	if isNow(args[0]) {
		return now(c, nil)
	}
	return castTime(args[0], false)
}

// timeOf returns an argument as a time in UTC.
func timeOf(v protocol.Value) (time.Time, bool) {
	n, ok := castTime(v, false).Int()
	return time.Unix(0, n).UTC(), ok
}

func timeValue(at time.Time) protocol.Value {
	n, ok := nanoseconds(at)
	if !ok {
		return protocol.Nil()
	}
	return protocol.Int(n)
}

func dateAdd(_ *Context, args []protocol.Value) protocol.Value {
	n, ok := castTime(args[0], false).Int()
	months, isMonths := args[1].Int()
	nanos, isNanos := args[2].Int()
	if !ok || !isMonths || !isNanos {
		return protocol.Nil()
	}
	if n, ok = addInterval(n, months, nanos); !ok {
		return protocol.Nil()
	}
	return protocol.Int(n)
}

func dateTrunc(_ *Context, args []protocol.Value) protocol.Value {
	name, _ := args[0].Text()
	at, ok := timeOf(args[1])
	if !ok {
		return protocol.Nil()
	}
	year, month, dayOfMonth := at.Date()
	switch unit := unitName(name); unit {
	case "YEAR":
		month, dayOfMonth = 1, 1
	case "QUARTER":
		month, dayOfMonth = (month-1)/3*3+1, 1
	case "MONTH":
		dayOfMonth = 1
	case "WEEK":
		dayOfMonth -= int(at.Weekday()+6) % 7
	default:
		length, found := timeUnits[unit]
		if !found {
			return protocol.Nil()
		}
		n := at.UnixNano()
		return protocol.Int(n - (n%length.nanoseconds+length.nanoseconds)%length.nanoseconds)
	}
	return timeValue(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC))
}

func extract(_ *Context, args []protocol.Value) protocol.Value {
	name, _ := args[0].Text()
	at, ok := timeOf(args[1])
	if !ok {
		return protocol.Nil()
	}
	n := 0
	switch strings.ToUpper(name) {
	case "DOW", "DAYOFWEEK":
		n = int(at.Weekday())
	case "ISODOW":
		n = int(at.Weekday()+6)%7 + 1
	case "DOY":
		n = at.YearDay()
	case "ISOYEAR":
		n, _ = at.ISOWeek()
	case "EPOCH":
		return protocol.Int(at.Unix())
	default:
		if n, ok = partOf(at, unitName(name)); !ok {
			return protocol.Nil()
		}
	}
	return protocol.Int(int64(n))
}

// partOf returns a part of a time. The parts of a second are those of the fraction.
func partOf(at time.Time, unit string) (int, bool) {
	switch unit {
	case "YEAR":
		return at.Year(), true
	case "QUARTER":
		return (int(at.Month())-1)/3 + 1, true
	case "MONTH":
		return int(at.Month()), true
	case "WEEK":
		_, week := at.ISOWeek()
		return week, true
	case "DAY":
		return at.Day(), true
	case "HOUR":
		return at.Hour(), true
	case "MINUTE":
		return at.Minute(), true
	case "SECOND":
		return at.Second(), true
	case "MILLISECOND":
		return at.Nanosecond() / 1e6, true
	case "MICROSECOND":
		return at.Nanosecond() / 1e3, true
	case "NANOSECOND":
		return at.Nanosecond(), true
	}
	return 0, false
}

func toTimestamp(_ *Context, args []protocol.Value) protocol.Value {
	const limit = int64(1) << 33 // seconds; more than nanoseconds can hold are checked below
	if n, ok := args[0].Int(); ok {
		if n > limit*2 || n < -limit*2 {
			return protocol.Nil()
		}
		return timeValue(time.Unix(n, 0).UTC())
	}
	seconds := exactNumber(args[0])
	if seconds == nil {
		return protocol.Nil()
	}
	whole, _ := scaledFloor(seconds, 9)
	if !whole.IsInt64() {
		return protocol.Nil()
	}
	return protocol.Int(whole.Int64())
}

func unixTimestamp(c *Context, args []protocol.Value) protocol.Value {
	if len(args) == 0 {
		return protocol.Int(c.Now.Unix())
	}
	at, ok := timeOf(args[0])
	if !ok {
		return protocol.Nil()
	}
	return protocol.Int(at.Unix())
}
