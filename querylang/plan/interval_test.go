package plan

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// numbers are the values that the sets of the tests are compared on, in order.
var testNumbers = []protocol.Value{
	protocol.Float(math.Inf(-1)), protocol.Int(math.MinInt64), protocol.Int(math.MinInt64 + 1), protocol.Int(-2), protocol.Float(-1.5),
	protocol.Int(-1), protocol.Float(-0.5), protocol.Int(0), protocol.Float(0.5), protocol.Int(1), protocol.Float(1.5),
	protocol.Int(2), protocol.Int(1 << 53), protocol.Int(1<<53 + 1), protocol.Int(math.MaxInt64 - 1), protocol.Int(math.MaxInt64),
	protocol.Float(1 << 63), protocol.Uint(1<<63 + 1), protocol.Float(math.Inf(1)),
}

func contains(s intervals, v protocol.Value) bool {
	for _, x := range s {
		if x.low.compare(before(v)) <= 0 && x.high.compare(after(v)) >= 0 {
			return true
		}
	}
	return false
}

func randomCut(r *rand.Rand) cut {
	switch r.IntN(12) {
	case 0:
		return lowest
	case 1:
		return highest
	}
	v := testNumbers[r.IntN(len(testNumbers))]
	if r.IntN(2) == 0 {
		return before(v)
	}
	return after(v)
}

func randomIntervals(r *rand.Rand) intervals {
	var s intervals
	for range r.IntN(4) {
		s = append(s, between(randomCut(r), randomCut(r))...)
	}
	return normal(s)
}

// TestIntervals compares the operations on sets with the operations on their members.
func TestIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		a, b := randomIntervals(r), randomIntervals(r)
		union, both, not := a.union(b), a.intersect(b), a.complement()
		for _, s := range []intervals{union, both, not} {
			for i := range s {
				require.Negative(t, s[i].low.compare(s[i].high))
				require.True(t, i == 0 || s[i-1].high.compare(s[i].low) < 0)
			}
		}
		for _, v := range testNumbers {
			require.Equal(t, contains(a, v) || contains(b, v), contains(union, v))
			require.Equal(t, contains(a, v) && contains(b, v), contains(both, v))
			require.Equal(t, !contains(a, v), contains(not, v))
			if v.Kind() == protocol.KindInt {
				require.Equal(t, contains(a, v), inRanges(a.integers(), v), "%v %v", a, v)
			}
		}
		ranges := a.integers()
		for i := 1; i < len(ranges); i++ {
			require.Greater(t, ranges[i].first, ranges[i-1].last+1)
		}
	}
}

func inRanges(ranges []intRange, v protocol.Value) bool {
	n, _ := v.Int()
	for _, x := range ranges {
		if x.first <= n && n <= x.last {
			return true
		}
	}
	return false
}

func TestTestNumbersAreInOrder(t *testing.T) {
	for i := range testNumbers {
		for j := range testNumbers {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			require.Equal(t, want, compareInClass(testNumbers[i], testNumbers[j]), "%v %v", testNumbers[i], testNumbers[j])
		}
	}
}

func TestLiteralPrefix(t *testing.T) {
	for _, c := range []struct {
		pattern string
		escape  rune
		prefix  string
		whole   bool
	}{
		{"abc", -1, "abc", true}, {"abc%", -1, "abc", false}, {"a_c", -1, "a", false}, {"%", -1, "", false},
		{"a!%b", '!', "a%b", true}, {"a!%b%", '!', "a%b", false}, {"a!", '!', "a", false}, {"é%", -1, "é", false},
		{"a\xffb", -1, "a", false}, {"", -1, "", true}, {"!\xff", '!', "", false},
	} {
		prefix, whole := literalPrefix(c.pattern, c.escape)
		require.Equal(t, c.prefix, prefix, c.pattern)
		require.Equal(t, c.whole, whole, c.pattern)
	}
}

func TestStartsWith(t *testing.T) {
	for _, c := range []struct {
		prefix string
		in     []string
		out    []string
	}{
		{"ab", []string{"ab", "abc", "ab\xff\xff"}, []string{"a", "aa\xff", "ac", "b"}},
		{"a\xff", []string{"a\xff", "a\xff\xff"}, []string{"a", "b", "a\xfe"}},
		{"\xff", []string{"\xff", "\xff\xffz"}, []string{"", "\xfe"}},
		{"", []string{"", "z"}, nil},
	} {
		s := startsWith(c.prefix)
		for _, x := range c.in {
			require.True(t, contains(s, protocol.String(x)), "%q %q", c.prefix, x)
		}
		for _, x := range c.out {
			require.False(t, contains(s, protocol.String(x)), "%q %q", c.prefix, x)
		}
	}
}
