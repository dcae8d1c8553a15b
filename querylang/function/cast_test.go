package function

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/aerosql/aerosql/protocol"
)

func TestCast(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC).UnixNano()
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).UnixNano()
	dayBefore := time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC).UnixNano()
	integer, float, text := Type{Family: Integers}, Type{Family: Floats}, Type{Family: Strings}
	money := Type{Family: Decimals, Precision: 10, Scale: 2}
	cases := []struct {
		v    any
		to   Type
		want any
	}{
		{"5", integer, 5}, {" -7 ", integer, -7}, {1.9, integer, 1}, {-1.9, integer, -1}, {"1.9", integer, 1}, {true, integer, 1},
		{"x", integer, nil}, {"12abc", integer, nil}, {1e300, integer, nil}, {math.NaN(), integer, nil}, {nil, integer, nil},
		{"1.5", float, 1.5}, {2, float, 2.0}, {"", float, nil}, {[]any{1}, float, nil},
		{5, text, "5"}, {1.5, text, "1.5"}, {true, text, "true"}, {[]byte("ab"), text, "ab"},
		{"abcdef", Type{Family: Strings, Length: 3}, "abc"}, {"\u00e4\u00f6", Type{Family: Strings, Length: 1}, "\u00e4"},
		{"yes", Type{Family: Booleans}, true}, {0, Type{Family: Booleans}, false}, {"maybe", Type{Family: Booleans}, nil},
		{"2026-01-02 03:04:05.678", Type{Family: Timestamps}, at}, {"2026-01-02T04:04:05.678+01:00", Type{Family: Timestamps}, at},
		{"2026-01-02", Type{Family: Timestamps}, day}, {"1492-01-01", Type{Family: Timestamps}, nil}, {"now", Type{Family: Timestamps}, nil},
		{at, Type{Family: Dates}, day}, {-1, Type{Family: Dates}, dayBefore},
		{"123.45", money, 12345}, {"0.005", money, 1}, {"-0.005", money, -1}, {7, money, 700}, {0.1, money, 10}, {"1e-9", money, 0},
		{"99999999.99", money, 9999999999}, {"100000000", money, nil}, {"1e999999999", money, nil}, {"1/3", money, nil}, {math.Inf(1), money, nil},
	}
	for _, c := range cases {
		got := Cast(protocol.ValueOf(c.v), c.to)
		assert.Equal(t, protocol.ValueOf(c.want).Any(), got.Any(), "%v to family %d", c.v, c.to.Family)
	}
}

func TestFormatDecimal(t *testing.T) {
	assert.Equal(t, "123.45", FormatDecimal(12345, 2))
	assert.Equal(t, "-0.05", FormatDecimal(-5, 2))
	assert.Equal(t, "5", FormatDecimal(5, 0))
	assert.Equal(t, "0.00", FormatDecimal(0, 2))
	assert.Equal(t, "-92233720368547758.08", FormatDecimal(math.MinInt64, 2))
}
