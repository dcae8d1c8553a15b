package wire

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// The bytes are those of docs/wire-core.md#6.1 and 10.4, as the official Go client sent them.
func TestTransactionBytes(t *testing.T) {
	k1 := protocol.MustKey("test", "demo", "k1")
	const fields = "0000000500 74657374 | 0000000501 64656d6f | 0000001504 b747f5854d0b33259928d0cfab7fad81d6abfbf6"
	const id, version, deadline = "0000000905 0807060504030201", "0000000803 07060504030201", "0000000506 04030201"
	of := &TransactionFields{ID: 0x0102030405060708}
	writing := *of
	writing.Deadline = 0x01020304
	known := writing
	known.Version, known.HasVersion = 0x01020304050607, true
	in := func(c Command, t *TransactionFields) Command {
		c.Transaction = t
		return c
	}
	for name, c := range map[string]struct {
		command Command
		want    string
	}{
		"read": {in(NewRead(k1), of), "020300000000004e 16 03000000 00 00000000 00000000 00000000 0004 0000" + fields + id},
		"write": {in(NewTouch(k1), &known),
			"020300000000006b 16 00010000 00 00000000 00000000 00000000 0006 0001" + fields + id + version + deadline + "00000004 0b000000"},
		"verify": {NewVerify(k1, 0x01020304050607),
			"020300000000004d 16 21004001 00 00000000 00000000 00000000 0004 0000" + fields + version},
		"roll forward": {NewRoll(k1, true, of), "020300000000004e 16 00110002 00 00000000 00000000 00000000 0004 0000" + fields + id},
		"roll back":    {NewRoll(k1, false, of), "020300000000004e 16 00110004 00 00000000 00000000 00000000 0004 0000" + fields + id},
	} {
		got, err := c.command.AppendMessage(nil, 0)
		require.NoError(t, err, name)
		require.Equal(t, hex.EncodeToString(unhex(t, c.want)), hex.EncodeToString(got), name)
	}

	const nsSet = "0000000500 74657374 | 0000000501 64656d6f"
	for name, c := range map[string]struct {
		command Command
		want    string
	}{
		"read":         {in(NewRead(k1), of), "1a 03000000 00000000 0003 0000" + nsSet + id},
		"write":        {in(NewDelete(k1), &writing), "1e 00830000 0000 00000000 0004 0000" + nsSet + id + deadline},
		"verify":       {NewVerify(k1, 0x01020304050607), "12 21004001 0003 0000" + nsSet + version},
		"roll forward": {NewRoll(k1, true, &writing), "1e 00910002 0000 00000000 0004 0000" + nsSet + id + deadline},
	} {
		got, err := c.command.appendRow(nil)
		require.NoError(t, err, name)
		require.Equal(t, hex.EncodeToString(unhex(t, c.want)), hex.EncodeToString(got), name)
	}
}

func TestTransactionFieldsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := TransactionFields{ID: rapid.Uint64().Draw(t, "id"), Deadline: rapid.Uint32().Draw(t, "deadline")}
		if rapid.Bool().Draw(t, "read before") {
			want.HasVersion = true
			want.Version = NewRecordVersion(rapid.Uint64Range(0, 1<<40-1).Draw(t, "update"), rapid.Uint16().Draw(t, "generation"))
		}
		command := NewRead(protocol.MustKey("test", "demo", 1))
		command.Transaction = &want
		message, err := command.AppendMessage(nil, 0)
		require.NoError(t, err)
		m, err := ParseMessage(message[ProtoHeaderSize:])
		require.NoError(t, err)
		got, err := ParseTransactionFields(m.Fields)
		require.NoError(t, err)
		require.Equal(t, want, got)

		batch := Batch{}
		other := NewRead(protocol.MustKey("test", "demo", 2))
		message, err = batch.AppendMessage(nil, []BatchRow{{Index: 1, Command: &command}, {Index: 2, Command: &command}, {Index: 3, Command: &other}}, 0)
		require.NoError(t, err)
		m, err = ParseMessage(message[ProtoHeaderSize:])
		require.NoError(t, err)
		rows, err := ParseBatch(m.Fields[0].Data)
		require.NoError(t, err)
		for _, want := range []TransactionFields{want, want, {}} {
			row, err := rows.Next()
			require.NoError(t, err)
			got, err = ParseTransactionFields(row.Fields)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	})
}

func TestRecordVersionParts(t *testing.T) {
	v := NewRecordVersion(0x0102030405, 0xfffe)
	require.EqualValues(t, 0x0102030405, v.LastUpdate())
	require.EqualValues(t, 0xfffe, v.Generation())
	require.Equal(t, "0504030201feff", hex.EncodeToString(v.AppendTo(nil)))
	require.Zero(t, NewRecordVersion(1<<40, 0), "the upper bits of the time are dropped, as by the server")
}

func TestBadTransactionFields(t *testing.T) {
	for name, f := range map[string]Field{
		"short id":       {FieldTransactionID, []byte{1, 2, 3, 4, 5, 6, 7}},
		"id 0":           {FieldTransactionID, make([]byte, 8)},
		"long version":   {FieldRecordVersion, make([]byte, 8)},
		"empty deadline": {FieldTransactionEnd, nil},
	} {
		_, err := ParseTransactionFields([]Field{f})
		require.ErrorIs(t, err, protocol.ErrMalformed, name)
	}
	for _, f := range []Field{{FieldRecordVersion, []byte{1}}, {FieldTransactionEnd, make([]byte, 5)}} {
		m := Message{Fields: []Field{f}}
		_, _, err := ParseResponse(m.AppendTo(nil))
		require.ErrorIs(t, err, protocol.ErrMalformed)
	}
}

func TestResponseOfTransaction(t *testing.T) {
	m := Message{Header: Header{Generation: 3}, Fields: []Field{
		{FieldRecordVersion, NewRecordVersion(7, 3).AppendTo(nil)}, {FieldTransactionEnd, []byte{9, 0, 0, 0}},
	}}
	r, rest, err := ParseResponse(m.AppendTo(nil))
	require.NoError(t, err)
	require.Empty(t, rest)
	require.True(t, r.HasVersion)
	require.Equal(t, NewRecordVersion(7, 3), r.Version)
	require.EqualValues(t, 9, r.TransactionEnd)
}

// A record is deleted when its last bin is removed.
func TestMayRemove(t *testing.T) {
	k := protocol.MustKey("test", "demo", "k1")
	removing := protocol.Bins{protocol.NewBin("a", 1), protocol.NewBin("b", nil)}
	for name, c := range map[string]struct {
		command Command
		want    bool
	}{
		"delete":             {NewDelete(k), true},
		"put":                {NewWrite(protocol.OpWrite, k, removing[:1]), false},
		"put of NULL":        {NewWrite(protocol.OpWrite, k, removing), true},
		"touch":              {NewTouch(k), false},
		"read":               {NewRead(k, "a"), false},
		"operate":            {NewOperate(k, []protocol.Operation{protocol.PutBin("a", protocol.Int(1)), protocol.GetBin("a")}, false), false},
		"operate with NULL":  {NewOperate(k, []protocol.Operation{protocol.PutBin("a", protocol.Nil())}, false), true},
		"operate deleting":   {NewOperate(k, []protocol.Operation{protocol.GetBin("a"), protocol.DeleteRecord()}, false), true},
		"expression writing": {NewOperate(k, []protocol.Operation{{Code: protocol.OpExpModify, Bin: "a", Value: protocol.Blob([]byte{0xc0})}}, false), true},
		"expression reading": {NewOperate(k, []protocol.Operation{{Code: protocol.OpExpRead, Bin: "a", Value: protocol.Blob([]byte{0xc0})}}, false), false},
	} {
		require.Equal(t, c.want, c.command.MayRemove(), name)
	}
}
