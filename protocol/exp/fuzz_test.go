package exp_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// FuzzParse holds that no bytes do harm, and that what can be read can be written, shown and read again.
func FuzzParse(f *testing.F) {
	for _, g := range golden {
		packed, _ := hex.DecodeString(g.packed)
		f.Add(packed)
	}
	path := cdt.In(cdt.AllChildrenWithFilter(exp.Filter(exp.Gt(exp.IntLoopVar(exp.LoopValue), exp.IntVal(1)))), cdt.ListIndexPad(3))
	for _, e := range []exp.Expression{
		exp.SelectByPath(exp.MapBin("m"), path, cdt.SelectValues),
		exp.ModifyByPath(exp.ListBin("l"), path, exp.ResultRemove()),
		exp.InList(exp.GeoVal("{}"), exp.ListVal([]any{1, map[string]any{"a": nil}})),
		exp.ListGetByValueRange(exp.ListBin("l"), nil, exp.Infinity(), exp.ReturnRanks.Inverted(), cdt.In(cdt.ListRank(-1))),
	} {
		packed, err := exp.Pack(e)
		require.NoError(f, err)
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := exp.Parse(data)
		if err != nil {
			return
		}
		packed, err := exp.Pack(parsed)
		if err != nil {
			t.Fatalf("read but not packed: %v: %x", err, data)
		}
		again, err := exp.Parse(packed)
		if err != nil {
			t.Fatalf("packed but not read: %v: %x", err, packed)
		}
		repacked, err := exp.Pack(again)
		if err != nil || !bytes.Equal(packed, repacked) || parsed.String() != again.String() {
			t.Fatalf("%v: %x, then %x", err, packed, repacked)
		}
		if parsed.String() == "" {
			t.Fatalf("nothing to show of %x", data)
		}
	})
}

// FuzzParseOperation does the same for the values of operations.
func FuzzParseOperation(f *testing.F) {
	f.Add([]byte{0x92, 0x05, 0x00})
	f.Add([]byte{0x91, 0x93, 0x51, 0x02, 0xa1, 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		n, _, err := exp.ParseOperation(data)
		if err != nil {
			return
		}
		if _, err := n.Append(nil); err != nil {
			t.Fatalf("read but not packed: %v: %x", err, data)
		}
	})
}
