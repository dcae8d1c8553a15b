package function

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

const at20260102 = int64(1767323045_000000000) // 2026-01-02 03:04:05

func decimal(precision, scale int) Type {
	return Type{Family: Decimals, Precision: precision, Scale: scale, Name: "DECIMAL(10, 2)"}
}

func TestCoerce(t *testing.T) {
	varchar := Type{Family: Strings, Length: 3, Name: "VARCHAR(3)"}
	cases := []struct {
		v    any
		t    Type
		want any // a string that starts with "error: " is an error
	}{
		{nil, Type{Family: Integers}, nil}, {"x", Type{}, "x"},
		{2.0, Type{Family: Integers}, 2}, {2.5, Type{Family: Integers}, "error: the float 2.5 is not an integer, which an INTEGER needs"},
		{"2", Type{Family: Integers}, "error: '2' is a string, not an INTEGER"}, {1e300, Type{Family: Integers}, "error: the float 1e+300 is not"},
		{2, Type{Family: Floats}, 2.0}, {1<<53 + 1, Type{Family: Floats}, "error: the integer 9007199254740993"}, {math.NaN(), Type{Family: Floats}, math.NaN()},
		{"äöü", varchar, "äöü"}, {"abcd", varchar, "abcd"}, {5, varchar, "error: 5 is an integer, not a VARCHAR(3)"},
		{[]byte("abcd"), Type{Family: Blobs, Length: 3, Name: "BINARY(3)"}, []byte("abcd")},
		{1, Type{Family: Booleans}, true}, {2, Type{Family: Booleans}, "error: 2 is an integer, not a BOOLEAN"}, {-1, Type{Family: Booleans}, "error: "},
		{"2026-01-02 03:04:05", Type{Family: Timestamps}, at20260102}, {"2026-01-02T04:04:05+01:00", Type{Family: Timestamps}, at20260102}, {"2026-01-02 03:04:05+00", Type{Family: Timestamps}, at20260102},
		{at20260102, Type{Family: Timestamps}, at20260102}, {"soon", Type{Family: Timestamps}, "error: 'soon' is not a TIMESTAMP such as '2026-01-02 03:04:05'"},
		{"9999-01-01", Type{Family: Timestamps}, "error: '9999-01-01' is out of the range of TIMESTAMP"},
		{"2026-01-02", Type{Family: Dates}, midnight(at20260102)}, {at20260102, Type{Family: Dates}, "error: '2026-01-02 03:04:05' has a time of day"},
		{true, Type{Family: Dates}, "error: true is a boolean, not a DATE"},
		{"1.25", decimal(10, 2), 125}, {1, decimal(10, 2), 100}, {0.1, decimal(10, 2), 10}, {"-1e2", decimal(10, 2), -10000},
		{"1.255", decimal(10, 2), "error: '1.255' has too many digits for DECIMAL(10, 2)"}, {100000000, decimal(10, 2), "error: "},
		{99999999, decimal(10, 2), 9999999900}, {"x", decimal(10, 2), "error: 'x' is not a number"}, {math.Inf(1), decimal(10, 2), "error: "},
		{[]byte{1}, decimal(10, 2), "error: 0x01 is a blob"}, {"1e999999999", decimal(10, 2), "error: "},
		{`{"a": [1, 1.5, null]}`, Type{Family: Documents}, map[string]any{"a": []any{1, 1.5, nil}}}, {"{", Type{Family: Documents}, "error: '{' is not JSON"},
		{"[1]", Type{Family: Lists}, []any{1}}, {"1", Type{Family: Lists}, "error: 1 is an integer, not a LIST"},
	}
	for _, c := range cases {
		got, err := Coerce(protocol.ValueOf(c.v), c.t)
		if s, ok := c.want.(string); ok && len(s) >= 7 && s[:7] == "error: " {
			require.ErrorIs(t, err, ast.ErrType, "%v to %v", c.v, c.t)
			require.ErrorContains(t, err, s[7:], "%v to %v", c.v, c.t)
			continue
		}
		require.NoError(t, err, "%v to %v", c.v, c.t)
		assert.Equal(t, protocol.ValueOf(c.want).String(), got.String(), "%v to %v", c.v, c.t)
	}
	_, err := Coerce(protocol.ValueOf(make(chan int)), Type{})
	require.Error(t, err)
}

func TestComparand(t *testing.T) {
	cases := []struct {
		v    any
		t    Type
		want any
	}{
		{"1.25", decimal(10, 2), 125}, {"1.255", decimal(10, 2), 125.5}, {-1.255, decimal(10, 2), -125.5}, {1000000000000, decimal(10, 2), 100000000000000},
		{math.Inf(-1), decimal(10, 2), math.Inf(-1)}, {math.MaxInt64, decimal(10, 2), math.MaxInt64 * 1e18}, {"-99999999999999999", decimal(18, 2), math.Inf(-1)},
		{"2026-01-02 03:04:05", Type{Family: Dates}, at20260102}, {"5", Type{Family: Integers}, "5"}, {1, Type{Family: Booleans}, true}, {nil, decimal(10, 2), nil},
	}
	for _, c := range cases {
		got, err := Comparand(protocol.ValueOf(c.v), c.t)
		require.NoError(t, err, "%v beside %v", c.v, c.t)
		assert.Equal(t, protocol.ValueOf(c.want).Any(), got.Any(), "%v beside %v", c.v, c.t)
	}
	for _, v := range []any{"x", true} {
		_, err := Comparand(protocol.ValueOf(v), decimal(10, 2))
		require.ErrorIs(t, err, ast.ErrType)
	}
}

func TestParseType(t *testing.T) {
	cases := []struct {
		name string
		args []int64
		want Type
	}{
		{"INT", nil, Type{Family: Integers, Name: "INT"}}, {"INT", []int64{11}, Type{Family: Integers, Name: "INT(11)"}},
		{"BIGINT UNSIGNED", nil, Type{Family: Integers, Name: "BIGINT UNSIGNED"}}, {"DOUBLE PRECISION", nil, Type{Family: Floats, Name: "DOUBLE PRECISION"}},
		{"VARCHAR", []int64{20}, Type{Family: Strings, Length: 20, Name: "VARCHAR(20)"}}, {"DECIMAL", nil, Type{Family: Decimals, Precision: 18, Name: "DECIMAL"}},
		{"NUMERIC", []int64{10, 2}, Type{Family: Decimals, Precision: 10, Scale: 2, Name: "NUMERIC(10, 2)"}},
		{"TIMESTAMP WITH TIME ZONE", nil, Type{Family: Timestamps, Name: "TIMESTAMP WITH TIME ZONE"}}, {"JSON", nil, Type{Family: Documents, Name: "JSON"}},
	}
	for _, c := range cases {
		got, err := ParseType(ast.TypeName{Name: c.name, Args: c.args})
		require.NoError(t, err)
		assert.Equal(t, c.want, got)
	}
	failures := []struct {
		t    ast.TypeName
		kind error
		text string
	}{
		{ast.TypeName{Name: "INTEGR"}, ast.ErrUnknownName, "did you mean INTEGER?"}, {ast.TypeName{Name: "QQQQQ"}, ast.ErrUnknownName, "there is no type QQQQQ"},
		{ast.TypeName{Name: "TIME"}, ast.ErrUnsupported, "TIME is not supported"}, {ast.TypeName{Name: "DECIMAL", Args: []int64{19}}, ast.ErrType, "must be 1 to 18"},
		{ast.TypeName{Name: "DECIMAL", Args: []int64{3, 4}}, ast.ErrType, "scale"}, {ast.TypeName{Name: "VARCHAR", Args: []int64{0}}, ast.ErrType, "at least 1"},
		{ast.TypeName{Name: "BOOL", Args: []int64{1}}, ast.ErrType, "no arguments"},
	}
	for _, c := range failures {
		_, err := ParseType(c.t)
		require.ErrorIs(t, err, c.kind)
		require.ErrorContains(t, err, c.text)
	}
}

func TestParseInterval(t *testing.T) {
	const second = int64(1e9)
	cases := []struct {
		text, unit    string
		months, nanos int64
	}{
		{"2", "HOUR", 0, 7200 * second}, {" -1.5 ", "SECOND", 0, -second * 3 / 2}, {"0.5", "YEAR", 6, 0}, {"2 hours 3 minutes", "", 0, 7380 * second},
		{"1 year -2 mons, 3d", "", 10, 3 * day}, {"1 day 02:03:04.5", "", 0, day + 7384*second + second/2}, {"-00:01", "", 0, -60 * second}, {"90m", "", 0, 5400 * second},
	}
	for _, c := range cases {
		months, nanos, err := ParseInterval(c.text, c.unit)
		require.NoError(t, err, c.text)
		assert.Equal(t, [2]int64{c.months, c.nanos}, [2]int64{months, nanos}, "%s %s", c.text, c.unit)
	}
	for _, text := range []string{"", "2", "x hours", "2 apples", "0.3 months", "1e30 days", "1:2:3:4", "1::2", "--1:00", "999999 years", "0x10 days", "0.5 ns"} {
		_, _, err := ParseInterval(text, "")
		assert.ErrorIs(t, err, ast.ErrArguments, text)
	}
}

func TestCastFrom(t *testing.T) {
	cases := []struct {
		v        any
		from, to Type
		want     any
	}{
		{125, decimal(10, 2), Type{Family: Strings}, "1.25"}, {-5, decimal(10, 2), Type{Family: Strings}, "-0.05"}, {199, decimal(10, 2), Type{Family: Integers}, 1},
		{125, decimal(10, 2), Type{Family: Floats}, 1.25}, {125, decimal(10, 2), decimal(10, 1), 13}, {at20260102, Type{Family: Timestamps}, Type{Family: Strings}, "2026-01-02 03:04:05"},
		{at20260102, Type{Family: Timestamps}, Type{Family: Dates}, midnight(at20260102)}, {midnight(at20260102), Type{Family: Dates}, Type{Family: Strings}, "2026-01-02"},
		{at20260102, Type{Family: Timestamps}, Type{Family: Integers}, at20260102}, {nil, decimal(10, 2), Type{Family: Floats}, nil}, {5, Type{}, Type{Family: Strings}, "5"},
		{at20260102 + 500, Type{Family: Timestamps}, Type{Family: Strings}, "2026-01-02 03:04:05.0000005"},
	}
	for _, c := range cases {
		assert.Equal(t, protocol.ValueOf(c.want).Any(), CastFrom(protocol.ValueOf(c.v), c.from, c.to).Any(), "%v from %v to %v", c.v, c.from, c.to)
	}
}
