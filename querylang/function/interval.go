package function

import (
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/aerosql/aerosql/querylang/ast"
)

// A timeUnit is the length of a unit: months or nanoseconds.
type timeUnit struct{ months, nanoseconds int64 }

// timeUnits are the units of intervals. A day has always 24 hours, because times are UTC.
var timeUnits = map[string]timeUnit{
	"NANOSECOND": {nanoseconds: 1}, "MICROSECOND": {nanoseconds: int64(time.Microsecond)},
	"MILLISECOND": {nanoseconds: int64(time.Millisecond)}, "SECOND": {nanoseconds: int64(time.Second)},
	"MINUTE": {nanoseconds: int64(time.Minute)}, "HOUR": {nanoseconds: int64(time.Hour)},
	"DAY": {nanoseconds: day}, "WEEK": {nanoseconds: 7 * day},
	"MONTH": {months: 1}, "QUARTER": {months: 3}, "YEAR": {months: 12},
}

// shortUnits are other names of units in the text of an interval.
var shortUnits = map[string]string{
	"NS": "NANOSECOND", "US": "MICROSECOND", "MS": "MILLISECOND", "S": "SECOND", "SEC": "SECOND",
	"M": "MINUTE", "MIN": "MINUTE", "H": "HOUR", "HR": "HOUR", "D": "DAY", "W": "WEEK", "MON": "MONTH", "Y": "YEAR", "YR": "YEAR",
}

// UnitLength returns the length of a unit such as HOUR or hours: a number of months for MONTH,
// QUARTER and YEAR, nanoseconds for others.
func UnitLength(name string) (months, nanoseconds int64, ok bool) {
	name = unitName(name)
	u, ok := timeUnits[name]
	return u.months, u.nanoseconds, ok
}

// unitName returns a unit in upper case and in the singular, or a name that is not a unit.
func unitName(name string) string {
	name = strings.ToUpper(name)
	for _, n := range []string{name, strings.TrimSuffix(name, "S")} {
		if long, ok := shortUnits[n]; ok {
			return long
		}
		if _, ok := timeUnits[n]; ok {
			return n
		}
	}
	return name
}

// ParseInterval returns the months and the nanoseconds of an interval: a number with a unit apart,
// such as 2 and HOUR, or a text with units, such as 2 hours 3 minutes or -1 day 02:03:04, and the
// unit "".
func ParseInterval(text, unit string) (months, nanoseconds int64, err error) {
	i := intervalReader{text: text, months: new(big.Rat), nanoseconds: new(big.Rat)}
	text = strings.TrimSpace(text)
	if unit != "" {
		err = i.add(text, unit)
	} else {
		err = i.addAll(splitInterval(text))
	}
	if err != nil {
		return 0, 0, err
	}
	if !i.months.IsInt() {
		return 0, 0, i.fail("is not a whole number of months")
	}
	if !i.nanoseconds.IsInt() {
		return 0, 0, i.fail("is not a whole number of nanoseconds")
	}
	if !i.months.Num().IsInt64() || !i.nanoseconds.Num().IsInt64() || i.months.Num().CmpAbs(big.NewInt(maxMonths)) > 0 {
		return 0, 0, i.fail("is too long")
	}
	return i.months.Num().Int64(), i.nanoseconds.Num().Int64(), nil
}

// maxMonths is more than the months between any two timestamps.
const maxMonths = 12_000

type intervalReader struct {
	text                string
	months, nanoseconds *big.Rat
}

func (i *intervalReader) fail(reason string) error {
	return ast.Errorf(ast.ErrArguments, "the interval '%s' %s", i.text, reason)
}

// add adds a number of units.
func (i *intervalReader) add(number, unit string) error {
	u, ok := timeUnits[unitName(unit)]
	if !ok {
		return i.fail("has no unit such as SECOND, HOUR or DAY: " + unit)
	}
	n := parseDecimal(number)
	if n == nil || strings.ContainsAny(number, "_xXpP") {
		return i.fail("is not a number")
	}
	i.months.Add(i.months, new(big.Rat).Mul(n, new(big.Rat).SetInt64(u.months)))
	i.nanoseconds.Add(i.nanoseconds, new(big.Rat).Mul(n, new(big.Rat).SetInt64(u.nanoseconds)))
	return nil
}

// addAll adds numbers with units, and clock times.
func (i *intervalReader) addAll(parts []string) error {
	if len(parts) == 0 {
		return i.fail("is empty")
	}
	for len(parts) > 0 {
		if strings.Contains(parts[0], ":") {
			if err := i.addClock(parts[0]); err != nil {
				return err
			}
			parts = parts[1:]
			continue
		}
		if len(parts) == 1 {
			return i.fail("needs a unit such as SECOND, HOUR or DAY after " + parts[0])
		}
		if err := i.add(parts[0], parts[1]); err != nil {
			return err
		}
		parts = parts[2:]
	}
	return nil
}

// addClock adds hours, minutes and seconds such as 02:03:04.5.
func (i *intervalReader) addClock(clock string) error {
	digits := strings.TrimLeft(clock, "+-")
	sign := clock[:len(clock)-len(digits)]
	fields := strings.Split(digits, ":")
	if len(fields) > 3 || len(sign) > 1 {
		return i.fail("is not an interval")
	}
	for k, f := range fields {
		if f == "" || strings.ContainsAny(f, "+-eE") {
			return i.fail("is not an interval")
		}
		if err := i.add(sign+f, []string{"HOUR", "MINUTE", "SECOND"}[k]); err != nil {
			return err
		}
	}
	return nil
}

// splitInterval splits a text into numbers and words.
func splitInterval(text string) []string {
	var parts []string
	for _, field := range strings.Fields(strings.ReplaceAll(text, ",", " ")) {
		n := strings.IndexFunc(field, func(r rune) bool { return !strings.ContainsRune("0123456789+-.:", r) })
		if n > 0 {
			parts = append(parts, field[:n], field[n:])
			continue
		}
		parts = append(parts, field)
	}
	return parts
}

// addInterval adds months, and then nanoseconds, to a timestamp. A day that the month does not have
// becomes its last day. It returns false if 64 bits don't hold the result.
func addInterval(n, months, nanos int64) (int64, bool) {
	if months != 0 {
		if months > maxMonths || months < -maxMonths {
			return 0, false
		}
		at := time.Unix(0, n).UTC()
		first := time.Date(at.Year(), at.Month(), 1, at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC).AddDate(0, int(months), 0)
		last := first.AddDate(0, 1, -1).Day()
		var ok bool
		if n, ok = nanoseconds(first.AddDate(0, 0, min(at.Day(), last)-1)); !ok {
			return 0, false
		}
	}
	if nanos > 0 && n > math.MaxInt64-nanos || nanos < 0 && n < math.MinInt64-nanos {
		return 0, false
	}
	return n + nanos, true
}
