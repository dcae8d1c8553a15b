package devserver

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// benchmarkRequest measures the server's cost of a request, without a socket.
func benchmarkRequest(b *testing.B, request []byte) {
	s := start(b, Options{})
	c := newConn(s.nodes()[0], wiretest.NewConn(nil))
	fill(connect(b, s, 0), "demo", 1000)
	b.ReportAllocs()
	b.SetBytes(int64(len(request)))
	for b.Loop() {
		if err := c.handle(wire.ProtoMessage, request[wire.ProtoHeaderSize:]); err != nil {
			b.Fatal(err)
		}
		c.out = c.out[:0]
	}
}

func BenchmarkRead(b *testing.B) {
	command := wire.NewRead(key(7))
	request, err := command.AppendMessage(nil, 1000)
	require.NoError(b, err)
	benchmarkRequest(b, request)
}

func BenchmarkWrite(b *testing.B) {
	command := put(key(7), one(1), text("s", "some text of a usual length"))
	request, err := command.AppendMessage(nil, 1000)
	require.NoError(b, err)
	benchmarkRequest(b, request)
}

func BenchmarkBatchOf100Reads(b *testing.B) {
	benchmarkRequest(b, batchOfReads(b, 100))
}

// TestReadsDoNotAllocate protects the most common path.
func TestReadsDoNotAllocate(t *testing.T) {
	s := start(t, Options{})
	fill(connect(t, s, 0), "demo", 10)
	command := wire.NewRead(key(7), "n")
	request, err := command.AppendMessage(nil, 1000)
	require.NoError(t, err)
	c := newConn(s.nodes()[0], wiretest.NewConn(nil))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_ = c.handle(wire.ProtoMessage, request[wire.ProtoHeaderSize:])
		c.out = c.out[:0]
	}))
}
