package wire

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "|", "").Replace(s))
	require.NoError(t, err)
	return b
}

// The bytes are those of docs/wire-core.md#12 and 5.5, as the official Go client sent them.
func TestCommandBytes(t *testing.T) {
	k1 := protocol.MustKey("test", "demo", "k1")
	const fields = "0000000500 74657374 | 0000000501 64656d6f | 0000001504 b747f5854d0b33259928d0cfab7fad81d6abfbf6"
	withKey := NewWrite(protocol.OpWrite, k1, protocol.Bins{protocol.NewBin("a", 1)})
	withKey.SendKey = true
	withKey.Filter = unhex(t, "93019351 02a16901")
	withKey.Info2 |= Info2Generation | Info2DurableDelete | Info2CreateOnly
	withKey.Info3 |= Info3CommitMaster
	withKey.Generation, withKey.RecordTTL = 7, 300
	for name, c := range map[string]struct {
		command Command
		want    string
	}{
		"get": {NewRead(k1), "0203000000000041 16 03000000 00 00000000 00000000 000003e6 0003 0000" + fields},
		"get header": {NewHeaderRead(k1),
			"0203000000000041 16 21000000 00 00000000 00000000 000003e6 0003 0000" + fields},
		"get bin": {NewRead(k1, "a"),
			"020300000000004a 16 01000000 00 00000000 00000000 000003e6 0003 0001" + fields + "00000005 01000001 61"},
		"delete": {NewDelete(k1), "0203000000000041 16 00030000 00 00000000 00000000 000003e6 0003 0000" + fields},
		"touch":  {NewTouch(k1), "0203000000000049 16 00010000 00 00000000 00000000 000003e6 0003 0001" + fields + "00000004 0b000000"},
		"put of nil": {NewWrite(protocol.OpWrite, k1, protocol.Bins{{Name: "a"}}),
			"020300000000004a 16 00010000 00 00000000 00000000 000003e6 0003 0001" + fields + "00000005 02000001 61"},
		"put under a policy": {withKey,
			"0203000000000067 16 00350200 00 00000007 0000012c 000003e6 0005 0001" + fields +
				"00000004 02 03 6b31 | 00000009 2b 93019351 02a16901 | 0000000d 02010001 61 0000000000000001"},
		"operate: add and get": {NewOperate(k1, []protocol.Operation{protocol.AddBin("a", protocol.Int(1)), protocol.GetBin("a")}, false),
			"020300000000005b 16 01010000 00 00000000 00000000 000003e6 0003 0002" + fields +
				"0000000d 05010001 61 0000000000000001 | 00000005 01000001 61"},
		"operate: touch and header": {NewOperate(k1, []protocol.Operation{protocol.TouchRecord(), protocol.GetHeader()}, false),
			"0203000000000051 16 21010000 00 00000000 00000000 000003e6 0003 0002" + fields + "00000004 0b000000 00000004 01000000"},
		"operate: put and all": {NewOperate(k1, []protocol.Operation{protocol.PutBin("a", protocol.Bool(true)), protocol.GetAll()}, true),
			"0203000000000053 16 03010000 00 00000000 00000000 000003e6 0003 0002" + fields + "00000006 02110001 61 01 | 00000004 01000000"},
		"operate: respond to all": {NewOperate(k1, []protocol.Operation{protocol.AppendBin("a", protocol.String("x"))}, true),
			"020300000000004b 16 00810000 00 00000000 00000000 000003e6 0003 0001" + fields + "00000006 09030001 61 78"},
	} {
		got, err := c.command.AppendMessage(nil, 998)
		require.NoError(t, err, name)
		require.Equal(t, hex.EncodeToString(unhex(t, c.want)), hex.EncodeToString(got), name)
	}
}

// A map operation makes the command ask for a response to each operation. List operations do not
// (docs/wire-core.md#5.2).
func TestOperateRespondAllOps(t *testing.T) {
	k := protocol.MustKey("test", "demo", "k1")
	cdt := func(code protocol.OpCode, packed string) protocol.Operation {
		return protocol.Operation{Code: code, Bin: "a", Value: protocol.Blob(unhex(t, packed))}
	}
	for name, c := range map[string]struct {
		ops  []protocol.Operation
		want Info2
	}{
		"list append, size":    {[]protocol.Operation{cdt(protocol.OpCDTModify, "920105"), cdt(protocol.OpCDTRead, "9110")}, Info2Write},
		"map size":             {[]protocol.Operation{cdt(protocol.OpCDTRead, "9160")}, Info2RespondAllOps},
		"map size in context":  {[]protocol.Operation{cdt(protocol.OpCDTRead, "93ccff92220191 60")}, Info2RespondAllOps},
		"list size in context": {[]protocol.Operation{cdt(protocol.OpCDTRead, "93ccff92220191 10")}, 0},
		"bits, all bins":       {[]protocol.Operation{cdt(protocol.OpBitsRead, "9332 00 08"), protocol.GetAll()}, 0},
		"expression":           {[]protocol.Operation{cdt(protocol.OpExpRead, "9293510201a16900")}, Info2RespondAllOps},
	} {
		c1 := NewOperate(k, c.ops, false)
		require.Equal(t, c.want, c1.Info2, name)
	}
}

func TestCommandCheck(t *testing.T) {
	k := protocol.MustKey("test", "demo", "k1")
	for name, c := range map[string]struct {
		command Command
		want    error
	}{
		"no key":           {NewRead(protocol.Key{}), protocol.ErrInvalidKey},
		"no bins":          {NewWrite(protocol.OpWrite, k, nil), protocol.ErrInvalidCommand},
		"no operations":    {NewOperate(k, nil, false), protocol.ErrInvalidCommand},
		"long bin name":    {NewWrite(protocol.OpWrite, k, protocol.Bins{protocol.NewBin("sixteen-bytes-na", 1)}), protocol.ErrInvalidBin},
		"empty bin name":   {NewRead(k, ""), protocol.ErrInvalidBin},
		"value":            {NewWrite(protocol.OpWrite, k, protocol.Bins{protocol.NewBin("a", struct{}{})}), protocol.ErrInvalidValue},
		"infinity":         {NewWrite(protocol.OpWrite, k, protocol.Bins{{Name: "a", Value: protocol.Infinity()}}), protocol.ErrInvalidValue},
		"too deep":         {NewWrite(protocol.OpWrite, k, protocol.Bins{{Name: "a", Value: nested(protocol.MaxDepth + 1)}}), protocol.ErrTooDeep},
		"many operations":  {NewOperate(k, make([]protocol.Operation, protocol.MaxOps+1), false), protocol.ErrInvalidCommand},
		"too large":        {NewWrite(protocol.OpWrite, k, protocol.Bins{protocol.NewBin("a", make([]byte, protocol.MaxProtoSize))}), protocol.ErrTooLarge},
		"unsigned integer": {NewWrite(protocol.OpWrite, k, protocol.Bins{protocol.NewBin("a", uint64(1<<63))}), protocol.ErrInvalidValue},
	} {
		buf, err := c.command.AppendMessage([]byte("before"), 0)
		require.ErrorIs(t, err, c.want, name)
		require.Equal(t, "before", string(buf), name)
	}
}

func nested(depth int) protocol.Value {
	v := protocol.List()
	for range depth {
		v = protocol.List(v)
	}
	return v
}

func TestEncodingDoesNotAllocate(t *testing.T) {
	k := protocol.MustKey("test", "demo", "k1")
	bins := protocol.Bins{protocol.NewBin("name", "Ada"), protocol.NewBin("age", 36), protocol.NewBin("score", 1.5), protocol.NewBin("raw", []byte{1, 2})}
	buf := make([]byte, 0, 1024)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		put, get := NewWrite(protocol.OpWrite, k, bins), NewRead(k)
		b, err := put.AppendMessage(buf[:0], 1000)
		if err == nil {
			_, err = get.AppendMessage(b, 1000)
		}
		if err != nil {
			t.Fatal(err)
		}
	}))
}

// The rows are those of docs/wire-core.md#12.
func TestBatchBytes(t *testing.T) {
	names := []string{"a"}
	a, b := NewRead(protocol.MustKey("test", "demo", "k1"), names...), NewRead(protocol.MustKey("test", "demo", 1), names...)
	batch := Batch{Flags: BatchInline | BatchRespondAll}
	got, err := batch.AppendMessage(nil, []BatchRow{{Index: 0, Command: &a}, {Index: 1, Command: &b}}, 0)
	require.NoError(t, err)
	want := "0203000000000078 16 08000000 00 00000000 00000000 00000000 0001 0000 | 0000005e 29 00000002 05" +
		"00000000 b747f5854d0b33259928d0cfab7fad81d6abfbf6 0a 01 00 00 00000000 0002 0001" +
		"0000000500 74657374 0000000501 64656d6f 00000005 01000001 61" +
		"00000001 b7f4b83889e2da67de683e1df6919a1eacc446c8 01"
	require.Equal(t, hex.EncodeToString(unhex(t, want)), hex.EncodeToString(got))
}

func TestBatchRows(t *testing.T) {
	k := protocol.MustKey("test", "demo", "k1")
	put := NewWrite(protocol.OpWrite, k, protocol.Bins{protocol.NewBin("a", 1)})
	put.SendKey, put.Info2, put.Generation, put.RecordTTL = true, put.Info2|Info2Generation, 3, 100
	put.Filter = []byte{0xc3}
	del, all := NewDelete(k), NewRead(k)
	rows := []BatchRow{{Index: 7, Command: &put}, {Index: 8, Command: &del}, {Index: 9, Command: &all}, {Index: 10, Command: &all}}
	batch := Batch{Filter: []byte{0xc2}}
	msg, err := batch.AppendMessage(nil, rows, 5)
	require.NoError(t, err)

	h, err := ParseProtoHeader(msg)
	require.NoError(t, err)
	require.Equal(t, ProtoHeader{ProtoMessage, len(msg) - ProtoHeaderSize}, h)
	m, err := ParseMessage(msg[ProtoHeaderSize:])
	require.NoError(t, err)
	require.Equal(t, FieldFilterExp, m.Fields[0].Type, "the filter comes first")
	data, ok := m.Field(FieldBatch)
	require.True(t, ok)
	req, err := ParseBatch(data)
	require.NoError(t, err)
	require.Equal(t, 4, req.Rows)

	type seen struct {
		info1      Info1
		info2      Info2
		generation uint32
		ttl        uint32
		ops        int
		fields     []FieldType
	}
	var got []seen
	for {
		row, err := req.Next()
		require.NoError(t, err)
		if row == nil {
			break
		}
		require.Equal(t, uint32(7+len(got)), row.Index)
		require.Equal(t, k.Digest(), row.Digest)
		s := seen{row.Info1, row.Info2, row.Generation, row.RecordTTL, len(row.Ops), nil}
		for _, f := range row.Fields {
			s.fields = append(s.fields, f.Type)
		}
		got = append(got, s)
	}
	place := []FieldType{FieldNamespace, FieldSet}
	require.Equal(t, []seen{
		{0, 0x85, 3, 100, 1, append(place[:2:2], FieldFilterExp, FieldKey)},
		{0, 0x83, 0, 0, 0, place},
		{3, 0, 0, 0, 0, place},
		{3, 0, 0, 0, 0, place},
	}, got)
}

func TestParseBatchHostile(t *testing.T) {
	row := make([]byte, rowMin)
	repeat := append(row[:rowMin-1:rowMin-1], rowRepeat)
	for name, data := range map[string][]byte{
		"nothing":        nil,
		"no rows":        {0, 0, 0, 0, 0},
		"count bomb":     append([]byte{0xff, 0xff, 0xff, 0xff, 0}, row...),
		"repeat first":   append([]byte{0, 0, 0, 1, 0}, repeat...),
		"truncated row":  append([]byte{0, 0, 0, 1, 0}, row...),
		"fields missing": append([]byte{0, 0, 0, 1, 0}, append(row, 1, 0, 9, 0, 0)...),
	} {
		req, err := ParseBatch(data)
		if err == nil {
			_, err = req.Next()
		}
		require.ErrorIs(t, err, protocol.ErrMalformed, name)
	}
}

func TestScanBytes(t *testing.T) {
	s := Scan{Namespace: "test", Set: "demo", Partitions: []uint16{1, 4095}, MaxRecords: 5, RecordsPerSecond: 9,
		SocketTimeout: 30000, TaskID: 0x0102030405060708}
	got, err := s.AppendMessage(nil)
	require.NoError(t, err)
	want := "020300000000005d 16 01000400 00 00000000 00000000 00000000 0007 0000" +
		"0000000500 74657374 | 0000000501 64656d6f | 000000050b 0100ff0f | 000000090d 0000000000000005 |" +
		"000000050a 00000009 | 0000000509 00007530 | 0000000907 0102030405060708"
	require.Equal(t, hex.EncodeToString(unhex(t, want)), hex.EncodeToString(got))

	d := protocol.MustKey("test", "demo", "k1").Digest()
	s = Scan{Namespace: "test", Resume: []protocol.Digest{d}, NoBins: true, Bins: []string{"a"}, Filter: []byte{0xc3}}
	got, err = s.AppendMessage(nil)
	require.NoError(t, err)
	m, err := ParseMessage(got[ProtoHeaderSize:])
	require.NoError(t, err)
	require.Equal(t, Info1Read|Info1NoBins, m.Info1)
	require.Len(t, m.Ops, 1)
	data, _ := m.Field(FieldDigests)
	digests, err := ParseDigests(data)
	require.NoError(t, err)
	require.Equal(t, []protocol.Digest{d}, digests)

	_, err = (&Scan{Namespace: "test"}).AppendMessage(nil)
	require.ErrorIs(t, err, protocol.ErrInvalidCommand)
	_, err = (&Scan{Namespace: "test", Partitions: []uint16{1}, Bins: []string{"sixteen-bytes-na"}}).AppendMessage(nil)
	require.ErrorIs(t, err, protocol.ErrInvalidBin)
}

func TestParsePartitions(t *testing.T) {
	ids, err := ParsePartitions([]byte{1, 0, 0xff, 0x0f})
	require.NoError(t, err)
	require.Equal(t, []uint16{1, 4095}, ids)
	for _, bad := range [][]byte{{1}, {0, 0x10}, make([]byte, 2*protocol.PartitionCount+2)} {
		_, err := ParsePartitions(bad)
		require.ErrorIs(t, err, protocol.ErrMalformed)
	}
	_, err = ParseDigests(make([]byte, 21))
	require.ErrorIs(t, err, protocol.ErrMalformed)
}

// TestSharedCommand: rows that share a command are written like rows with commands of their own.
func TestSharedCommand(t *testing.T) {
	names := []string{"a", "b"}
	var own, shared []BatchRow
	common := NewRead(protocol.MustKey("test", "s", 0), names...)
	for i := range 3 {
		key := protocol.MustKey("test", "s", i)
		cmd := NewRead(key, names...)
		own = append(own, BatchRow{Index: uint32(i), Command: &cmd})
		shared = append(shared, BatchRow{Index: uint32(i), Command: &common, Key: &key})
	}
	want, err := (&Batch{}).AppendMessage(nil, own, 0)
	require.NoError(t, err)
	got, err := (&Batch{}).AppendMessage(nil, shared, 0)
	require.NoError(t, err)
	require.Equal(t, want, got)
}
