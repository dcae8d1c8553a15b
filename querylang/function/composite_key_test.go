package function_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

func TestCompositeKey(t *testing.T) {
	for want, parts := range map[string][]any{
		"1/a":                   {1, "a"},
		"-5/":                   {-5, ""},
		`a\/b\\/c`:              {`a/b\`, "c"},
		"00ff/2":                {[]byte{0, 255}, 2.0},
		"/":                     {"", ""},
		"9223372036854775807/1": {int64(math.MaxInt64), 1},
	} {
		var values []protocol.Value
		for _, p := range parts {
			values = append(values, protocol.ValueOf(p))
		}
		got, _ := function.CompositeKey(values).Text()
		require.Equal(t, want, got)
	}
	for _, v := range []any{nil, 1.5, true, []any{1}, math.NaN(), math.Inf(1), 1e300} {
		require.True(t, function.CompositeKey([]protocol.Value{protocol.Int(1), protocol.ValueOf(v)}).IsNil(), v)
	}
}

// Rows with different strings have different keys.
func TestCompositeKeysDiffer(t *testing.T) {
	text := rapid.StringOf(rapid.SampledFrom([]rune(`/\a`)))
	rapid.Check(t, func(t *rapid.T) {
		a, b := []string{text.Draw(t, "a1"), text.Draw(t, "a2")}, []string{text.Draw(t, "b1"), text.Draw(t, "b2")}
		key := func(parts []string) protocol.Value {
			return function.CompositeKey([]protocol.Value{protocol.String(parts[0]), protocol.String(parts[1])})
		}
		require.Equal(t, strings.Join(a, "|") == strings.Join(b, "|"), protocol.Equal(key(a), key(b)))
	})
}
