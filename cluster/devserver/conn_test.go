package devserver

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func TestInvalidRequestsCloseTheConnection(t *testing.T) {
	s := start(t, Options{})
	for name, bytes := range map[string][]byte{
		"version":  {1, 3, 0, 0, 0, 0, 0, 22},
		"type":     {2, 9, 0, 0, 0, 0, 0, 22},
		"internal": {2, 5, 0, 0, 0, 0, 0, 22},
		"size":     {2, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"TLS":      {22, 3, 1, 0, 0xa5, 1, 0, 0},
		"HTTP":     []byte("GET / HT"),
	} {
		c := connect(t, s, 0)
		c.send(bytes)
		_, err := c.in.ReadByte()
		require.ErrorIs(t, err, io.EOF, name)
	}
}

func TestAnnouncedSizeAllocatesNothing(t *testing.T) {
	s := start(t, Options{})
	data := wire.ProtoHeader{Type: wire.ProtoMessage, Size: protocol.MaxProtoSize}.AppendTo(nil)
	data = append(data, 1, 2, 3)
	wiretest.Bounded(t, len(data), wiretest.Bytes, func() {
		c := newConn(s.nodes()[0], wiretest.NewConn(data))
		require.ErrorIs(t, c.next(), io.ErrUnexpectedEOF)
	})
}

func TestMalformedMessages(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	frame := func(body []byte) []byte {
		return append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)
	}
	command := wire.NewRead(key(1), "n")
	good, err := command.AppendMessage(nil, 0)
	require.NoError(t, err)
	body := good[wire.ProtoHeaderSize:]
	for cut := range body {
		require.Equal(t, protocol.ParameterError, c.message(frame(body[:cut])).ResultCode, "%d", cut)
	}
	require.Equal(t, protocol.ParameterError, c.message(frame(append(body[:len(body):len(body)], 0))).ResultCode)
	require.Equal(t, protocol.KeyNotFound, c.message(good).ResultCode, "the connection is still usable")
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	var requests []byte
	for i := range 100 {
		command := put(key(i%10), one(int64(i)))
		var err error
		requests, err = command.AppendMessage(requests, 0)
		require.NoError(t, err)
	}
	c.send(requests)
	for i := range 100 {
		require.EqualValues(t, i/10+1, c.response().Generation)
	}
}

func TestAdminIsRefused(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	for _, version := range []byte{0, 2} {
		request := append([]byte{version, 2, 0, 0, 0, 0, 0, 16}, 0, 0, 9, 0)
		c.send(append(request, make([]byte, 12)...))
		kind, body := c.receive()
		require.Equal(t, wire.ProtoAdmin, kind)
		require.Equal(t, append([]byte{0, 51}, make([]byte, 14)...), body)
	}
}

func TestCompressedRequests(t *testing.T) {
	command := put(key(1), one(1))
	plain, err := command.AppendMessage(nil, 0)
	require.NoError(t, err)
	request, err := wire.AppendCompressed(nil, plain)
	require.NoError(t, err)
	require.Equal(t, protocol.EnterpriseOnly, connect(t, start(t, Options{}), 0).message(request).ResultCode)
	c := connect(t, start(t, Options{Edition: Enterprise}), 0)
	require.Equal(t, protocol.OK, c.message(request).ResultCode)
	request[len(request)-1] ^= 0xff
	require.Equal(t, protocol.ServerError, c.message(request).ResultCode)
}

func TestInvalidBatches(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	batch := func(field []byte) []byte {
		h := wire.Header{Info1: wire.Info1Batch, FieldCount: 1}
		body := wire.AppendField(h.AppendTo(nil), wire.FieldBatch, field)
		return append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)
	}
	header := binary.BigEndian.AppendUint32(nil, 1)
	for name, field := range map[string][]byte{
		"no rows":       {0, 0, 0, 0, 5},
		"empty":         {},
		"too many rows": {0xff, 0xff, 0xff, 0xff, 5},
		"repeat first":  append(append(header, 5), append(make([]byte, 24), 1)...),
		"no namespace":  append(append(header, 5), append(make([]byte, 24), 0, 3, 0, 0, 0, 0)...),
	} {
		r := c.message(batch(field))
		require.True(t, r.Last(), name)
		require.Equal(t, protocol.ParameterError, r.ResultCode, name)
	}
}

func TestBatchEndsAtAnErrorUnlessAllAreWanted(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	require.Equal(t, protocol.OK, c.do(put(key(1), text("s", "x"))).ResultCode)
	bad := wire.NewWrite(protocol.OpAdd, key(1), protocol.Bins{{Name: "s", Value: protocol.Int(1)}})
	good, read := put(key(2), one(1)), wire.NewRead(key(1))
	send := func(flags wire.BatchFlags) ([]wire.Response, wire.Response) {
		rows := []wire.BatchRow{{Index: 0, Command: &read}, {Index: 1, Command: &bad}, {Index: 2, Command: &good}}
		message, err := (&wire.Batch{Flags: flags}).AppendMessage(nil, rows, 0)
		require.NoError(t, err)
		c.send(message)
		return c.responses()
	}
	rows, last := send(wire.BatchInline | wire.BatchRespondAll)
	require.Len(t, rows, 3)
	require.Equal(t, protocol.OK, last.ResultCode)
	require.Equal(t, protocol.BinTypeError, rows[1].ResultCode)
	rows, last = send(wire.BatchInline)
	require.Empty(t, rows)
	require.Equal(t, protocol.BinTypeError, last.ResultCode)
	rows, last = send(wire.BatchInline | wire.BatchReportRow)
	require.Len(t, rows, 3)
	require.Equal(t, protocol.BinTypeError, last.ResultCode)
	require.EqualValues(t, 3, c.do(wire.NewHeaderRead(key(2))).Generation, "rows after the error are executed")
}

func TestBatchAnswersComeInBlocks(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	require.Equal(t, protocol.OK, c.do(put(key(1), protocol.Bin{Name: "b", Value: protocol.Blob(make([]byte, 50<<10))})).ResultCode)
	read := wire.NewRead(key(1))
	rows := make([]wire.BatchRow, 7)
	for i := range rows {
		rows[i] = wire.BatchRow{Index: uint32(i), Command: &read}
	}
	message, err := (&wire.Batch{Flags: wire.BatchInline}).AppendMessage(nil, rows, 0)
	require.NoError(t, err)
	c.send(message)
	var sizes []int
	for len(sizes) == 0 || sizes[len(sizes)-1] != wire.HeaderSize {
		_, body := c.receive()
		sizes = append(sizes, len(body))
	}
	row := wire.HeaderSize + 9 + 50<<10
	require.Equal(t, []int{2 * row, 2 * row, 2 * row, row, wire.HeaderSize}, sizes)
}

// TestInfoAnswersAreLimited checks that short commands with long answers cannot exceed the largest
// message.
func TestInfoAnswersAreLimited(t *testing.T) {
	const long = 1 << 20
	body := []byte(strings.Repeat("x\n", 2*protocol.MaxProtoSize/long))
	answer := answerInfoWith(nil, body, func(string) string { return strings.Repeat("v", long) })
	h, err := wire.ParseProtoHeader(answer)
	require.NoError(t, err)
	require.Equal(t, len(answer)-wire.ProtoHeaderSize, h.Size)
	require.Greater(t, h.Size, protocol.MaxProtoSize-2*long)
}
