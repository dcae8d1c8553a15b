package bits

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

func TestModify(t *testing.T) {
	for name, c := range map[string]struct {
		blob, call string
		want       string
		code       protocol.ResultCode
	}{
		"resize":                  {"0102", "920004", "01020000", protocol.OK},
		"resize at the front":     {"0102", "9400040001", "00000102", protocol.OK},
		"resize must grow":        {"0102", "9400010002", "", protocol.ParameterError},
		"insert after the end":    {"01", "930103a204ff", "010000ff", protocol.OK},
		"remove":                  {"010203", "93020101", "0103", protocol.OK},
		"remove too much":         {"010203", "93020105", "", protocol.ParameterError},
		"set across bytes":        {"0000", "94030608a204ff", "03fc", protocol.OK},
		"or":                      {"0f00", "94040408a204f0", "0f00", protocol.OK},
		"not of three bits":       {"00", "93070203", "38", protocol.OK},
		"smallest offset":         {"00", "9307d3800000000000000003", "e0", protocol.OK},
		"left shift":              {"0ff0", "9408001004", "ff00", protocol.OK},
		"right shift":             {"0ff0", "9409001004", "00ff", protocol.OK},
		"shift beyond the end":    {"ffff", "9408041020", "", protocol.OpNotApplicable},
		"partial beyond the end":  {"ffff", "93070410", "", protocol.OpNotApplicable},
		"add":                     {"01", "940a000802", "03", protocol.OK},
		"overflow":                {"ff", "940a000802", "", protocol.OpNotApplicable},
		"overflow that saturates": {"ff", "960a0008020002", "ff", protocol.OK},
		"overflow that wraps":     {"ff", "960a0008020004", "01", protocol.OK},
		"signed overflow":         {"7f", "960a0008020003", "7f", protocol.OK},
		"subtract below zero":     {"01", "940b000802", "", protocol.OpNotApplicable},
		"set integer":             {"0000", "940c0408cc80", "0800", protocol.OK},
		"NO_FAIL without effect":  {"ff", "950a00080204", "ff", protocol.OK},
		"a read operation":        {"00", "93320008", "", protocol.ParameterError},
		"invalid flags":           {"00", "95030008a204ff01", "", protocol.ParameterError},
	} {
		t.Run(name, func(t *testing.T) {
			got, code := Modify(fromHex(t, c.call), protocol.Blob(fromHex(t, c.blob)))
			require.Equal(t, c.code, code)
			if code == protocol.OK {
				b, _ := got.Bytes()
				assert.Equal(t, c.want, hex.EncodeToString(b))
			}
		})
	}
}

func TestMissingBin(t *testing.T) {
	blob, code := Modify(fromHex(t, "920003"), protocol.Nil())
	require.Equal(t, protocol.OK, code)
	assert.True(t, protocol.Equal(protocol.Blob(make([]byte, 3)), blob))
	_, code = Modify(fromHex(t, "93070008"), protocol.Nil())
	assert.Equal(t, protocol.BinNotFound, code)
	blob, code = Modify(fromHex(t, "9407000804"), protocol.Nil()) // the NO_FAIL flag
	assert.Equal(t, protocol.OK, code)
	assert.True(t, blob.IsNil())
}

func TestRead(t *testing.T) {
	blob := protocol.Blob([]byte{0x0f, 0xf0})
	for call, want := range map[string]protocol.Value{
		"93320408":   protocol.Blob([]byte{0xff}),
		"93320203":   protocol.Blob([]byte{0x20}),
		"93330010":   protocol.Int(8),
		"93330206":   protocol.Int(4),
		"94340010c3": protocol.Int(4),
		"94340010c2": protocol.Int(0),
		"94350010c3": protocol.Int(11),
		"94350c04c3": protocol.Int(-1),
		"93360408":   protocol.Int(255),
		"9436040801": protocol.Int(-1),
		"9336fc04":   protocol.Int(0),
	} {
		got, code := Read(fromHex(t, call), blob)
		if assert.Equal(t, protocol.OK, code, call) {
			assert.True(t, protocol.Equal(want, got), "%s: want %v, got %v", call, want, got)
		}
	}
	_, code := Read(fromHex(t, "93320c08"), blob)
	assert.Equal(t, protocol.OpNotApplicable, code)
	_, code = Read(fromHex(t, "93320008"), protocol.Int(1))
	assert.Equal(t, protocol.BinTypeError, code)
}

// FuzzCalls checks that no call panics or changes the given blob.
func FuzzCalls(f *testing.F) {
	for _, call := range []string{"920004", "930103a204ff", "94030608a204ff", "960a0008020004", "93320408", "94350c04c3", "9100", "94080000cd0400"} {
		f.Add(fromHex(f, call), []byte{1, 2, 3}, true)
	}
	f.Fuzz(func(t *testing.T, call, blob []byte, exists bool) {
		bin := protocol.Nil()
		if exists {
			bin = protocol.Blob(blob)
			Read(call, bin)
		}
		before := string(blob)
		// A blob can be resized up to the largest configurable record size.
		size := len(call) + len(blob)
		if _, code := Modify(call, bin); code == protocol.OK {
			changed, _ := Modify(call, bin)
			size += changed.Len()
		}
		wiretest.Bounded(t, size, wiretest.Bytes, func() { Modify(call, bin) })
		require.Equal(t, before, string(blob))
	})
}
