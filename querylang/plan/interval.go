package plan

import (
	"cmp"
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A cut is a place between values of one class: before or after a value, or at an end of all
// values. Intervals begin and end at cuts, so that open and closed ends need no cases.
type cut struct {
	end   int8 // -1 is before all values, +1 after all
	after bool
	at    protocol.Value
}

var (
	lowest  = cut{end: -1}
	highest = cut{end: +1}
)

func before(v protocol.Value) cut { return cut{at: v} }

func after(v protocol.Value) cut { return cut{at: v, after: true} }

func (c cut) compare(d cut) int {
	if c.end != 0 || d.end != 0 {
		return cmp.Compare(c.end, d.end)
	}
	if n := compareInClass(c.at, d.at); n != 0 {
		return n
	}
	switch {
	case c.after == d.after:
		return 0
	case c.after:
		return 1
	}
	return -1
}

// compareInClass compares two values of one class. Integers and floats compare exactly.
func compareInClass(a, b protocol.Value) int {
	f, aFloat := a.Float()
	g, bFloat := b.Float()
	switch {
	case aFloat && bFloat:
		return cmp.Compare(f, g)
	case aFloat:
		return -compareIntFloat(b, f)
	case bFloat:
		return compareIntFloat(a, g)
	}
	return protocol.Compare(a, b)
}

// compareIntFloat compares an integer with a float that is not NaN, without rounding.
func compareIntFloat(v protocol.Value, f float64) int {
	if u, ok := v.Uint(); ok && v.Kind() == protocol.KindUint {
		if f < 1<<63 {
			return 1
		}
		if f >= 1<<64 {
			return -1
		}
		return cmp.Or(cmp.Compare(u, uint64(f)), cmp.Compare(math.Trunc(f), f))
	}
	n, _ := v.Int()
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	whole := math.Trunc(f)
	return cmp.Or(cmp.Compare(n, int64(whole)), cmp.Compare(whole, f))
}

// An interval is the values between two cuts.
type interval struct{ low, high cut }

// An intervals is a set of values of one class: disjoint intervals in their order, none of them
// empty and none adjacent to the next one.
type intervals []interval

var everything = intervals{{lowest, highest}}

func between(low, high cut) intervals {
	if low.compare(high) >= 0 {
		return nil
	}
	return intervals{{low, high}}
}

func pointOfValue(v protocol.Value) intervals { return intervals{{before(v), after(v)}} }

// normal returns the set of intervals in any order.
func normal(list intervals) intervals {
	slices.SortFunc(list, func(a, b interval) int { return a.low.compare(b.low) })
	result := list[:0]
	for _, x := range list {
		if n := len(result); n > 0 && x.low.compare(result[n-1].high) <= 0 {
			if x.high.compare(result[n-1].high) > 0 {
				result[n-1].high = x.high
			}
			continue
		}
		result = append(result, x)
	}
	return result
}

func (s intervals) union(t intervals) intervals {
	if len(s) == 0 {
		return t
	}
	if len(t) == 0 {
		return s
	}
	return normal(slices.Concat(s, t))
}

func (s intervals) intersect(t intervals) intervals {
	var result intervals
	for len(s) > 0 && len(t) > 0 {
		low, high := s[0].low, s[0].high
		if t[0].low.compare(low) > 0 {
			low = t[0].low
		}
		first := s[0].high.compare(t[0].high) <= 0
		if !first {
			high = t[0].high
		}
		if low.compare(high) < 0 {
			result = append(result, interval{low, high})
		}
		if first {
			s = s[1:]
		} else {
			t = t[1:]
		}
	}
	return result
}

func (s intervals) complement() intervals {
	var result intervals
	low := lowest
	for _, x := range s {
		if low.compare(x.low) < 0 {
			result = append(result, interval{low, x.low})
		}
		low = x.high
	}
	if low.compare(highest) < 0 {
		result = append(result, interval{low, highest})
	}
	return result
}

// points returns the values of a set of single values, or false for other sets.
func (s intervals) points() ([]protocol.Value, bool) {
	values := make([]protocol.Value, len(s))
	for i, x := range s {
		if x.low.end != 0 || x.high.end != 0 || x.low.after || !x.high.after || compareInClass(x.low.at, x.high.at) != 0 {
			return nil, false
		}
		values[i] = x.low.at
	}
	return values, true
}

// An intRange is the integers from first to last, both included.
type intRange struct{ first, last int64 }

// integers returns the integers of a set of numbers as ranges. Adjacent ranges are merged.
func (s intervals) integers() []intRange {
	var ranges []intRange
	for _, x := range s {
		first, ok := firstInteger(x.low)
		if !ok {
			continue
		}
		last, ok := lastInteger(x.high)
		if !ok || first > last {
			continue
		}
		if n := len(ranges); n > 0 && ranges[n-1].last != math.MaxInt64 && first <= ranges[n-1].last+1 {
			ranges[n-1].last = max(ranges[n-1].last, last)
			continue
		}
		ranges = append(ranges, intRange{first, last})
	}
	return ranges
}

// firstInteger returns the smallest integer above a cut, or false if there is none.
func firstInteger(c cut) (int64, bool) {
	switch {
	case c.end < 0:
		return math.MinInt64, true
	case c.end > 0 || c.at.Kind() == protocol.KindUint:
		return 0, false
	}
	if f, ok := c.at.Float(); ok {
		up := math.Ceil(f)
		if f == up && c.after {
			return firstInteger(integerCut(f, true))
		}
		switch {
		case up < -1<<63:
			return math.MinInt64, true
		case up >= 1<<63:
			return 0, false
		}
		return int64(up), true
	}
	n, _ := c.at.Int()
	if !c.after {
		return n, true
	}
	return n + 1, n != math.MaxInt64
}

// lastInteger returns the largest integer below a cut, or false if there is none.
func lastInteger(c cut) (int64, bool) {
	switch {
	case c.end > 0 || c.at.Kind() == protocol.KindUint && c.end == 0:
		return math.MaxInt64, true
	case c.end < 0:
		return 0, false
	}
	if f, ok := c.at.Float(); ok {
		down := math.Floor(f)
		if f == down && !c.after {
			return lastInteger(integerCut(f, false))
		}
		switch {
		case down < -1<<63:
			return 0, false
		case down >= 1<<63:
			return math.MaxInt64, true
		}
		return int64(down), true
	}
	n, _ := c.at.Int()
	if c.after {
		return n, true
	}
	return n - 1, n != math.MinInt64
}

// integerCut returns the cut at a float without a fraction as one at an integer, if there is such
// an integer.
func integerCut(f float64, after bool) cut {
	switch {
	case f < -1<<63:
		return lowest
	case f >= 1<<63:
		return highest
	}
	return cut{at: protocol.Int(int64(f)), after: after}
}
