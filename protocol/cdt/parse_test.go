package cdt_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func packedCall(t require.TestingT, code protocol.OpCode, digits string) protocol.Operation {
	b, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return protocol.Operation{Code: code, Bin: "b", Value: protocol.Blob(b)}
}

// Calls that no builder makes are described too.
func TestDescribeUnknownCalls(t *testing.T) {
	for digits, want := range map[string]string{
		"934e0701":             `MapRemoveByFirstValue("b", ReturnValue, 1)`,
		"9347070a":             `Call("b", 71, 7, 10)`,
		"94430102cc80":         `MapPut("b", 1, 2, 0x80)`,
		"9401a2036105cc9f":     `ListAppend("b", "a", 0x5, AddUnique|InsertBounded|NoFail|Partial|0x90)`,
		"93ccff9200059110":     `ListSize("b", In(Step(0x0, 5)))`,
		"93ccff92cd0162059110": `ListSize("b", In(MapKeyCreate(5, Unordered|PersistIndex)))`,
		"93ccff92cc91059110":   `ListSize("b", In(ListRankCreate(5, Padded)))`,
		"94130700c0":           `ListGet("b", ByIndex(0, nil), ReturnValue)`,
		"9113":                 `Call("b", 19)`,
		"93ccfe92100005":       `SelectByPath("b", In(ListIndex(0)), 5)`,
	} {
		text, err := cdt.Describe(packedCall(t, protocol.OpCDTRead, digits))
		require.NoError(t, err, digits)
		require.Equal(t, want, text)
	}
	text, err := cdt.Describe(packedCall(t, protocol.OpBitsRead, "93ccff92100093330008"))
	require.NoError(t, err)
	require.Equal(t, `BitCount("b", 0, 8, In(ListIndex(0)))`, text)
	text, err = cdt.Describe(packedCall(t, protocol.OpHLLRead, "92630a"))
	require.NoError(t, err)
	require.Equal(t, `HLLCall("b", 99, 10)`, text)
}

func TestParseErrors(t *testing.T) {
	for name, digits := range map[string]string{
		"nothing":                       "",
		"empty array":                   "90",
		"not an array":                  "05",
		"legacy frame":                  "000101",
		"array longer than the input":   "9501",
		"truncated array header":        "dc00",
		"huge array":                    "ddffffffff01",
		"call is not a number":          "91a20361",
		"call number too large":         "91cd0100",
		"negative call number":          "91ff",
		"trailing bytes":                "911000",
		"context of one value":          "93ccff91109110",
		"empty context":                 "93ccff909110",
		"context type is not a number":  "93ccff92c0019110",
		"context type too large":        "93ccff92ce00010000019110",
		"context in a context":          "93ccff92100093ccff9210009110",
		"select in a context":           "93ccff92100093ccfe92100000",
		"context without a call":        "92ccff921000",
		"select without flags":          "92ccfe921000",
		"select of five elements":       "95ccfe92100004c0c0",
		"truncated expression":          "94ccfe921000049312",
		"lists nested without end":      "9201" + strings.Repeat("91", 400) + "c0",
		"expression nested without end": "93ccfe9204" + strings.Repeat("91", 400) + "c000",
	} {
		_, err := cdt.Parse(packedCall(t, protocol.OpCDTRead, digits))
		require.Error(t, err, name)
		if strings.Contains(name, "nested") {
			require.ErrorIs(t, err, protocol.ErrTooDeep, name)
		} else {
			require.ErrorIs(t, err, protocol.ErrMalformed, name)
		}
	}
	_, err := cdt.Parse(packedCall(t, protocol.OpBitsRead, "93ccfe92100000"))
	require.ErrorIs(t, err, protocol.ErrMalformed, "bits have no paths")
	for _, op := range []protocol.Operation{protocol.GetBin("b"), protocol.PutBin("b", protocol.Blob([]byte{0x91, 0x10})), {Code: protocol.OpCDTRead, Value: i(5)}} {
		_, err := cdt.Parse(op)
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
	}
}

func TestContextBase64(t *testing.T) {
	for text, want := range map[string]cdt.Context{
		"lCKiA2sQ/w==": in(cdt.MapKey(s("k")), cdt.ListIndex(-1)),
		"khEA":         in(cdt.ListRank(0)),
	} {
		got, err := want.Base64()
		require.NoError(t, err)
		require.Equal(t, text, got)
	}
	every := in(cdt.ListIndex(-5), cdt.ListIndexCreate(1, protocol.Ordered|protocol.PersistIndex), cdt.ListIndexPad(70000), cdt.ListRank(-1),
		cdt.ListValue(protocol.List(i(1), protocol.Wildcard())), cdt.MapIndex(3), cdt.MapRank(0), cdt.MapKey(protocol.Blob([]byte{1})),
		cdt.MapKeyCreate(s("k"), protocol.KeyValueOrdered), cdt.MapKeyCreate(i(1<<40), protocol.Unordered), cdt.MapValue(protocol.Float(1.5)),
		cdt.AllChildren(), cdt.MapKeysIn(s("a"), i(1)), cdt.AndFilter([]byte{0x93, 0x01, 0x01, 0x02}))
	text, err := every.Base64()
	require.NoError(t, err)
	again, err := cdt.ParseContextBase64(text)
	require.NoError(t, err)
	require.Equal(t, every.String(), again.String())
	packed, err := again.Base64()
	require.NoError(t, err)
	require.Equal(t, text, packed)

	_, err = cdt.Context(nil).Base64()
	require.ErrorIs(t, err, protocol.ErrInvalidValue)
	for _, bad := range []string{"", "!", "kA==", "kRE=", "khEAAA=="} {
		_, err := cdt.ParseContextBase64(bad)
		require.ErrorIs(t, err, protocol.ErrMalformed, bad)
	}
	prefix := []byte("kept")
	kept, err := in(cdt.MapKey(protocol.ValueOf(make(chan int)))).AppendTo(prefix)
	require.ErrorIs(t, err, protocol.ErrInvalidValue)
	require.Equal(t, "kept", string(kept))
}

// Contexts given separately are joined. They are not modified.
func TestContextsAreJoined(t *testing.T) {
	outer := append(make(cdt.Context, 0, 8), cdt.MapKey(s("k")))
	first := cdt.ListSize("b", outer, in(cdt.ListIndex(1)))
	second := cdt.ListAppend("b", i(1), outer, in(cdt.ListIndex(2)))
	created := cdt.ListCreate("b", protocol.Ordered, outer)
	require.Equal(t, `ListSize("b", In(MapKey("k"), ListIndex(1)))`, describe(t, first))
	require.Equal(t, `ListAppend("b", 1, In(MapKey("k"), ListIndex(2)))`, describe(t, second))
	require.Equal(t, `ListSetOrder("b", Ordered, In(MapKeyCreate("k", KeyValueOrdered)))`, describe(t, created))
	require.Equal(t, `In(MapKey("k"))`, outer.String())
}

func describe(t *testing.T, op protocol.Operation) string {
	text, err := cdt.Describe(op)
	require.NoError(t, err)
	return text
}

func FuzzParse(f *testing.F) {
	for _, g := range golden {
		packed, _ := g.op.Value.Bytes()
		f.Add(uint8(g.code), packed)
	}
	f.Fuzz(func(t *testing.T, code uint8, packed []byte) {
		op := protocol.Operation{Code: protocol.OpCode(code), Bin: "b", Value: protocol.Blob(packed)}
		var call cdt.Call
		var err error
		wiretest.Bounded(t, len(packed), wiretest.Values, func() { call, err = cdt.Parse(op) })
		if err != nil {
			requireClass(t, err)
			return
		}
		_ = call.String()
		again := call.Operation()
		if again.Value.Err() != nil { // more than the builders allow, e.g. a path of 70 steps
			return
		}
		second, err := cdt.Parse(again)
		require.NoError(t, err)
		require.Equal(t, call.String(), second.String())
		want, _ := again.Value.Bytes()
		got, _ := second.Operation().Value.Bytes()
		require.True(t, bytes.Equal(want, got), "%x is not stable: %x", want, got)
	})
}

func FuzzParseContext(f *testing.F) {
	f.Add("lCKiA2sQ/w==")
	f.Add("kgTD")
	f.Fuzz(func(t *testing.T, text string) {
		var c cdt.Context
		var err error
		wiretest.Bounded(t, len(text), wiretest.Values, func() { c, err = cdt.ParseContextBase64(text) })
		if err != nil {
			requireClass(t, err)
			return
		}
		again, err := c.Base64()
		require.NoError(t, err)
		second, err := cdt.ParseContextBase64(again)
		require.NoError(t, err)
		require.Equal(t, c.String(), second.String())
	})
}

// requireClass requires that err wraps one of the documented errors.
func requireClass(t *testing.T, err error) {
	for _, class := range []error{protocol.ErrMalformed, protocol.ErrTooDeep, protocol.ErrInvalidCommand} {
		if errors.Is(err, class) {
			return
		}
	}
	t.Fatalf("unexpected error: %v", err)
}

// The smallest arguments and steps cost the most memory per byte. The depth limit is reached on a
// small stack.
func TestCallsThatCostMost(t *testing.T) {
	const n = 100_000
	array := func(n int) []byte { return binary.BigEndian.AppendUint32([]byte{0xdd}, uint32(n)) }
	for name, packed := range map[string][]byte{
		"arguments":   slices.Concat(array(n+1), []byte{1}, bytes.Repeat([]byte{1}, n)),
		"items":       slices.Concat([]byte{0x92, 2}, array(n), bytes.Repeat([]byte{1}, n)),
		"steps":       slices.Concat([]byte{0x93, 0xcc, 0xff}, array(2*n), bytes.Repeat([]byte{0x10, 1}, n), []byte{0x91, 0}),
		"false count": {0xdd, 0x03, 0xff, 0xff, 0xff, 1},
		"depth bomb":  slices.Concat([]byte{0x92, 1}, bytes.Repeat([]byte{0x91}, n)),
		"frames":      bytes.Repeat([]byte{0x93, 0xcc, 0xff, 0x92, 0x10, 1}, n),
	} {
		t.Run(name, func(t *testing.T) {
			wiretest.StackBounded(t, func() {
				wiretest.Bounded(t, len(packed), wiretest.Values, func() {
					if _, err := cdt.Parse(protocol.Operation{Code: protocol.OpCDTModify, Bin: "b", Value: protocol.Blob(packed)}); err != nil {
						requireClass(t, err)
					}
				})
			})
		})
	}
}
