//go:build !race

package link

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// largeRow returns a row with the n-th record of partition 0, which has a bin of size bytes.
func largeRow(n, size int) []byte {
	var d protocol.Digest
	d[18], d[19] = byte(n>>8), byte(n)
	m := wire.Message{
		Header: wire.Header{Generation: 1},
		Fields: []wire.Field{{Type: wire.FieldNamespace, Data: []byte("test")}, {Type: wire.FieldDigest, Data: d[:]}},
		Ops:    []wire.RawOp{{Code: protocol.OpRead, Type: protocol.ParticleBlob, Name: []byte("b"), Data: make([]byte, size)}},
	}
	return m.AppendTo(nil)
}

// TestPieces checks that pieces consist of whole messages and that together they are the bodies.
// The memory of a piece with several messages is bounded.
func TestPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var answer, want []byte
		messages := make(map[string]bool)
		for range rapid.IntRange(1, 3).Draw(t, "bodies") {
			var body []byte
			for n := range rapid.IntRange(1, 20).Draw(t, "messages") {
				size := rapid.SampledFrom([]int{0, 1, 100, 5000, PieceSize / 2, PieceSize - 100, PieceSize, 3 * PieceSize, 10 * PieceSize}).Draw(t, "size")
				row := largeRow(n, size+rapid.IntRange(0, 70).Draw(t, "more"))
				body, messages[string(row)] = append(body, row...), true
			}
			want = append(want, body...)
			whole := frame(wire.ProtoMessage, body)
			if rapid.Bool().Draw(t, "compressed") {
				var err error
				whole, err = wire.AppendCompressed(nil, whole)
				require.NoError(t, err)
			}
			answer = append(answer, whole...)
		}
		in := NewPieces(NewConn(wiretest.NewConn(answer)))
		var got []byte
		for len(got) < len(want) {
			piece, err := in.Next()
			require.NoError(t, err)
			if len(piece) > PieceSize {
				require.True(t, messages[string(piece)], "a single message")
			} else if !messages[string(piece)] {
				require.LessOrEqual(t, cap(piece), PieceSize+1)
			}
			end, _ := wholeMessages(piece)
			require.Equal(t, len(piece), end)
			got = append(got, piece...)
		}
		require.True(t, bytes.Equal(want, got))
		require.NoError(t, in.Drained())
	})
}

// TestPiecesDetectTrailingData checks answers in which the body continues after the last message,
// or in which another body follows.
func TestPiecesDetectTrailingData(t *testing.T) {
	row := largeRow(1, 10)
	body := frame(wire.ProtoMessage, row)
	for name, answer := range map[string][]byte{
		"another body":     append(bytes.Clone(body), body...),
		"more of the body": frame(wire.ProtoMessage, append(bytes.Clone(row), make([]byte, 2*PieceSize)...)),
	} {
		t.Run(name, func(t *testing.T) {
			c := NewConn(wiretest.NewConn(answer))
			in := NewPieces(c)
			_, err := in.Next()
			require.NoError(t, err)
			require.ErrorIs(t, in.Drained(), protocol.ErrMalformed)
			require.True(t, c.Unusable)
		})
	}
}

func frame(t wire.ProtoType, body []byte) []byte {
	return append(wire.ProtoHeader{Type: t, Size: len(body)}.AppendTo(nil), body...)
}

// TestPiecesOfManySmallBins: reading a record of many small bins takes memory in proportion to its
// size. Each bin raises the known minimum of the size by a few bytes only.
func TestPiecesOfManySmallBins(t *testing.T) {
	m := wire.Message{Header: wire.Header{Generation: 1}, Ops: make([]wire.RawOp, 60_000)}
	for i := range m.Ops {
		m.Ops[i] = wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleNull, Name: []byte("b")}
	}
	row := m.AppendTo(nil)
	answer := frame(wire.ProtoMessage, append(row, row...))
	const perByte = 8 // memory that grows by a quarter is five times the size in all
	wiretest.Bounded(t, len(answer), perByte, func() {
		in := NewPieces(NewConn(wiretest.NewConn(answer)))
		for range 2 {
			piece, err := in.Next()
			require.NoError(t, err)
			require.True(t, bytes.Equal(row, piece))
		}
	})
}

// TestPiecesOfLargeMessagesAlloc: messages up to the trusted size take little more memory than
// their own size, as no smaller piece is thrown away.
func TestPiecesOfLargeMessagesAlloc(t *testing.T) {
	const messages = 8
	for _, size := range []int{3 * PieceSize, trustedSize - 1000} {
		answer := frame(wire.ProtoMessage, bytes.Repeat(largeRow(1, size), messages))
		in := NewPieces(NewConn(wiretest.NewConn(answer)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range messages {
			piece, err := in.Next()
			require.NoError(t, err)
			require.Greater(t, len(piece), size)
		}
		runtime.ReadMemStats(&after)
		require.Less(t, float64(after.TotalAlloc-before.TotalAlloc), 1.2*float64(messages*size), "messages of %d bytes", size)
	}
}
