package expression

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// sample returns a record with a bin of most types.
func sample() *testRecord {
	r := &testRecord{set: "s", size: 64, lastUpdate: 5_000, now: 12_500, voidTime: 20, key: []byte("\x03key")}
	r.digest[16] = 7
	for name, v := range map[string]protocol.Value{
		"i": protocol.Int(7), "f": protocol.Float(2.5), "s": protocol.String("hello"), "t": protocol.Bool(true),
		"b": protocol.Blob([]byte{1, 2}), "l": protocol.List(protocol.Int(4), protocol.Int(2)),
		"m":  protocol.Map(protocol.Pair{Key: protocol.String("a"), Value: protocol.Int(1)}),
		"mo": protocol.MapWithOrder(protocol.Ordered, []protocol.Pair{{Key: protocol.String("a"), Value: protocol.Int(1)}}),
	} {
		data, err := protocol.AppendParticle(nil, v)
		if err != nil {
			panic(err)
		}
		r.bins = append(r.bins, bin{name, v.Particle(), data})
	}
	return r
}

// evaluate returns the result of an expression, or nil if it is unknown.
func evaluate(t testing.TB, e exp.Expression) any {
	packed, err := exp.Pack(e)
	require.NoError(t, err)
	parsed, code := Parse(packed)
	require.Equal(t, protocol.OK, code)
	b, ok := parsed.Eval(sample())
	if !ok {
		return nil
	}
	v, err := protocol.ParseParticle(b.Type, b.Data)
	require.NoError(t, err)
	return v.Any()
}

func TestResults(t *testing.T) {
	none := exp.IntBin("none")
	for name, test := range map[string]struct {
		e    exp.Expression
		want any
	}{
		"sum":                      {exp.Add(exp.IntBin("i"), exp.IntVal(1)), int64(8)},
		"wraps":                    {exp.Add(exp.IntVal(math.MaxInt64), exp.IntVal(1)), int64(math.MinInt64)},
		"quotient":                 {exp.Div(exp.IntVal(24), exp.IntVal(2), exp.IntVal(3)), int64(4)},
		"division by zero":         {exp.Div(exp.IntVal(1), exp.IntVal(0)), nil},
		"division that overflows":  {exp.Div(exp.IntVal(math.MinInt64), exp.IntVal(-1)), int64(math.MinInt64)},
		"float division by zero":   {exp.Div(exp.FloatVal(1), exp.FloatVal(0)), math.Inf(1)},
		"power":                    {exp.Pow(exp.FloatVal(2), exp.FloatVal(0.5)), math.Sqrt2},
		"logarithm":                {exp.Log(exp.FloatVal(8), exp.FloatVal(2)), 3.0},
		"not a number to int":      {exp.ToInt(exp.FloatVal(math.NaN())), int64(math.MinInt64)},
		"missing bin":              {none, nil},
		"other type":               {exp.StringBin("i"), nil},
		"false and unknown":        {exp.And(exp.Eq(none, none), exp.BoolVal(false)), false},
		"true or unknown":          {exp.Or(exp.Eq(none, none), exp.BoolVal(true)), true},
		"not unknown":              {exp.Not(exp.Eq(none, none)), nil},
		"unordered map":            {exp.Eq(exp.MapBin("m"), exp.MapBin("m")), nil},
		"ordered map":              {exp.Eq(exp.MapBin("mo"), exp.MapBin("mo")), true},
		"list size":                {exp.ListSize(exp.ListBin("l")), int64(2)},
		"modify leaves the record": {exp.ListSize(exp.ListAppend(exp.ListBin("l"), exp.IntVal(1))), int64(3)},
		"bin type":                 {exp.BinType("none"), int64(0)},
		"digest":                   {exp.DigestModulo(4), int64(3)},
		"since update":             {exp.SinceUpdate(), int64(7_500)},
		"time to live":             {exp.TTL(), int64(8)},
		"set":                      {exp.SetName(), "s"},
		"user key":                 {exp.StringKey(), "key"},
		"user key of another type": {exp.IntKey(), nil},
	} {
		assert.Equal(t, test.want, evaluate(t, test.e), name)
	}
}

func TestInvalid(t *testing.T) {
	for name, packed := range map[string]string{
		"nothing":              "",
		"empty array":          "\x90",
		"unknown operator":     "\x91\x0a",
		"negative operator":    "\x91\xff",
		"too few operands":     "\x92\x01\x01",
		"cut short":            "\x93\x01\x01",
		"trailing bytes":       "\x01\x01",
		"mixed types":          "\x93\x01\x01\xc3",
		"blob of another type": "\xa2\x07a",
		"modulo zero":          "\x92\x40\x00",
		"undefined variable":   "\x92\x7c\xa1x",
		"long bin name":        "\x93\x51\x02\xb0aaaaaaaaaaaaaaaa",
		"bad pattern":          "\x94\x07\x01\xa1(\xa2\x03a",
		"bad geometry":         "\xa3\x17{}",
		"a wildcard":           "\xd4\xff\x00",
		"too deep":             strings.Repeat("\x92\x12", maxDepth+1) + "\xc3",
		"too large":            "\xdd\x00\x02\x00\x00\x10" + strings.Repeat("\xc3", 1<<17-1),
	} {
		_, code := Parse([]byte(packed))
		assert.Equal(t, protocol.ParameterError, code, name)
	}
}

func TestFilterIsBoolean(t *testing.T) {
	_, code := ParseFilter([]byte{1})
	assert.Equal(t, protocol.ParameterError, code)
	e, code := ParseFilter([]byte("\x91\x00"))
	require.Equal(t, protocol.OK, code)
	assert.False(t, e.Matches(sample()), "unknown does not pass")
}

// TestModifyFlags checks the table of docs/wire-cdt-exp.md#7.6.
func TestModifyFlags(t *testing.T) {
	const null, unknown, one = "\xc0", "\x91\x00", "\x01"
	for _, test := range []struct {
		body   string
		flags  uint64
		exists bool
		change Change
		code   protocol.ResultCode
	}{
		{one, 0, true, Set, protocol.OK},
		{one, 0, false, Set, protocol.OK},
		{one, flagCreateOnly, true, Keep, protocol.BinExists},
		{one, flagCreateOnly | flagPolicyNoFail, true, Keep, protocol.OK},
		{one, flagUpdateOnly, false, Keep, protocol.BinNotFound},
		{one, flagUpdateOnly | flagPolicyNoFail, false, Keep, protocol.OK},
		{null, 0, true, Keep, protocol.OpNotApplicable},
		{null, 0, false, Keep, protocol.OK},
		{null, flagAllowDelete, true, Delete, protocol.OK},
		{null, flagEvalNoFail, true, Keep, protocol.OK},
		{unknown, 0, true, Keep, protocol.OpNotApplicable},
		{unknown, flagEvalNoFail, true, Keep, protocol.OK},
	} {
		o, code := ParseModify([]byte("\x92" + test.body + string(rune(test.flags))))
		require.Equal(t, protocol.OK, code)
		change, _, code := o.Modify(sample(), test.exists)
		assert.Equal(t, test.code, code, "%x %x", test.body, test.flags)
		assert.Equal(t, test.change, change, "%x %x", test.body, test.flags)
	}
	for _, packed := range []string{"\x92\x01\x20", "\x90", "\x93\x01\x00\x00", "\x01"} {
		_, code := ParseModify([]byte(packed))
		assert.Equal(t, protocol.ParameterError, code, "%x", packed)
	}
	_, code := ParseRead([]byte("\x92\x01\x01"))
	assert.Equal(t, protocol.ParameterError, code, "a write flag in a read")
}

func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		pattern string
		flags   int64
		text    string
		want    bool
	}{
		{"a|b", 0, "a|b", true},
		{`a\|b`, 0, "b", true},
		{"a|b", regexExtended, "b", true},
		{"a+", 0, "aa", false},
		{"*a", 0, "*a", true},
		{"HELLO", regexIgnoreCase, "hello", true},
		{`\h`, regexIgnoreCase, "h", false},
		{"^b", regexExtended, "a\nb", false},
		{"^b", regexExtended | regexNewline, "a\nb", true},
		{"a.b", regexExtended | regexNewline, "a\nb", false},
		{"^.{2}$", regexExtended, "é", true},
		{"[[:digit:]]{2,}", regexExtended, "x12", true},
		{"[]x]", 0, "]", true},
		{"a**", regexExtended, "", true},
		{"$a^", 0, "$a^", true},
	} {
		e := exp.RegexCompare(test.pattern, exp.RegexFlags(test.flags), exp.StringVal(test.text))
		assert.Equal(t, test.want, evaluate(t, e), "%q %d %q", test.pattern, test.flags, test.text)
	}
	for _, pattern := range []string{"(", "[", "a{2,1}", "a{x", "*a", "[b-a]", "[[:foo:]]", `\`, "a{40000}", `(a)\1`} {
		_, ok := compilePattern([]byte(pattern), regexExtended)
		assert.False(t, ok, pattern)
	}
}

func BenchmarkFilter(b *testing.B) {
	packed, err := exp.Pack(exp.And(exp.Ge(exp.IntBin("i"), exp.IntVal(5)), exp.Eq(exp.StringBin("s"), exp.StringVal("hello"))))
	require.NoError(b, err)
	e, code := ParseFilter(packed)
	require.Equal(b, protocol.OK, code)
	r := sample()
	b.ReportAllocs()
	for b.Loop() {
		e.Matches(r)
	}
}
