package collection

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func fromHex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// applyAll applies packed calls in order and returns the bin and the last result.
func applyAll(t *testing.T, bin protocol.Value, calls ...string) (newBin, result protocol.Value, code protocol.ResultCode) {
	for _, c := range calls {
		packed := fromHex(t, c)
		bin, result, code = Apply(nil, packed, bin, true)
		if code == protocol.ParameterError {
			_, result, code = Apply(nil, packed, bin, false)
		}
	}
	return bin, result, code
}

func packed(t *testing.T, v protocol.Value) string {
	b, err := Pack(nil, v)
	require.NoError(t, err)
	return hex.EncodeToString(b)
}

func ints(n ...int64) protocol.Value {
	list := make([]protocol.Value, len(n))
	for i, x := range n {
		list[i] = protocol.Int(x)
	}
	return protocol.List(list...)
}

func TestCalls(t *testing.T) {
	for name, c := range map[string]struct {
		bin           protocol.Value
		calls         []string
		wantBin, want string
	}{
		"append creates":             {calls: []string{"920105"}, wantBin: "9105", want: "0000000000000001"},
		"append creates ordered":     {calls: []string{"93010501", "920103"}, wantBin: "93c700010305", want: "0000000000000002"},
		"insert pads with nil":       {bin: ints(1), calls: []string{"93030307"}, wantBin: "9401c0c007", want: "0000000000000004"},
		"legacy form":                {bin: ints(1, 2), calls: []string{"0010"}, wantBin: "920102", want: "0000000000000002"},
		"rank range from the lowest": {bin: ints(3, 1, 2), calls: []string{"941a070002"}, wantBin: "93030102", want: "920201"},
		"inverted removal":           {bin: ints(1, 2, 3), calls: []string{"9425ce000100070101"}, wantBin: "9102", want: "920103"},
		"map of pairs":               {calls: []string{"9443a2036b0101", "936108a2036b"}, wantBin: "82c70001c0a2036b01", want: "82c70008c0a2036b01"},
		"created by a context":       {calls: []string{"93ccff9462a2036b50009401050100"}, wantBin: "81a2036b9192c7000105", want: "0000000000000001"},
		"path of all children":       {bin: protocol.List(ints(1, 2), ints(3)), calls: []string{"93ccfe9404c304c301"}, wantBin: "929201029103", want: "93010203"},
	} {
		t.Run(name, func(t *testing.T) {
			bin, result, code := applyAll(t, c.bin, c.calls...)
			require.Equal(t, protocol.OK, code)
			assert.Equal(t, c.wantBin, packed(t, bin))
			assert.Equal(t, c.want, packed(t, result))
		})
	}
}

func TestCodes(t *testing.T) {
	m := protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.Int(2)})
	for name, c := range map[string]struct {
		bin    protocol.Value
		call   string
		modify bool
		want   protocol.ResultCode
	}{
		"empty call":                   {bin: ints(), call: "", want: protocol.ParameterError},
		"count before its arguments":   {bin: ints(), call: "dd7fffffff10", want: protocol.OK},
		"unknown operation":            {bin: ints(), call: "910f", want: protocol.ParameterError},
		"list operation on a map":      {bin: m, call: "9110", want: protocol.BinTypeError},
		"modify call in a read":        {bin: ints(), call: "920101", want: protocol.ParameterError},
		"index out of range":           {bin: ints(1), call: "921105", want: protocol.OpNotApplicable},
		"truncated value":              {bin: ints(), call: "9201a5", modify: true, want: protocol.ParameterError},
		"sentinel to store":            {bin: ints(), call: "9201d4ff00", modify: true, want: protocol.ParameterError},
		"key exists":                   {bin: m, call: "93410105", modify: true, want: protocol.ElementExists},
		"key is missing":               {bin: m, call: "93450505", modify: true, want: protocol.ElementNotFound},
		"sort of a missing bin":        {call: "910d", modify: true, want: protocol.BinTypeError},
		"removal from a missing bin":   {call: "920500", modify: true, want: protocol.OK},
		"context of odd length":        {bin: m, call: "93ccff91229110", want: protocol.ParameterError},
		"context to a missing element": {bin: m, call: "93ccff9222059110", want: protocol.OpNotApplicable},
		"context to an integer":        {bin: m, call: "93ccff9222019110", want: protocol.BinTypeError},
		"gap larger than a record":     {bin: ints(), call: "9309ce7fffff0001", modify: true, want: protocol.RecordTooBig},
		"gap larger than a list":       {bin: ints(), call: "9309ce7fffffff01", modify: true, want: protocol.ParameterError},
		"path with an expression":      {bin: m, call: "93ccfe9204910000", want: protocol.ParameterError},
		"modify path in a read":        {bin: m, call: "94ccfe9204c30401", want: protocol.ParameterError},
		"too many levels in a path":    {bin: m, call: "93ccfedc008204c3", want: protocol.ParameterError},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, code := Apply(nil, fromHex(t, c.call), c.bin, c.modify)
			assert.Equal(t, c.want, code)
		})
	}
}

// TestTornList checks that incomplete lists (see torn) are read, returned and repaired as on a
// server.
func TestTornList(t *testing.T) {
	const appendInvalid = "920181cb3ff800000000000001" // a map whose key is a float
	bin, result, code := applyAll(t, ints(1, 2), appendInvalid)
	require.Equal(t, protocol.OK, code)
	assert.Equal(t, "0000000000000003", packed(t, result))
	assert.Equal(t, "930102", packed(t, bin))

	bin, err := Unpack(protocol.ParticleList, fromHex(t, packed(t, bin)))
	require.NoError(t, err)
	_, _, code = Apply(nil, fromHex(t, "93160701"), bin, false) // by value
	assert.Equal(t, protocol.ParameterError, code)
	bin, _, code = applyAll(t, bin, "9207ff") // remove the last
	require.Equal(t, protocol.OK, code)
	assert.Equal(t, "920102", packed(t, bin))
}

func TestNormalize(t *testing.T) {
	for in, want := range map[string]string{
		"8202030102":             "8201020203",
		"82c70001c00102":         "82c70001c00102",
		"83c70001c002030102":     "", // ordered but out of order
		"8201020103":             "", // duplicate key
		"81cb3ff000000000000001": "", // invalid type of a key
		"93c700010201":           "",
		"93c700110102":           "93c700010102", // the stored index is not visible
		"9192c7001101":           "9192c7000101", // ignored in nested lists
		"92c7000201":             "9101",         // an unknown flag
		"91d4ff00":               "",
		"91cf0000000000000005":   "9105",
		"91c4020361":             "91a20361",
	} {
		v, err := protocol.ParseMsgpack(fromHex(t, in))
		require.NoError(t, err, in)
		v, ok := Normalize(v)
		if assert.Equal(t, want != "", ok, in) && ok {
			assert.Equal(t, want, packed(t, v), in)
		}
	}
}

// FuzzApply checks that no call panics, that results can be packed, and that reads don't modify.
func FuzzApply(f *testing.F) {
	for _, seed := range [][3]string{
		{"920105", "93010203", "m"}, {"941a070002", "93030102", ""}, {"93ccff9462a2036b50009401050100", "", "m"},
		{"936b0892a2036102", "82c70001c0a2036102", ""}, {"93ccfe9404c304c300", "929201029103", ""}, {"94ccfe9204c3049164", "920102", "m"},
		{"00180100", "9101", ""}, {"9201ddffffffff", "9101", "m"}, {"920181cb3ff800000000000001", "9101", "m"},
	} {
		f.Add(fromHex(f, seed[0]), fromHex(f, seed[1]), seed[2] == "m")
	}
	// A list can be padded up to the record size, which is small here.
	env := &Env{MaxRecordSize: 1 << 10, Compile: func(packed []byte) (Expression, bool) { return constant{}, len(packed) > 1 }}
	f.Fuzz(func(t *testing.T, call, stored []byte, modify bool) {
		var bin protocol.Value
		if v, err := protocol.ParseMsgpack(stored); err == nil {
			if v, ok := Normalize(v); ok && (v.Kind() == protocol.KindList || v.Kind() == protocol.KindMap) {
				bin = v
			}
		}
		before, err := Pack(nil, bin)
		require.NoError(t, err)
		var newBin, result protocol.Value
		// Values are decoded, sorted and rebuilt.
		wiretest.Bounded(t, len(call)+len(stored), 4*wiretest.Values, func() { newBin, result, _ = Apply(env, call, bin, modify) })
		_, err = Pack(nil, result)
		require.NoError(t, err)
		after, err := Pack(nil, newBin)
		if err != nil {
			require.ErrorIs(t, err, protocol.ErrTooDeep)
			return
		}
		if !modify {
			require.Equal(t, before, after)
		}
	})
}

// constant is an expression that matches everything and computes 7.
type constant struct{}

func (constant) Matches(*Loop) Trilean { return True }

func (constant) Compute(*Loop) (protocol.Value, Outcome) { return protocol.Int(7), Computed }
