package exp_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// FuzzParse checks that Parse handles any bytes, and that an expression it accepts can be packed,
// formatted and parsed again.
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
		var parsed exp.Expression
		var err error
		wiretest.Bounded(t, len(data), wiretest.Entries, func() { parsed, err = exp.Parse(data) })
		if err != nil {
			requireClass(t, err)
			return
		}
		packed, err := exp.Pack(parsed)
		if err != nil {
			t.Fatalf("parsed but cannot be packed: %v: %x", err, data)
		}
		again, err := exp.Parse(packed)
		if err != nil {
			t.Fatalf("packed but cannot be parsed: %v: %x", err, packed)
		}
		repacked, err := exp.Pack(again)
		if err != nil || !bytes.Equal(packed, repacked) || parsed.String() != again.String() {
			t.Fatalf("%v: %x, then %x", err, packed, repacked)
		}
		if parsed.String() == "" {
			t.Fatalf("empty string for %x", data)
		}
	})
}

// FuzzParseOperation does the same for the values of operations.
func FuzzParseOperation(f *testing.F) {
	f.Add([]byte{0x92, 0x05, 0x00})
	f.Add([]byte{0x91, 0x93, 0x51, 0x02, 0xa1, 'a'})
	f.Fuzz(func(t *testing.T, data []byte) {
		var n *exp.Node
		var err error
		wiretest.Bounded(t, len(data), wiretest.Entries, func() { n, _, err = exp.ParseOperation(data) })
		if err != nil {
			requireClass(t, err)
			return
		}
		if _, err := n.Append(nil); err != nil {
			t.Fatalf("parsed but cannot be packed: %v: %x", err, data)
		}
	})
}

// requireClass requires that err wraps one of the documented errors.
func requireClass(t *testing.T, err error) {
	for _, class := range []error{protocol.ErrMalformed, protocol.ErrTooDeep, protocol.ErrTooLarge} {
		if errors.Is(err, class) {
			return
		}
	}
	t.Fatalf("unexpected error: %v", err)
}

// The smallest operands cost the most memory per byte. The depth limit is reached on a small stack.
func TestExpressionsThatCostMost(t *testing.T) {
	const n = 100_000
	array := func(n int) []byte { return binary.BigEndian.AppendUint32([]byte{0xdd}, uint32(n)) }
	for name, packed := range map[string][]byte{
		"and":         slices.Concat(array(n+1), []byte{16}, bytes.Repeat([]byte{0xc3}, n)),
		"a literal":   slices.Concat([]byte{0x92, 126}, array(n), bytes.Repeat([]byte{1}, n)),
		"definitions": slices.Concat(array(n+2), []byte{123}, bytes.Repeat([]byte{0xa1, 'a', 1}, n/2), []byte{0xc3}),
		"false count": {0x92, 126, 0xdd, 0x03, 0xff, 0xff, 0xff, 1},
		"depth bomb":  bytes.Repeat([]byte{0x92, 18}, n),
		"deep values": slices.Concat([]byte{0x92, 126}, bytes.Repeat([]byte{0x91}, n)),
	} {
		t.Run(name, func(t *testing.T) {
			wiretest.StackBounded(t, func() {
				wiretest.Bounded(t, len(packed), wiretest.Entries, func() {
					if _, err := exp.Parse(packed); err != nil {
						requireClass(t, err)
					}
				})
			})
		})
	}
}
