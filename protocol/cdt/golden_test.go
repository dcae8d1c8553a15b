package cdt_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

var (
	i  = func(n int64) protocol.Value { return protocol.Int(n) }
	s  = protocol.String
	in = cdt.In
)

// golden has the vectors of docs/wire-cdt-exp.md#11.1 that the official Go client wrote, and calls
// that it cannot make, from the tables of sections 2 and 4.
var golden = []struct {
	op    protocol.Operation
	code  protocol.OpCode
	bytes string
}{
	{cdt.ListAppend("b", i(1)), 4, "920101"},
	{cdt.ListAppend("b", s("a")), 4, "9201a20361"},
	{cdt.ListAppendItems("b", []protocol.Value{i(1), s("a"), protocol.Blob([]byte{1, 2})}), 4, "92029301a20361a3040102"},
	{cdt.ListAppend("b", i(5), cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique}), 4, "9401050101"},
	{cdt.ListInsert("b", 0, i(7)), 4, "93030007"},
	{cdt.ListSet("b", 1, protocol.Bool(true)), 4, "930901c3"},
	{cdt.ListIncrement("b", 0, i(3)), 4, "930c0003"},
	{cdt.ListIncrement("b", 0, protocol.Nil()), 4, "920c00"},
	{cdt.ListIncrement("b", 0, protocol.Nil(), cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.NoFail}), 4, "950c00010104"},
	{cdt.ListPop("b", -1), 4, "9205ff"},
	{cdt.ListPopRange("b", 0, 2), 4, "93060002"},
	{cdt.ListPopRange("b", 1, cdt.ToEnd), 4, "920601"},
	{cdt.ListSize("b"), 3, "9110"},
	{cdt.ListSort("b", cdt.SortDropDuplicates), 4, "920d02"},
	{cdt.ListGet("b", cdt.ByIndex(0), cdt.ReturnValue), 3, "93130700"},
	{cdt.ListGet("b", cdt.ByValueRange(i(1), i(9)), cdt.ReturnIndex), 3, "9419010109"},
	{cdt.ListGet("b", cdt.ByValueRange(protocol.Nil(), i(9)), cdt.ReturnIndex), 3, "941901c009"},
	{cdt.ListGet("b", cdt.ByValueRange(i(1), protocol.Nil()), cdt.ReturnIndex), 3, "93190101"},
	{cdt.ListRemove("b", cdt.ByValue(s("x")), cdt.ReturnCount|cdt.Inverted), 4, "9323ce00010005a20378"},
	{cdt.ListGet("b", cdt.ByRankRange(-3, 3), cdt.ReturnValue), 3, "941a07fd03"},
	{cdt.ListGet("b", cdt.ByRelativeRankRange(i(4), -1, 2), cdt.ReturnValue), 3, "951b0704ff02"},
	{cdt.ListAppend("b", i(1), cdt.ListPolicy{}, in(cdt.MapKey(s("k")), cdt.ListIndex(-1))), 4, "93ccff9422a2036b10ff9401010000"},
	{cdt.ListCreate("b", protocol.Ordered, in(cdt.MapKey(s("k")))), 4, "93ccff92cce2a2036b920001"},
	{cdt.ListCreate("b", protocol.Unordered, in(cdt.ListIndexPad(3))), 4, "93ccff92cc9003920000"},
	{cdt.MapPut("b", s("k"), i(1), cdt.MapPolicy{Order: protocol.Ordered}), 4, "9443a2036b0101"},
	{cdt.MapPut("b", s("k"), i(1)), 4, "9443a2036b0100"},
	{cdt.MapPut("b", s("k"), i(1), cdt.MapPolicy{Flags: cdt.CreateOnly | cdt.NoFail}), 4, "9543a2036b010005"},
	{cdt.MapPut("b", s("k"), i(1), cdt.MapPolicy{Mode: cdt.MapUpdateOnly}), 4, "9345a2036b01"},
	{cdt.MapPutItems("b", []protocol.Pair{{Key: s("a"), Value: i(1)}}, cdt.MapPolicy{Order: protocol.Ordered}), 4, "934481a203610101"},
	{cdt.MapIncrement("b", s("k"), i(2), cdt.MapPolicy{Order: protocol.Ordered}), 4, "9449a2036b0201"},
	{cdt.MapGet("b", cdt.ByKey(s("k")), cdt.ReturnValue), 3, "936107a2036b"},
	{cdt.MapGet("b", cdt.ByKeyList(s("a"), i(2)), cdt.ReturnKeyValue), 3, "936b0892a2036102"},
	{cdt.MapGet("b", cdt.ByKeyRange(s("a"), s("c")), cdt.ReturnKey), 3, "946706a20361a20363"},
	{cdt.MapRemove("b", cdt.ByKey(s("k")), cdt.ReturnValue), 4, "934c07a2036b"},
	{cdt.MapClear("b"), 4, "914b"},
	{cdt.MapSize("b"), 3, "9160"},
	{cdt.MapCreate("b", protocol.Ordered), 4, "924001"},
	{cdt.MapCreate("b", protocol.Ordered|protocol.PersistIndex), 4, "924011"},
	{cdt.MapGet("b", cdt.ByValue(protocol.List(i(1), protocol.Wildcard())), cdt.ReturnKey), 3, "9366069201d4ff00"},
	{cdt.MapGet("b", cdt.ByValueRange(i(1), protocol.Infinity()), cdt.ReturnKey), 3, "94690601d4ff01"},
	{cdt.BitResize("b", 4, 0), 13, "9400040000"},
	{cdt.BitSet("b", 13, 3, []byte{0xe0}), 13, "95030d03a204e000"},
	{cdt.BitAdd("b", 24, 16, 128, cdt.Unsigned, cdt.OverflowFail), 13, "960a1810cc800000"},
	{cdt.BitAdd("b", 24, 16, 128, cdt.Signed, cdt.OverflowWrap), 13, "960a1810cc800005"},
	{cdt.BitGet("b", 9, 5), 12, "93320905"},
	{cdt.BitGetInt("b", 8, 16, cdt.Signed), 12, "9436081001"},
	{cdt.BitGetInt("b", 8, 16, cdt.Unsigned), 12, "93360810"},
	{cdt.BitScanLeft("b", 24, 8, true), 12, "94341808c3"},
	{cdt.HLLInit("b", 8, cdt.Unset), 16, "940008ff00"},
	{cdt.HLLAdd("b", []protocol.Value{s("a"), s("b")}, 8, cdt.Unset), 16, "950192a20361a2036208ff00"},
	{cdt.HLLGetCount("b"), 15, "9132"},
	{cdt.HLLMayContain("b", s("a")), 15, "923891a20361"},
	{cdt.SelectByPath("b", in(cdt.AllChildren()), cdt.SelectValues|cdt.SelectNoFail), 3, "93ccfe9204c311"},
	{cdt.SelectByPath("b", in(cdt.MapKeysIn(s("a"), i(2)), cdt.AndFilter([]byte{0xc3})), cdt.SelectMapKeyValues), 3, "93ccfe942a92a2036102cd0204c303"},
	{cdt.ModifyByPath("b", in(cdt.ListIndex(0), cdt.AllChildrenWithFilter([]byte{0x91, 0x64})), []byte{0x05}), 4, "94ccfe9410000491640405"},
}

func TestGolden(t *testing.T) {
	for _, g := range golden {
		packed, _ := g.op.Value.Bytes()
		require.NoError(t, g.op.Value.Err())
		text, err := cdt.Describe(g.op)
		require.NoError(t, err)
		require.Equal(t, g.bytes, hex.EncodeToString(packed), text)
		require.Equal(t, g.code, g.op.Code, text)
		require.Equal(t, "b", g.op.Bin, text)
	}
}

func TestParseRoundTrip(t *testing.T) {
	for _, g := range golden {
		call, err := cdt.Parse(g.op)
		require.NoError(t, err)
		again, _ := call.Operation().Value.Bytes()
		require.Equal(t, g.bytes, hex.EncodeToString(again), call.String())
	}
}

func TestInvalid(t *testing.T) {
	one := in(cdt.MapKey(s("k")))
	for name, op := range map[string]protocol.Operation{
		"Inverted with ByRank":          cdt.ListGet("b", cdt.ByRank(0), cdt.ReturnIndex|cdt.Inverted),
		"Inverted with ByKey":           cdt.MapRemove("b", cdt.ByKey(i(1)), cdt.ReturnKey|cdt.Inverted),
		"negative range length -1":      cdt.MapGet("b", cdt.ByIndexRange(0, -1), cdt.ReturnKey),
		"negative range length -2":      cdt.ListTrim("b", 0, -2),
		"negative range length -3":      cdt.BitNot("b", 0, -3),
		"empty selector":                cdt.MapGet("b", cdt.Selector{}, cdt.ReturnKey),
		"map mode 7":                    cdt.MapPut("b", i(1), i(1), cdt.MapPolicy{Mode: 7}),
		"a chan int":                    cdt.ListAppend("b", protocol.ValueOf(make(chan int))),
		"only in path expressions":      cdt.ListSize("b", in(cdt.AllChildren())),
		"path of 0 steps":               cdt.SelectByPath("b", nil, cdt.SelectTree),
		"path of 65 steps":              cdt.SelectByPath("b", make(cdt.Context, 65), cdt.SelectTree),
		"ModifyByPath to store results": cdt.SelectByPath("b", one, 4),
		"empty expression":              cdt.ModifyByPath("b", one, nil),
		"empty expression in a path":    cdt.SelectByPath("b", in(cdt.AllChildrenWithFilter(nil)), 0),
		"must follow a step":            cdt.SelectByPath("b", in(cdt.AndFilter([]byte{0xc3})), 0),
		"a step that it can narrow":     cdt.SelectByPath("b", in(cdt.AllChildren(), cdt.AndFilter([]byte{0xc3})), 0),
	} {
		require.ErrorContains(t, op.Value.Err(), name)
		require.ErrorIs(t, op.Value.Err(), protocol.ErrInvalidValue, name)
		_, err := cdt.Describe(op)
		require.ErrorIs(t, err, protocol.ErrInvalidValue)
	}
}
