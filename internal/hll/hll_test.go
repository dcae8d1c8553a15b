package hll

import (
	"encoding/hex"
	"math"
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

// pack encodes a call.
func pack(t testing.TB, parts ...protocol.Value) []byte {
	b, err := protocol.AppendMsgpack(nil, protocol.List(parts...))
	require.NoError(t, err)
	return b
}

func integers(from, to int64) protocol.Value {
	var list []protocol.Value
	for n := from; n < to; n++ {
		list = append(list, protocol.Int(n))
	}
	return protocol.List(list...)
}

func added(t testing.TB, elements protocol.Value, index, minhash int64) (bin, result protocol.Value) {
	bin, result, code := Modify(pack(t, protocol.Int(1), elements, protocol.Int(index), protocol.Int(minhash), protocol.Int(0)), protocol.Nil())
	require.Equal(t, protocol.OK, code)
	return bin, result
}

// TestRegisters checks the blobs of docs/wire-cdt-exp.md#11.3.
func TestRegisters(t *testing.T) {
	for want, c := range map[string]struct {
		elements       protocol.Value
		index, minhash int64
	}{
		"0004000000000000000000000000004080003000000000": {
			protocol.List(protocol.String("a"), protocol.String("b"), protocol.String("c")), 4, 0,
		},
		"0004040000000000000000000000000000000044000002f000000000000000": {
			protocol.List(protocol.Int(1), protocol.Int(1000)), 4, 4,
		},
	} {
		bin, _ := added(t, c.elements, c.index, c.minhash)
		b, _ := bin.Bytes()
		assert.Equal(t, want, hex.EncodeToString(b))
		assert.True(t, Valid(b))
	}
}

// TestEstimates checks the numbers of docs/wire-cdt-exp.md#4.3.
func TestEstimates(t *testing.T) {
	for _, c := range []struct {
		index, minhash                       int64
		changed, all, half, union, intersect int64 // 0 means unknown
		similarity                           float64
	}{
		{8, 0, 426, 1037, 552, 1037, 552, 0.53230472516875604},
		{12, 0, 919, 992, 502, 0, 0, 0},
		{10, 20, 798, 994, 507, 0, 515, 0.5180532741686833},
		{14, 0, 980, 998, 502, 0, 0, 0},
	} {
		all, changed := added(t, integers(0, 1000), c.index, c.minhash)
		half, _ := added(t, integers(500, 1000), c.index, c.minhash)
		assert.True(t, protocol.Equal(protocol.Int(c.changed), changed))
		read := func(bin protocol.Value, args ...protocol.Value) protocol.Value {
			v, code := Read(pack(t, args...), bin)
			require.Equal(t, protocol.OK, code)
			return v
		}
		for _, e := range []struct {
			want int64
			got  protocol.Value
		}{
			{c.all, read(all, protocol.Int(50))},
			{c.half, read(half, protocol.Int(50))},
			{c.union, read(all, protocol.Int(52), half)},
			{c.intersect, read(all, protocol.Int(53), protocol.List(half))},
		} {
			if n, _ := e.got.Int(); e.want != 0 {
				assert.Equal(t, e.want, n)
			}
		}
		if s, _ := read(all, protocol.Int(54), half).Float(); c.similarity != 0 {
			assert.Equal(t, c.similarity, s)
		}
	}
}

func TestCodes(t *testing.T) {
	small, _ := added(t, integers(0, 10), 4, 0)
	large, _ := added(t, integers(0, 10), 8, 8)
	for name, c := range map[string]struct {
		call []byte
		bin  protocol.Value
		want protocol.ResultCode
	}{
		"creation without bits":   {pack(t, protocol.Int(0)), protocol.Nil(), protocol.OpNotApplicable},
		"bits out of range":       {pack(t, protocol.Int(0), protocol.Int(17)), protocol.Nil(), protocol.ParameterError},
		"too many bits together":  {pack(t, protocol.Int(0), protocol.Int(16), protocol.Int(51)), protocol.Nil(), protocol.ParameterError},
		"must not exist":          {pack(t, protocol.Int(0), protocol.Int(8), protocol.Int(0), protocol.Int(1)), small, protocol.BinExists},
		"must exist":              {pack(t, protocol.Int(3)), protocol.Nil(), protocol.BinNotFound},
		"not a HyperLogLog":       {pack(t, protocol.Int(3)), protocol.Int(1), protocol.BinTypeError},
		"malformed HyperLogLog":   {pack(t, protocol.Int(3)), protocol.HLL([]byte{1, 2}), protocol.ServerError},
		"fold with minhash":       {pack(t, protocol.Int(4), protocol.Int(4)), large, protocol.OpNotApplicable},
		"union that loses bits":   {pack(t, protocol.Int(2), protocol.List(small)), large, protocol.OpNotApplicable},
		"union with fold allowed": {pack(t, protocol.Int(2), protocol.List(small), protocol.Int(8)), large, protocol.OK},
		"list as an element":      {pack(t, protocol.Int(1), protocol.List(protocol.List())), small, protocol.ParameterError},
		"empty list of elements":  {pack(t, protocol.Int(1), protocol.List()), small, protocol.ParameterError},
	} {
		_, _, code := Modify(c.call, c.bin)
		assert.Equal(t, c.want, code, name)
	}
}

// TestPower checks values on which C libraries agree and math.Pow differs.
func TestPower(t *testing.T) {
	assert.Equal(t, 1.0, power(0.5, 0))
	assert.Equal(t, math.Ldexp(1, -64), power(0.5, 64))
	assert.Equal(t, 0.0, power(0.5, math.MaxUint64))
}

// FuzzCalls checks that no call panics or returns a value with an invalid length.
func FuzzCalls(f *testing.F) {
	small, _ := added(f, integers(0, 10), 4, 0)
	b, _ := small.Bytes()
	for _, call := range [][]byte{
		pack(f, protocol.Int(0), protocol.Int(8)), pack(f, protocol.Int(1), integers(0, 5)), pack(f, protocol.Int(2), protocol.List(small)),
		pack(f, protocol.Int(50)), pack(f, protocol.Int(53), small), pack(f, protocol.Int(54), protocol.List(small, small)), fromHex(f, "9201ddffffffff"),
	} {
		f.Add(call, b)
	}
	f.Fuzz(func(t *testing.T, call, stored []byte) {
		bin := protocol.Nil()
		if Valid(stored) {
			bin = protocol.HLL(stored)
		}
		var changed protocol.Value
		var code protocol.ResultCode
		// The largest sketch has 2^16 registers of 57 bits. A failing call may allocate one and
		// unpack another.
		const largest = 1 << 16 * 57 / 8
		wiretest.Bounded(t, len(call)+len(stored)+largest, wiretest.Parts, func() {
			if !bin.IsNil() {
				Read(call, bin)
			}
			changed, _, code = Modify(call, bin)
		})
		if code == protocol.OK && !changed.IsNil() {
			b, _ := changed.Bytes()
			_, ok := parseSketch(b)
			require.True(t, ok)
		}
	})
}
