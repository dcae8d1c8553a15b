package wire

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// The bytes are those that official clients send (docs/wire-core.md#7.3).
func TestIndexRangeBytes(t *testing.T) {
	for want, r := range map[string]IndexRange{
		"01 01 69 01 00000008 ffffffffffffffff 00000008 0000000000000005": {Bin: "i", Begin: protocol.Int(-1), End: protocol.Int(5)},
		"01 01 73 03 00000003 616263 00000003 616263":                     {Bin: "s", Begin: protocol.String("abc"), End: protocol.String("abc")},
		"01 01 62 04 00000002 0102 00000002 0102":                         {Bin: "b", Begin: protocol.Blob([]byte{1, 2}), End: protocol.Blob([]byte{1, 2})},
		"01 00 01 00000008 0000000000000001 00000008 0000000000000002":    {Expression: []byte{0x93}, Begin: protocol.Int(1), End: protocol.Int(2)},
		"01 01 67 17 00000002 7b7d 00000002 7b7d":                         {Bin: "g", Begin: protocol.GeoJSON("{}"), End: protocol.GeoJSON("{}")},
	} {
		m := request(t, Query{Scan: Scan{Namespace: "test", Partitions: []uint16{1}}, Where: &r})
		data, _ := m.Field(FieldIndexRange)
		require.Equal(t, hex.EncodeToString(unhex(t, want)), hex.EncodeToString(data))
		back, err := ParseIndexRange(data)
		require.NoError(t, err)
		require.Equal(t, r.Bin, back.Bin)
		require.True(t, protocol.Equal(r.Begin, back.Begin) && protocol.Equal(r.End, back.End))
	}
	r := IndexRange{Bin: "m", Begin: protocol.String("kk"), End: protocol.String("kk"), Collection: protocol.IndexMapKeys, Context: []byte{0x92, 0x22, 0xa2, 3, 'x'}}
	m := request(t, Query{Scan: Scan{Namespace: "test", Resume: []protocol.Digest{{1}}}, Where: &r, BValues: []int64{-2}})
	data, _ := m.Field(FieldIndexType)
	require.Equal(t, []byte{2}, data)
	data, _ = m.Field(FieldIndexContext)
	require.Equal(t, r.Context, data)
	data, _ = m.Field(FieldBValues)
	bvals, err := ParseBValues(data)
	require.NoError(t, err)
	require.Equal(t, []int64{-2}, bvals)
}

// request encodes a query and parses it.
func request(t *testing.T, q Query) *Message {
	t.Helper()
	got, err := q.AppendMessage(nil)
	require.NoError(t, err)
	m, err := ParseMessage(got[ProtoHeaderSize:])
	require.NoError(t, err)
	return m
}

func TestQueryKinds(t *testing.T) {
	call := &UDFCall{Package: "p", Function: "f"}
	where := &IndexRange{Bin: "i", Begin: protocol.Int(1), End: protocol.Int(1)}
	m := request(t, Query{Scan: Scan{Namespace: "test", Partitions: []uint16{1}}, Ops: []protocol.Operation{protocol.GetBin("a")}})
	require.Equal(t, [3]byte{1, 0x80, 4}, [3]byte{byte(m.Info1), byte(m.Info2), byte(m.Info3)})
	m = request(t, Query{Scan: Scan{Namespace: "test"}, Kind: QueryAggregate, Where: where, UDF: call})
	require.Equal(t, [3]byte{1, 0, 0}, [3]byte{byte(m.Info1), byte(m.Info2), byte(m.Info3)})
	op, _ := m.Field(FieldUDFOp)
	require.Equal(t, []byte{1}, op)
	m = request(t, Query{Scan: Scan{Namespace: "test"}, Kind: QueryBackground, UDF: call, Where: where})
	require.Equal(t, [3]byte{0, 1, 0}, [3]byte{byte(m.Info1), byte(m.Info2), byte(m.Info3)})
	op, _ = m.Field(FieldUDFOp)
	require.Equal(t, []byte{2}, op)
	m = request(t, Query{Scan: Scan{Namespace: "test"}, Kind: QueryBackground, Ops: []protocol.Operation{protocol.TouchRecord()}, RecordTTL: 9})
	require.Equal(t, [3]byte{0, 1, 0}, [3]byte{byte(m.Info1), byte(m.Info2), byte(m.Info3)})
	require.EqualValues(t, 9, m.RecordTTL)
	require.Len(t, m.Ops, 1)
}

func TestQueryRejected(t *testing.T) {
	scan := Scan{Namespace: "test", Partitions: []uint16{1}}
	value := func(v protocol.Value) *IndexRange { return &IndexRange{Bin: "a", Begin: v, End: v} }
	for name, q := range map[string]Query{
		"no partitions":     {Scan: Scan{Namespace: "test"}},
		"writes":            {Scan: scan, Ops: []protocol.Operation{protocol.TouchRecord()}},
		"bins and ops":      {Scan: Scan{Namespace: "test", Partitions: []uint16{1}, Bins: []string{"a"}}, Ops: []protocol.Operation{protocol.GetBin("a")}},
		"index values":      {Scan: Scan{Namespace: "test", Resume: []protocol.Digest{{}}}, Where: value(protocol.Int(1))},
		"aggregate":         {Scan: Scan{Namespace: "test"}, Kind: QueryAggregate},
		"background":        {Scan: Scan{Namespace: "test"}, Kind: QueryBackground},
		"background reads":  {Scan: Scan{Namespace: "test"}, Kind: QueryBackground, Ops: []protocol.Operation{protocol.GetBin("a")}},
		"background parts":  {Scan: scan, Kind: QueryBackground, Ops: []protocol.Operation{protocol.TouchRecord()}},
		"nameless function": {Scan: Scan{Namespace: "test"}, Kind: QueryAggregate, UDF: &UDFCall{Package: "p"}},
		"nil":               {Scan: scan, Where: value(protocol.Nil())},
		"float":             {Scan: scan, Where: value(protocol.Float(1))},
		"empty range":       {Scan: scan, Where: &IndexRange{Bin: "a", Begin: protocol.Int(2), End: protocol.Int(1)}},
		"range of strings":  {Scan: scan, Where: &IndexRange{Bin: "a", Begin: protocol.String("a"), End: protocol.String("b")}},
		"long":              {Scan: scan, Where: value(protocol.String(string(make([]byte, 2048))))},
		"no bin":            {Scan: scan, Where: &IndexRange{Begin: protocol.Int(1), End: protocol.Int(1)}},
		"bin and name":      {Scan: scan, Where: &IndexRange{Bin: "a", Name: "i", Begin: protocol.Int(1), End: protocol.Int(1)}},
		"collection":        {Scan: scan, Where: &IndexRange{Bin: "a", Collection: 4, Begin: protocol.Int(1), End: protocol.Int(1)}},
		"context by name":   {Scan: scan, Where: &IndexRange{Name: "i", Context: []byte{1}, Begin: protocol.Int(1), End: protocol.Int(1)}},
	} {
		got, err := q.AppendMessage([]byte("kept"))
		require.ErrorIs(t, err, protocol.ErrInvalidCommand, name)
		require.Equal(t, "kept", string(got))
	}
}

func TestBValueField(t *testing.T) {
	m := Message{Fields: []Field{{FieldBValues, []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}}}
	resp, _, err := ParseResponse(m.AppendTo(nil))
	require.NoError(t, err)
	require.EqualValues(t, -2, resp.BValue)
	m.Fields[0].Data = []byte{1}
	_, _, err = ParseResponse(m.AppendTo(nil))
	require.ErrorIs(t, err, protocol.ErrMalformed)
	_, err = ParseBValues(make([]byte, 9))
	require.ErrorIs(t, err, protocol.ErrMalformed)
}
