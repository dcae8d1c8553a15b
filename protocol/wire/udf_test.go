package wire

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

func TestExecuteBytes(t *testing.T) {
	call := &UDFCall{Package: "pkg", Function: "fn", Args: []protocol.Value{protocol.Int(1), protocol.String("a")}}
	cmd := NewExecute(protocol.MustKey("test", "demo", "k1"), call)
	got, err := cmd.AppendMessage(nil, 998)
	require.NoError(t, err)
	want := "020300000000005a 16 00010000 00 00000000 00000000 000003e6 0006 0000" +
		"0000000500 74657374 | 0000000501 64656d6f | 0000001504 b747f5854d0b33259928d0cfab7fad81d6abfbf6 |" +
		"000000041e 706b67 | 000000031f 666e | 0000000620 9201a20361"
	require.Equal(t, hex.EncodeToString(unhex(t, want)), hex.EncodeToString(got))
}

func TestExecuteRows(t *testing.T) {
	call := &UDFCall{Package: "p", Function: "f"}
	a, b := NewExecute(protocol.MustKey("test", "demo", 1), call), NewExecute(protocol.MustKey("test", "demo", 2), call)
	got, err := (&Batch{}).AppendMessage(nil, []BatchRow{{Index: 0, Command: &a}, {Index: 1, Command: &b}}, 0)
	require.NoError(t, err)
	m, err := ParseMessage(got[ProtoHeaderSize:])
	require.NoError(t, err)
	data, _ := m.Field(FieldBatch)
	rows, err := ParseBatch(data)
	require.NoError(t, err)
	for range 2 {
		row, err := rows.Next()
		require.NoError(t, err)
		require.Equal(t, Info2Write, row.Info2, "a row with a function does not ask for a response to each operation")
		require.Len(t, row.Fields, 5)
	}
	require.Less(t, len(data), 2*rowMin+80, "the second row is short")
}

func TestExecuteRejected(t *testing.T) {
	key := protocol.MustKey("test", "", 1)
	for _, call := range []UDFCall{{Function: "f"}, {Package: "p"}} {
		cmd := NewExecute(key, &call)
		_, err := cmd.AppendMessage(nil, 0)
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
	}
	cmd := NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []protocol.Value{protocol.ValueOf(make(chan int))}})
	_, err := cmd.AppendMessage(nil, 0)
	require.ErrorIs(t, err, protocol.ErrInvalidValue)
}

func TestUDFResult(t *testing.T) {
	m := Message{Ops: []RawOp{{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("SUCCESS"), Data: []byte("x")}}}
	resp, _, err := ParseResponse(m.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, protocol.String("x").Any(), resp.UDFResult().Any())
	m = Message{Header: Header{ResultCode: protocol.UDFError}, Ops: []RawOp{{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("FAILURE"), Data: []byte("m.lua:3: no")}}}
	resp, _, err = ParseResponse(m.AppendTo(nil))
	require.NoError(t, err)
	require.Equal(t, "m.lua:3: no", resp.Detail)
	require.True(t, resp.UDFResult().IsNil())
}
