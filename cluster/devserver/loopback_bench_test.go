package devserver

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
)

// BenchmarkLoopback measures reads, writes, reads that each client sends 16 at a time without
// waiting, and batches of 100 reads, by 32 clients over TCP. The clients only write a prepared
// request and read an answer of known length, so most of the CPU time is the server's and the
// kernel's. An operation is one command or row.
func BenchmarkLoopback(b *testing.B) {
	s := start(b, Options{Listen: "127.0.0.1:0"})
	fill(connect(b, s, 0), "demo", 1000)
	read := wire.NewRead(key(7))
	write := put(key(8), one(1), text("s", "some text of a usual length"))
	message := func(c *wire.Command) []byte {
		m, err := c.AppendMessage(nil, 1000)
		require.NoError(b, err)
		return m
	}
	for _, test := range []struct {
		name    string
		request []byte
		answers int // messages of the answer
		ops     int
	}{
		{"read", message(&read), 1, 1},
		{"write", message(&write), 1, 1},
		{"read/pipelined", bytes.Repeat(message(&read), 16), 16, 16},
		{"batch", batchOfReads(b, 100), 1, 100},
	} {
		b.Run(test.name, func(b *testing.B) {
			const clients = 32
			var left atomic.Int64
			left.Store(int64(b.N))
			conns, size := make([]net.Conn, clients), 0
			for i := range conns {
				var err error
				conns[i], err = net.Dial("tcp", s.Seeds()[0])
				require.NoError(b, err)
				defer conns[i].Close()
				size, err = answerSize(conns[i], test.request, test.answers)
				require.NoError(b, err)
			}
			began, used := time.Now(), cpuTime(b)
			var all sync.WaitGroup
			for _, conn := range conns {
				all.Go(func() {
					answer := make([]byte, size)
					for left.Add(-int64(test.ops)) >= 0 {
						_, err := conn.Write(test.request)
						if err == nil {
							_, err = io.ReadFull(conn, answer)
						}
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "ops/s")
			b.ReportMetric(float64((cpuTime(b)-used).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// answerSize sends a request and returns the length of the answer, which has the given number of
// messages.
func answerSize(conn net.Conn, request []byte, messages int) (size int, err error) {
	if _, err := conn.Write(request); err != nil {
		return 0, err
	}
	for range messages {
		var head [wire.ProtoHeaderSize]byte
		if _, err := io.ReadFull(conn, head[:]); err != nil {
			return 0, err
		}
		h, err := wire.ParseProtoHeader(head[:])
		if err != nil {
			return 0, err
		}
		if _, err := io.CopyN(io.Discard, conn, int64(h.Size)); err != nil {
			return 0, err
		}
		size += wire.ProtoHeaderSize + h.Size
	}
	return size, nil
}

// batchOfReads returns a batch of reads of the first n keys.
func batchOfReads(b *testing.B, n int) []byte {
	commands := make([]wire.Command, n)
	rows := make([]wire.BatchRow, n)
	for i := range rows {
		commands[i] = wire.NewRead(key(i))
		rows[i] = wire.BatchRow{Index: uint32(i), Command: &commands[i]}
	}
	request, err := (&wire.Batch{Flags: wire.BatchInline}).AppendMessage(nil, rows, 1000)
	require.NoError(b, err)
	return request
}
