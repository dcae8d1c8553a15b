package querylang_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// row is a record with some bins, the key 'k' and generation 3. Its other pseudo columns are NULL.
type row map[string]protocol.Value

func (r row) Bin(name string) protocol.Value { return r[name] }

func (r row) Pseudo(p querylang.Pseudo) protocol.Value {
	switch p {
	case querylang.PrimaryKey:
		return protocol.String("k")
	case querylang.Generation:
		return protocol.Int(3)
	}
	return protocol.Nil()
}

var testRow = row{
	"i": protocol.Int(7), "zero": protocol.Int(0), "big": protocol.Int(math.MaxInt64), "low": protocol.Int(math.MinInt64),
	"f": protocol.Float(7), "h": protocol.Float(7.5), "nan": protocol.Float(math.NaN()),
	"s": protocol.String("abc"), "bs": protocol.Blob([]byte("abc")), "yes": protocol.Bool(true), "no": protocol.Bool(false),
	"l": protocol.List(protocol.Int(1)), "m": protocol.Map(protocol.Pair{Key: protocol.Int(1)}),
	"om":  protocol.MapWithOrder(protocol.Ordered, []protocol.Pair{{Key: protocol.Int(1)}}),
	"geo": protocol.GeoJSON("abc"),
}

// evalText evaluates an expression on testRow.
func evalText(t testing.TB, text string, args ...protocol.Value) protocol.Value {
	plan, err := querylang.Prepare("SELECT "+text+" FROM t", testOptions)
	require.NoError(t, err, text)
	column := plan.(*querylang.ReadPlan).Columns[0]
	return querylang.Eval(column.Expr, &querylang.Env{Args: args, Row: testRow})
}

func TestEval(t *testing.T) {
	cases := []struct{ text, want string }{
		// Comparison of numbers is exact.
		{"i = 7", "true"}, {"i = 7.0", "true"}, {"i < 7.5", "true"}, {"7.5 > i", "true"}, {"f = 7", "true"}, {"f = i", "true"},
		{"h > i", "true"}, {"i <> 8", "true"}, {"i != 7", "false"}, {"i >= 7", "true"}, {"i <= 6", "false"},
		{"big < 9223372036854775808.0", "true"}, {"big = 9223372036854775807", "true"}, {"low = -9223372036854775808.0", "true"},
		{"big > 9.3e18", "false"}, {"low < -9.3e18", "false"},
		{"nan = nan", "false"}, {"nan <> 1", "true"}, {"nan < 1", "false"}, {"nan = 'x'", "nil"},
		// Values of other types compare with values of the same type only.
		{"s = 'abc'", "true"}, {"s < 'abd'", "true"}, {"s = bs", "nil"}, {"bs = X'616263'", "true"}, {"i = '7'", "nil"}, {"i <> '7'", "nil"},
		{"yes = TRUE", "true"}, {"no < yes", "true"}, {"yes = 1", "nil"}, {"l = l", "true"}, {"m = m", "nil"}, {"om = om", "true"},
		{"geo = 'abc'", "nil"}, {"geo = geo", "nil"}, {"s = NULL", "nil"}, {"missing = missing", "nil"},
		// Three-valued logic.
		{"missing = 1 AND FALSE", "false"}, {"FALSE AND missing = 1", "false"}, {"missing = 1 AND TRUE", "nil"},
		{"missing = 1 OR TRUE", "true"}, {"TRUE OR missing = 1", "true"}, {"missing = 1 OR FALSE", "nil"}, {"no OR no", "false"},
		{"NOT missing = 1", "nil"}, {"NOT yes", "false"}, {"NOT no", "true"}, {"i AND TRUE", "nil"}, {"yes AND NOT no", "true"},
		{"missing IS NULL", "true"}, {"missing IS NOT NULL", "false"}, {"i IS NULL", "false"}, {"i / 0 IS NULL", "true"},
		{"(i = 7) = yes", "true"},
		// IN and BETWEEN.
		{"i IN (1, 7)", "true"}, {"i IN (1, 2)", "false"}, {"i IN (1, NULL)", "nil"}, {"i IN (7, NULL)", "true"}, {"i IN ('7', 7)", "true"},
		{"i NOT IN (1, 2)", "true"}, {"i NOT IN (1, NULL)", "nil"}, {"missing IN (1)", "nil"}, {"i IN ('7')", "nil"},
		{"i BETWEEN 7 AND 8", "true"}, {"i BETWEEN 8 AND 9", "false"}, {"i NOT BETWEEN 8 AND 9", "true"},
		{"i BETWEEN NULL AND 3", "false"}, {"i BETWEEN NULL AND 9", "nil"}, {"i NOT BETWEEN NULL AND 3", "true"},
		// Arithmetic.
		{"i + 1", "8"}, {"i - 8", "-1"}, {"i * 2", "14"}, {"i / 2", "3"}, {"-i / 2", "-3"}, {"i % 4", "3"}, {"-i % 4", "-3"},
		{"i / 2.0", "3.5"}, {"h + i", "14.5"}, {"h - 1", "6.5"}, {"h * 2", "15"}, {"h % 2", "nil"}, {"-h", "-7.5"}, {"i / 0", "nil"}, {"i % zero", "nil"},
		{"big + 1", "-9223372036854775808"}, {"low / -1", "-9223372036854775808"}, {"low % -1", "0"}, {"-low", "-9223372036854775808"},
		{"h / 0", "+Inf"}, {"s + 1", "nil"}, {"missing + 1", "nil"}, {"-s", "nil"}, {"yes + 1", "nil"},
		{"1 + 2 * 3", "7"}, {"(1 + 2) * 3", "9"}, {"10 - 2 - 3", "5"}, {"- -1", "1"}, {"-(-9223372036854775808)", "-9223372036854775808"}, {"+3", "3"},
		// Text.
		{"s || 'd'", "abcd"}, {"bs || X'64'", "0x61626364"}, {"s || i", "nil"}, {"s || missing", "nil"}, {"CONCAT(s, s, 'x')", "abcabcx"}, {"'a' || 'b' || s", "ababc"},
		// LIKE.
		{"s LIKE 'abc'", "true"}, {"s LIKE 'a%'", "true"}, {"s LIKE '%b%'", "true"}, {"s LIKE '%c'", "true"}, {"s LIKE 'b%'", "false"}, {"s LIKE 'a'", "false"},
		{"s LIKE '_b_'", "true"}, {"s LIKE '____'", "false"}, {"s LIKE 'ABC'", "false"}, {"s LIKE ''", "false"}, {"'' LIKE ''", "true"}, {"'' LIKE '%'", "true"},
		{"s LIKE '%%_%c%'", "true"}, {"s NOT LIKE 'x%'", "true"}, {"i LIKE '7'", "nil"}, {"missing NOT LIKE 'x'", "nil"}, {"s LIKE NULL", "nil"},
		{"'a.c' LIKE 'a.c'", "true"}, {"s LIKE 'a.c'", "false"}, {"'5%' LIKE '5!%' ESCAPE '!'", "true"}, {"'5x' LIKE '5!%' ESCAPE '!'", "false"},
		{"'a!' LIKE 'a!!' ESCAPE '!'", "true"}, {"'a' LIKE 'a!' ESCAPE '!'", "nil"}, {"'a' LIKE 'a' ESCAPE 'xx'", "nil"}, {"'äö' LIKE '_ö'", "true"},
		{`'a\' LIKE 'a\'`, "true"}, {"'aab' LIKE '%ab'", "true"}, {"'mississippi' LIKE '%iss%ip%i'", "true"},
		// Pseudo columns.
		{"PK = 'k'", "true"}, {"__generation + 1", "4"}, {"__ttl", "nil"},
	}
	for _, c := range cases {
		require.Equal(t, c.want, evalText(t, c.text).String(), c.text)
	}
}

func TestEvalArguments(t *testing.T) {
	require.Equal(t, "true", evalText(t, "i = ?", protocol.Int(7)).String())
	require.Equal(t, "nil", evalText(t, "i = ?").String())
	three := protocol.List(protocol.Int(1), protocol.Int(7), protocol.String("x"))
	require.Equal(t, "true", evalText(t, "i IN (?)", three).String(), "a list is replaced by its elements")
	require.Equal(t, "true", evalText(t, "i IN (9, ?, ?)", protocol.Int(8), three).String())
	require.Equal(t, "false", evalText(t, "i IN (?)", protocol.List()).String())
	require.Equal(t, "true", evalText(t, "i NOT IN (?)", protocol.List()).String())
	require.Equal(t, "true", evalText(t, "l = ?", protocol.List(protocol.Int(1))).String(), "outside IN a list is a value")
}

func TestMatches(t *testing.T) {
	for text, want := range map[string]bool{"i = 7": true, "i = 8": false, "missing = 1": false, "NOT missing = 1": false, "i": false} {
		plan, err := querylang.Prepare("SELECT 1 FROM t WHERE "+text, testOptions)
		require.NoError(t, err)
		filter := plan.(*querylang.ReadPlan).Source.Filter
		require.Equal(t, want, querylang.Matches(filter, &querylang.Env{Row: testRow}), text)
	}
}
