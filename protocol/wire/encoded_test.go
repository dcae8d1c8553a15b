package wire

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func encodedOf(t testing.TB, bins protocol.Bins) *Encoded {
	e := new(Encoded)
	for _, bin := range bins {
		require.NoError(t, e.Add(bin.Name, bin.Value))
	}
	return e
}

// TestEncodedWriteIsWrite compares the messages and the batch rows of a write of values with those
// of a write of the same bins that are encoded.
func TestEncodedWriteIsWrite(t *testing.T) {
	key := protocol.MustKey("test", "demo", "k1")
	for name, bins := range map[string]protocol.Bins{
		"one":     {protocol.NewBin("a", 1)},
		"removes": {protocol.NewBin("a", "x"), {Name: "b"}},
		"kinds": {
			protocol.NewBin("i", -5), protocol.NewBin("f", 1.5), protocol.NewBin("s", "text"), protocol.NewBin("b", []byte{1}),
			protocol.NewBin("t", true), protocol.NewBin("l", []any{1, "x"}), protocol.NewBin("m", map[string]any{"k": 1}), protocol.NewBin("e", ""),
		},
	} {
		values, encoded := NewWrite(protocol.OpWrite, key, bins), NewEncodedWrite(key, encodedOf(t, bins))
		for _, c := range []*Command{&values, &encoded} {
			c.SendKey, c.Generation, c.RecordTTL = true, 3, 60
			require.NoError(t, c.Check(), name)
		}
		want, err := values.AppendMessage(nil, 5)
		require.NoError(t, err)
		got, err := encoded.AppendMessage(nil, 5)
		require.NoError(t, err)
		require.Equal(t, hex.EncodeToString(want), hex.EncodeToString(got), name)
		require.Equal(t, values.MayRemove(), encoded.MayRemove(), name)
		require.Equal(t, values.OnlyBin(), encoded.OnlyBin(), name)
		require.Equal(t, values.IsWrite(), encoded.IsWrite(), name)

		batch := Batch{Flags: BatchRespondAll}
		want, err = batch.AppendMessage(nil, []BatchRow{{Index: 0, Command: &values}, {Index: 1, Command: &values}}, 5)
		require.NoError(t, err)
		got, err = batch.AppendMessage(nil, []BatchRow{{Index: 0, Command: &encoded}, {Index: 1, Command: &encoded}}, 5)
		require.NoError(t, err)
		require.Equal(t, hex.EncodeToString(want), hex.EncodeToString(got), name)

		back, err := encodedOf(t, bins).Bins()
		require.NoError(t, err)
		require.Equal(t, len(bins), len(back))
		for i := range bins {
			require.Equal(t, bins[i].Name, back[i].Name)
			require.True(t, protocol.Equal(bins[i].Value, back[i].Value) || bins[i].Value.IsNil() && back[i].Value.IsNil(), "%s: %v", name, back[i])
		}
	}
}

// TestEncodedRowsDoNotRepeat: rows of different bins are not taken for repetitions.
func TestEncodedRowsDoNotRepeat(t *testing.T) {
	key := protocol.MustKey("test", "demo", "k1")
	one, two := NewEncodedWrite(key, encodedOf(t, protocol.Bins{protocol.NewBin("a", 1)})), NewEncodedWrite(key, encodedOf(t, protocol.Bins{protocol.NewBin("a", 2)}))
	require.False(t, two.repeats(&one))
	require.True(t, one.repeats(&one))
	require.Greater(t, two.RowSize(&one), two.RowSize(&two))
}

func TestEncodedErrors(t *testing.T) {
	e := encodedOf(t, protocol.Bins{protocol.NewBin("a", 1)})
	before := *e
	require.ErrorIs(t, e.Add(strings.Repeat("n", 16), protocol.Int(1)), protocol.ErrInvalidBin)
	require.ErrorIs(t, e.Add("b", protocol.InvalidValue(protocol.ErrTooDeep)), protocol.ErrTooDeep)
	require.Equal(t, before, *e)
	empty := NewEncodedWrite(protocol.MustKey("test", "demo", "k1"), new(Encoded))
	require.ErrorIs(t, empty.Check(), protocol.ErrInvalidCommand)
	cut := Encoded{Ops: e.Ops[:len(e.Ops)-1], Count: 1}
	_, err := cut.Bins()
	require.ErrorIs(t, err, protocol.ErrMalformed)
	e.Reset()
	require.Zero(t, e.Count)
}

// FuzzParseEncoded compares ParseEncoded with ParseResponse.
func FuzzParseEncoded(f *testing.F) {
	addAnswers(f, "scalar", "list", "map")
	f.Fuzz(func(t *testing.T, body []byte) {
		wiretest.Bounded(t, len(body), wiretest.Bytes, func() {
			var resp Response
			rest, err := resp.ParseEncoded(body, len(body)%2 == 0)
			want, wantRest, wantErr := ParseResponse(body)
			if wantErr == nil {
				require.NoError(t, err)
				require.Equal(t, wantRest, rest)
				require.Equal(t, want.Header, resp.Header)
				if want.ResultCode == protocol.OK {
					bins, err := resp.Encoded.Bins()
					require.NoError(t, err)
					require.Equal(t, len(want.Bins), len(bins))
					for i := range bins {
						require.Equal(t, want.Bins[i].Name, bins[i].Name)
						require.Equal(t, want.Bins[i].Value.Kind(), bins[i].Value.Kind())
					}
				}
				return
			}
			if err == nil { // the sizes are right
				_, err = resp.Encoded.Bins()
			}
			require.Error(t, err)
			require.True(t, broken(err), "%v", err)
		})
	})
}

// FuzzCutOp compares CutOp and BinName with Next.
func FuzzCutOp(f *testing.F) {
	for _, v := range []any{1, 1.5, "text", []byte{1}, true, "a text that is longer"} {
		for _, bin := range []string{"bin", "ninebytes", "exactly8", "fifteen_letters"} {
			f.Add(bin, encodedOf(f, protocol.Bins{protocol.NewBin(bin, v), protocol.NewBin("b", v)}).Ops)
		}
	}
	f.Fuzz(func(t *testing.T, bin string, ops []byte) {
		if len(bin) > protocol.MaxBinNameLen {
			return
		}
		e := Encoded{Ops: ops, Count: 1}
		op, ok, err := e.Next()
		named := ok && err == nil && string(op.Name) == bin && ops[6]&opHasLUT == 0
		typ, value, rest, cut := CutOp(ops, bin)
		require.Equal(t, named, cut)
		if cut {
			require.Equal(t, op.Type, typ)
			require.Equal(t, op.Data, value)
			require.Equal(t, e.Ops, rest)
		}
		name := NewBinName(bin)
		if len(ops) >= NameSize {
			start, end := name.Value(ops)
			fits := start <= end && end <= len(ops)
			for _, typ := range []protocol.ParticleType{op.Type, op.Type + 1} {
				starts := name.Starts(ops, typ) && fits
				require.Equal(t, cut && op.Type == typ && ops[6] == 0, starts)
				if starts {
					require.Equal(t, op.Data, ops[start:end:end])
				}
			}
		}
		if len(ops) >= name.WordSize() {
			for _, typ := range []protocol.ParticleType{op.Type, op.Type + 1} {
				starts := name.StartsWord(ops, typ)
				require.Equal(t, cut && op.Type == typ && ops[6] == 0 && len(value) == 8, starts)
				if starts {
					require.Equal(t, binary.BigEndian.Uint64(value), name.Word(ops))
					require.Equal(t, e.Ops, ops[name.WordSize():])
				}
			}
		}
	})
}
