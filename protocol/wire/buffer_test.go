package wire

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// bodyOf returns the body of a response with bins.
func bodyOf(t *testing.T, code protocol.ResultCode, bins protocol.Bins) []byte {
	e := encodedOf(t, bins)
	header := Header{ResultCode: code, OpCount: uint16(e.Count)}
	return append(header.AppendTo(nil), e.Ops...)
}

// TestParseInto: the bins of a lent body are copied to the Buffer, those of another one stay where
// they are, and Release makes the memory of both free.
func TestParseInto(t *testing.T) {
	bins := protocol.Bins{protocol.NewBin("a", "text"), protocol.NewBin("b", bytes.Repeat([]byte{7}, 5000))}
	for _, lent := range []bool{true, false} {
		body := bodyOf(t, protocol.OK, bins)
		b := new(Buffer)
		var resp Response
		rest, err := resp.ParseInto(b, body, lent)
		require.NoError(t, err)
		require.Empty(t, rest)
		if lent {
			clear(body) // the connection reads another body into it
		}
		got, err := resp.Encoded.Bins()
		require.NoError(t, err)
		require.Len(t, got, 2)
		for i := range bins {
			require.True(t, protocol.Equal(bins[i].Value, got[i].Value))
		}
		memory := b.Bytes()
		require.GreaterOrEqual(t, len(memory), len(resp.Encoded.Ops))
		resp.Encoded.Release()
		require.Empty(t, resp.Encoded.Ops)
		resp.Encoded.Release() // does nothing
		memory = memory[:cap(memory)]
		for i := range memory {
			memory[i] = 0xff
		}
		blob, _ := got[1].Value.Bytes()
		require.Equal(t, byte(0xff), blob[100], "the values are in the memory")
	}
}

// TestParseIntoKeepsTheLargest: a body in memory that is not the Buffer's becomes the Buffer's,
// and a smaller one in its memory leaves it as large as it was.
func TestParseIntoKeepsTheLargest(t *testing.T) {
	large, small := bodyOf(t, protocol.OK, protocol.Bins{protocol.NewBin("b", make([]byte, 9000))}), bodyOf(t, protocol.OK, protocol.Bins{protocol.NewBin("b", 1)})
	b := new(Buffer)
	_, err := new(Response).ParseInto(b, large, false)
	require.NoError(t, err)
	require.Equal(t, &large[0], &b.Bytes()[0])
	_, err = new(Response).ParseInto(b, append(b.Bytes()[:0], small...), false)
	require.NoError(t, err)
	require.GreaterOrEqual(t, cap(b.Bytes()), len(large))
}

// TestParseIntoErrors: a refusal and a malformed body have no bins to release.
func TestParseIntoErrors(t *testing.T) {
	var resp Response
	_, err := resp.ParseInto(new(Buffer), bodyOf(t, protocol.KeyNotFound, nil), true)
	require.NoError(t, err)
	require.Equal(t, protocol.KeyNotFound, resp.ResultCode)
	resp.Encoded.Release()
	body := bodyOf(t, protocol.OK, protocol.Bins{protocol.NewBin("a", 1)})
	_, err = resp.ParseInto(new(Buffer), body[:len(body)-1], true)
	require.ErrorIs(t, err, protocol.ErrMalformed)
	require.Nil(t, (*Buffer)(nil).Bytes())
}
