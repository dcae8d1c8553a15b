package mapper

import (
	"fmt"
	"math"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// wrappedZero is what the official client stores for the zero time: the result of UnixNano, which
// overflows. It is read as the zero time. The time in 1754 that it would be can't be written.
const wrappedZero = -6795364578871345152

// timeCodec stores a time as an integer: nanoseconds since 1970, or the unit of the tag. The zero
// time is NULL. Behind a pointer and in an sql.Null, NULL means that there is no time, so the zero
// time is the integer that the official client stores.
func timeCodec(f form) (*codec, error) {
	unit := f.unix
	if unit == 0 {
		unit = time.Nanosecond
	}
	zero := func(at place) bool { return variable[time.Time](at).IsZero() }
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			t := *variable[time.Time](at)
			if t.IsZero() && !f.keepZero {
				return protocol.Nil(), nil
			}
			n, ok := unixIn(t, unit)
			if !ok {
				return protocol.Nil(), fmt.Errorf("%w: the year %d is out of range in units of %v; use option unix or unixmilli",
					ErrRange, t.Year(), unit)
			}
			return protocol.Int(n), nil
		},
		decode: func(at place, v protocol.Value) error {
			n, ok := v.Int()
			if !ok {
				return wrongType(v, "an integer, a time in units of "+unit.String())
			}
			read := timeOf(n, unit)
			if _, ok := unixIn(read, unit); !ok { // it could not be written again
				return fmt.Errorf("%w: no time.Time is %d units of %v after 1970", ErrRange, n, unit)
			}
			*variable[time.Time](at) = read
			return nil
		},
		clear:    func(at place) { *variable[time.Time](at) = time.Time{} },
		isEmpty:  zero,
		nullable: true,
	}, f.checkOptions(timeType, "unix")
}

// unixIn returns the time as a number of units since 1970 and reports whether it is in range.
func unixIn(t time.Time, unit time.Duration) (int64, bool) {
	switch unit {
	case time.Second:
		return t.Unix(), true
	case time.Millisecond:
		// The range of milliseconds is smaller than that of time.Time.
		return t.UnixMilli(), t.Unix() < math.MaxInt64/1000 && t.Unix() > math.MinInt64/1000
	}
	if t.IsZero() {
		return wrappedZero, true
	}
	n := t.UnixNano()
	return n, time.Unix(0, n).Equal(t) && n != wrappedZero
}

func timeOf(n int64, unit time.Duration) time.Time {
	switch {
	case unit == time.Second:
		return time.Unix(n, 0).UTC()
	case unit == time.Millisecond:
		return time.UnixMilli(n).UTC()
	case n == wrappedZero:
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
