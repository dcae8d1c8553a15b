package wire

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// storedRow returns a record of a query with a stored user key.
func storedRow(key []byte, bins ...RawOp) []byte {
	digest := protocol.MustKey("test", "demo", 1).Digest()
	m := Message{Header: Header{Generation: 1}, Ops: bins, Fields: []Field{
		{FieldNamespace, []byte("test")}, {FieldSet, []byte("demo")}, {FieldDigest, digest[:]}, {FieldKey, key},
	}}
	return m.AppendTo(nil)
}

var storedOne = RawOp{protocol.OpRead, protocol.ParticleInteger, []byte("a"), []byte{0, 0, 0, 0, 0, 0, 0, 1}}

// A user key that was read is sent in its stored form or not at all.
func TestStoredUserKeys(t *testing.T) {
	deep := append(bytes.Repeat([]byte{0x91}, protocol.MaxDepth+1), 0x01)
	for name, c := range map[string]struct {
		field string // the stored user key
		kind  protocol.Kind
		sent  bool
	}{
		"nothing":           {"", protocol.KindNil, false},
		"NULL":              {"\x00", protocol.KindNil, false},
		"NULL with bytes":   {"\x00abc", protocol.KindNil, false},
		"empty string":      {"\x03", protocol.KindNil, false},
		"empty blob":        {"\x04", protocol.KindNil, false},
		"empty java blob":   {"\x07", protocol.KindNil, false},
		"empty HLL":         {"\x12", protocol.KindNil, false},
		"integer":           {"\x01\x00\x00\x00\x00\x00\x00\x00\x07", protocol.KindInt, true},
		"short integer":     {"\x01\x07", protocol.KindInt, false},
		"string":            {"\x03abc", protocol.KindString, true},
		"blob":              {"\x04abc", protocol.KindBlob, true},
		"java blob":         {"\x07abc", protocol.KindBlob, true},
		"float":             {"\x02\x3f\xf8\x00\x00\x00\x00\x00\x00", protocol.KindFloat, true},
		"NaN with a sign":   {"\x02\xff\xf8\x00\x00\x00\x00\x00\x07", protocol.KindFloat, true},
		"boolean":           {"\x11\x01", protocol.KindBool, true},
		"HLL":               {"\x12ab", protocol.KindHLL, true},
		"map":               {"\x13\x81\x01\x02", protocol.KindMap, true},
		"ordered map":       {"\x13\x82\xc7\x00\x01\xc0\x01\x02", protocol.KindMap, true},
		"list":              {"\x14\x92\x01\xa2\x03b", protocol.KindList, true},
		"ordered list":      {"\x14\x93\xc7\x00\x01\x01\x02", protocol.KindList, true},
		"list in long form": {"\x14\xdc\x00\x01\xcd\x00\x01", protocol.KindList, false},
		"GeoJSON":           {"\x17\x00\x00\x00{}", protocol.KindGeoJSON, true},
		"GeoJSON and cells": {"\x17\x00\x00\x01abcdefgh{}", protocol.KindGeoJSON, false},
		"unknown kind":      {"\x63abc", protocol.KindInvalid, false},
		"unknown and empty": {"\x63", protocol.KindInvalid, false},
		"float of no bytes": {"\x02", protocol.KindInvalid, false},
		"boolean of two":    {"\x11\x02", protocol.KindInvalid, false},
		"list, cut":         {"\x14\x92\x01", protocol.KindInvalid, false},
		"deep list":         {"\x14" + string(deep), protocol.KindInvalid, false},
	} {
		t.Run(name, func(t *testing.T) {
			resp, rest, err := ParseResponse(append(storedRow([]byte(c.field), storedOne), storedRow([]byte("\x03next"))...))
			require.NoError(t, err)
			next, rest, err := ParseResponse(rest)
			require.NoError(t, err)
			require.Empty(t, rest)
			require.Equal(t, "next", next.UserKey.String())
			require.Equal(t, c.kind == protocol.KindInvalid, resp.Err != nil, "%v", resp.Err)
			rec := resp.QueryRecord()
			require.Equal(t, c.kind, rec.Key.UserKey().Kind())
			require.Equal(t, protocol.MustKey("test", "demo", 1).Digest(), rec.Key.Digest())
			require.Equal(t, "[1]", protocol.List(rec.Bins[0].Value).String())
			require.Equal(t, c.kind == protocol.KindNil || c.kind == protocol.KindInvalid, rec.Key.String() == "test:demo:#"+rec.Key.Digest().String())
			if resp.Err != nil {
				require.ErrorContains(t, resp.Err, "user key: ")
				require.ErrorIs(t, rec.Key.UserKey().Err(), errorClass(resp.Err))
			}
			checkSentKey(t, rec.Key, []byte(c.field), c.sent)
		})
	}
}

func errorClass(err error) error {
	if errors.Is(err, protocol.ErrTooDeep) {
		return protocol.ErrTooDeep
	}
	return protocol.ErrMalformed
}

// checkSentKey checks which user key a command sends, as a message and in a batch.
func checkSentKey(t *testing.T, key protocol.Key, want []byte, sent bool) {
	t.Helper()
	cmd := NewWrite(protocol.OpWrite, key, protocol.Bins{protocol.NewBin("a", 1)})
	cmd.SendKey = true
	packed, err := cmd.AppendMessage(nil, 0)
	require.NoError(t, err)
	m, err := ParseMessage(packed[ProtoHeaderSize:])
	require.NoError(t, err)
	got, found := m.Field(FieldKey)
	require.Equal(t, sent, found)
	digest, _ := m.Field(FieldDigest)
	known := key.Digest()
	require.Equal(t, known[:], digest)
	packed, err = (&Batch{}).AppendMessage(nil, []BatchRow{{Index: 0, Command: &cmd}, {Index: 1, Command: &cmd}}, 0)
	require.NoError(t, err)
	b, err := ParseBatch(packed[ProtoHeaderSize+HeaderSize+fieldMin:])
	require.NoError(t, err)
	row, err := b.Next()
	require.NoError(t, err)
	inBatch, found := row.Field(FieldKey)
	require.Equal(t, sent, found)
	if sent {
		require.Equal(t, want, got)
		require.Equal(t, want, inBatch)
	}
	row, err = b.Next()
	require.NoError(t, err)
	require.Len(t, row.Ops, 1)
}

// A bin that can't be decoded does not affect other bins or the next message.
func TestUnreadableBins(t *testing.T) {
	deep := append(bytes.Repeat([]byte{0x91}, protocol.MaxDepth+1), 0x01)
	for name, c := range map[string]struct {
		bin  RawOp
		want error
		text string
	}{
		"unknown type":      {RawOp{protocol.OpRead, 99, []byte("odd"), []byte("abc")}, protocol.ErrMalformed, "particle of type 99"},
		"deep list":         {RawOp{protocol.OpRead, protocol.ParticleList, []byte("odd"), deep}, protocol.ErrTooDeep, "256 levels"},
		"missing element":   {RawOp{protocol.OpRead, protocol.ParticleList, []byte("odd"), []byte{0x92, 0x01}}, protocol.ErrMalformed, "2 entries"},
		"unknown extension": {RawOp{protocol.OpRead, protocol.ParticleList, []byte("odd"), []byte{0x92, 0x01, 0xd4, 0x05, 0x00}}, protocol.ErrMalformed, "extension 5"},
		"a map in a list":   {RawOp{protocol.OpRead, protocol.ParticleList, []byte("odd"), []byte{0x81, 0x01, 0x02}}, protocol.ErrMalformed, "list particle"},
		"empty float":       {RawOp{protocol.OpRead, protocol.ParticleFloat, []byte("odd"), nil}, protocol.ErrMalformed, "0 bytes"},
		"GeoJSON, cut":      {RawOp{protocol.OpRead, protocol.ParticleGeoJSON, []byte("odd"), []byte{0}}, protocol.ErrMalformed, "GeoJSON"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, rest, err := ParseResponse(append(storedRow([]byte("\x03k"), c.bin, storedOne, c.bin), storedRow([]byte("\x03next"))...))
			require.NoError(t, err)
			require.ErrorIs(t, resp.Err, c.want)
			require.ErrorContains(t, resp.Err, `bin "odd": `)
			require.ErrorContains(t, resp.Err, c.text)
			require.Len(t, resp.Bins, 3)
			require.Equal(t, protocol.KindInvalid, resp.Bins[0].Value.Kind())
			require.ErrorIs(t, resp.Bins[0].Value.Err(), c.want)
			require.Equal(t, "1", resp.Bins[1].Value.String())
			require.Equal(t, "k", resp.QueryRecord().Key.UserKey().String())
			back := NewWrite(protocol.OpWrite, protocol.MustKey("test", "demo", 1), resp.Bins)
			_, err = back.AppendMessage(nil, 0)
			require.ErrorIs(t, err, c.want, "a value that can't be decoded can't be written")
			next, rest, err := ParseResponse(rest)
			require.NoError(t, err)
			require.NoError(t, next.Err)
			require.Empty(t, rest)
		})
	}
}

// Wrong sizes are errors of ParseResponse, because the end of the message is not known.
func TestBrokenFraming(t *testing.T) {
	whole := storedRow([]byte("\x03k"), storedOne)
	for cut := range len(whole) {
		_, _, err := ParseResponse(whole[:cut])
		require.ErrorIs(t, err, protocol.ErrMalformed, cut)
	}
	m := Message{Fields: []Field{{FieldDigest, []byte("short")}}}
	_, _, err := ParseResponse(m.AppendTo(nil))
	require.ErrorIs(t, err, protocol.ErrMalformed)
}

// Many bins that can't be decoded do not exceed the memory limit.
func TestMostExpensiveUnreadableBins(t *testing.T) {
	const most = 1<<16 - 1
	for name, op := range map[string]RawOp{
		"unknown type": {protocol.OpRead, 99, nil, nil}, "empty list": {protocol.OpRead, protocol.ParticleList, nil, nil}, "no MessagePack": {protocol.OpRead, protocol.ParticleList, nil, []byte{0xc1}},
		"list of a map": {protocol.OpRead, protocol.ParticleList, nil, []byte{0x80}}, "long list": {protocol.OpRead, protocol.ParticleMap, nil, []byte{0xdf, 0xff, 0xff, 0xff, 0xff}},
		"extension": {protocol.OpRead, protocol.ParticleList, nil, []byte{0x91, 0xd4, 0x05}}, "cut extension": {protocol.OpRead, protocol.ParticleList, nil, []byte{0x91, 0xc9}},
	} {
		t.Run(name, func(t *testing.T) {
			h := Header{OpCount: most}
			packed := (&Message{Ops: []RawOp{op}}).AppendTo(nil)[HeaderSize:]
			body := append(h.AppendTo(nil), bytes.Repeat(packed, most)...)
			wiretest.Bounded(t, len(body), wiretest.Values, func() {
				resp, _, err := ParseResponse(body)
				require.NoError(t, err)
				require.Len(t, resp.Bins, most)
				require.True(t, broken(resp.Err))
			})
		})
	}
}
