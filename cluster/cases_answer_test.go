package cluster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// TestCase05ResetAfterFullRequest: the node has received the whole request, so a write is in doubt
// and is not repeated. A read is retried.
func TestCase05ResetAfterFullRequest(t *testing.T) {
	eachKind(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.master(testKey).once(hangUp)
		err := k.run(t.Context(), c, settings{})
		if k.write {
			requireVerdict(t, err, true)
			require.Equal(t, 1, f.master(testKey).received()+f.replica(testKey).received())
		} else {
			require.NoError(t, err)
		}
		require.Zero(t, inUse(c))
	})
}

// TestCase06HalfWrittenRequest cuts a request after each of its bytes. No server can act on it, so
// nothing is in doubt. The connection is not used again.
func TestCase06HalfWrittenRequest(t *testing.T) {
	eachKind(t, 1, func(cfg *Config) { cfg.MaxErrorRate = -1 }, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		cut, size := 0, 1
		f.node(0).wrapWith(func(conn net.Conn) net.Conn {
			return &faultyConn{Conn: conn, write: func(p []byte) (int, error) {
				size = len(p)
				n, err := conn.Write(p[:cut])
				conn.Close()
				return n, errors.Join(err, syscall.ECONNRESET)
			}}
		})
		step := 1
		for ; cut < size; cut += step {
			err := k.run(t.Context(), c, settings{retries: NoRetries})
			require.ErrorIs(t, err, syscall.ECONNRESET)
			requireVerdict(t, err, false)
			if k.multi {
				step = max(1, size/16)
			}
		}
		require.Zero(t, inUse(c))
		require.Zero(t, idleOf(c.Nodes()[0].pool))
		require.Zero(t, f.node(0).received())

		cut = size
		err := k.run(t.Context(), c, settings{retries: NoRetries})
		requireVerdict(t, err, k.write)
	})
}

// TestCase07HalfHeader: the response ends within its header.
func TestCase07HalfHeader(t *testing.T) {
	eachKind(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.master(testKey).once(replyBytes(answerOK[:3]))
		err := k.run(t.Context(), c, settings{})
		if k.write {
			requireVerdict(t, err, true)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		} else {
			require.NoError(t, err, "retried")
		}
		require.Zero(t, inUse(c))
	})
}

// TestCase08StallWithinTheBody: after the socket timeout the connection is closed, or with a
// TimeoutDelay the rest of the response is read and discarded.
func TestCase08StallWithinTheBody(t *testing.T) {
	stalled := func(c net.Conn, _ *wire.Message) bool {
		if !write(c, answerOK[:len(answerOK)/2]) {
			return false
		}
		time.Sleep(3 * time.Second)
		return write(c, answerOK[len(answerOK)/2:])
	}
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).once(stalled)
		start := time.Now()
		err := k.run(t.Context(), c, settings{total: 30 * time.Second, socket: time.Second, retries: NoRetries})
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, err, ErrTimeout)
		requireVerdict(t, err, k.write)
		require.Zero(t, inUse(c))
		require.Zero(t, idleOf(c.Nodes()[0].pool), "closed")
	})
	for delay, kept := range map[time.Duration]int{time.Second: 0, 5 * time.Second: 1} {
		bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
			f.node(0).once(stalled)
			p := &ReadPolicy{TotalTimeout: 30 * time.Second, SocketTimeout: time.Second, TimeoutDelay: delay, MaxRetries: NoRetries}
			_, err := c.Get(t.Context(), p, testKey)
			require.ErrorIs(t, err, ErrTimeout)
			require.Equal(t, 1, inUse(c), "by the goroutine that waits for the rest")
			time.Sleep(10 * time.Second)
			require.Zero(t, inUse(c))
			require.Equal(t, kept, idleOf(c.Nodes()[0].pool))
			rec, err := c.Get(t.Context(), p, testKey)
			require.NoError(t, err)
			require.Len(t, rec.Bins, 1)
		})
	}
}

// byteByByte returns a connection that reads one byte at a time.
func byteByByte(c net.Conn) net.Conn {
	return &faultyConn{Conn: c, read: func(p []byte) (int, error) { return c.Read(p[:min(1, len(p))]) }}
}

// TestCase09OneByteAtATime: a response in the smallest pieces gives the same result.
func TestCase09OneByteAtATime(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).wrapWith(byteByByte)
		require.NoError(t, k.run(t.Context(), c, settings{}))
		rec, err := c.Get(t.Context(), nil, testKey)
		require.NoError(t, err)
		require.Equal(t, testBins, rec.Bins)
	})
}

// TestCase10LateAnswer: a response that arrives after its caller has left is never read by the next
// one. Each record contains its key's digest.
func TestCase10LateAnswer(t *testing.T) {
	for _, delay := range []time.Duration{0, time.Second, time.Minute} {
		bubble(t, 1, func(cfg *Config) { cfg.MaxErrorRate, cfg.MaxConnsPerNode = -1, 2 }, func(t *testing.T, f *fakeNet, c *Client) {
			var requests atomic.Int64
			f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
				if requests.Add(1)%3 == 0 {
					time.Sleep(2 * time.Second)
				}
				d := digests(m)[0]
				return write(conn, message(wire.Header{}, wire.RawOp{
					Code: protocol.OpRead, Type: protocol.ParticleBlob, Name: []byte("d"), Data: d[:],
				}))
			})
			p := &ReadPolicy{TotalTimeout: time.Second, TimeoutDelay: delay, MaxRetries: NoRetries}
			answered := 0
			for i := range 60 {
				k := protocol.MustKey("test", "s", i)
				rec, err := c.Get(t.Context(), p, k)
				if err != nil {
					require.ErrorIs(t, err, ErrTimeout)
					continue
				}
				answered++
				got, _ := rec.Bins[0].Value.Bytes()
				d := k.Digest()
				require.True(t, bytes.Equal(d[:], got), "the response to another command")
			}
			require.GreaterOrEqual(t, answered, 30)
		})
	}
}

// TestCase11DuplicateAnswer: bytes that follow a response are unexpected, so the connection is
// closed.
func TestCase11DuplicateAnswer(t *testing.T) {
	for name, trailing := range map[string][]byte{"the answer again": answerOK, "a byte": {2}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).once(func(conn net.Conn, _ *wire.Message) bool {
					return write(conn, append(bytes.Clone(answerOK), trailing...))
				})
				err := put(t, c)
				require.ErrorIs(t, err, protocol.ErrMalformed)
				requireVerdict(t, err, true)
				require.Zero(t, openOf(c.Nodes()[0].pool))
				require.NoError(t, put(t, c))
			})
		})
	}
}

// malformed runs each kind of command against an invalid response.
func malformed(t *testing.T, answer []byte, is error, contains string) {
	t.Helper()
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).once(func(conn net.Conn, _ *wire.Message) bool { return write(conn, answer) })
		err := k.run(t.Context(), c, settings{total: 5 * time.Second, retries: NoRetries})
		require.ErrorIs(t, err, is)
		require.ErrorContains(t, err, contains)
		requireVerdict(t, err, k.write)
		synctest.Wait()
		require.Zero(t, openOf(c.Nodes()[0].pool), "closed")
		require.NoError(t, k.run(t.Context(), c, settings{}))
	})
}

// TestCase42LengthOutOfRange: a length that no body may have is rejected before memory is
// allocated.
func TestCase42LengthOutOfRange(t *testing.T) {
	malformed(t, []byte{2, 3, 255, 255, 255, 255, 255, 255}, protocol.ErrTooLarge, "at most")
	require.Less(t, bytesReading(t, []byte{2, 3, 255, 255, 255, 255, 255, 255}, protocol.ErrTooLarge), 1<<10)
}

// TestCase43LengthThenSilence: the memory allocated for the largest length is limited by the bytes
// that have arrived.
func TestCase43LengthThenSilence(t *testing.T) {
	header := wire.ProtoHeader{Type: wire.ProtoMessage, Size: protocol.MaxProtoSize}.AppendTo(nil)
	for _, sent := range []int{0, 1, 100 << 10, 1 << 20} {
		come := append(bytes.Clone(header), make([]byte, sent)...)
		require.Less(t, bytesReading(t, come, io.ErrUnexpectedEOF), wiretest.Slack+wiretest.Bytes*len(come))
	}
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).once(func(conn net.Conn, _ *wire.Message) bool { return write(conn, header) })
		err := k.run(t.Context(), c, settings{total: time.Second, retries: NoRetries})
		require.ErrorIs(t, err, ErrTimeout)
		requireVerdict(t, err, k.write)
	})
}

// TestCase44NotAnAerospikeServer: the other side is not an Aerospike server, and the error gives
// the likely cause.
func TestCase44NotAnAerospikeServer(t *testing.T) {
	malformed(t, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), protocol.ErrMalformed, "HTTP server")
	malformed(t, []byte{0x15, 3, 3, 0, 2, 2, 70, 0, 0}, protocol.ErrMalformed, "TLS")
	malformed(t, []byte{9, 3, 0, 0, 0, 0, 0, 22}, protocol.ErrMalformed, "starts with")
	malformed(t, frame(wire.ProtoInfo, []byte("x\ty\n")), protocol.ErrMalformed, "type 1 in place of 3")
	malformed(t, frame(wire.ProtoType(9), nil), protocol.ErrMalformed, "starts with")
}

// TestCase45EndlessEmptyBodies: the first empty body is an error.
func TestCase45EndlessEmptyBodies(t *testing.T) {
	empty := wire.ProtoHeader{Type: wire.ProtoMessage}.AppendTo(nil)
	malformed(t, empty, protocol.ErrMalformed, "empty body")
	c := received(bytes.Repeat(empty, 1000))
	_, err := c.ReadMessage()
	require.ErrorIs(t, err, protocol.ErrMalformed)
}

// TestCase46ZipBomb: a body is inflated to at most the announced size, and that is limited as for
// any body.
func TestCase46ZipBomb(t *testing.T) {
	bomb, err := wire.AppendCompressed(nil, frame(wire.ProtoMessage, make([]byte, 1<<20)))
	require.NoError(t, err)
	small := bytes.Clone(bomb)
	binary.BigEndian.PutUint64(small[wire.ProtoHeaderSize:], 100)
	malformed(t, small, protocol.ErrMalformed, "")
	huge := bytes.Clone(bomb)
	binary.BigEndian.PutUint64(huge[wire.ProtoHeaderSize:], 1<<40)
	malformed(t, huge, protocol.ErrTooLarge, "")
	require.Less(t, bytesReading(t, small, protocol.ErrMalformed), wiretest.Slack+wiretest.Bytes*len(small))
}

// TestCase47CountsBeyondTheBody: counts and lengths that exceed the body are errors.
func TestCase47CountsBeyondTheBody(t *testing.T) {
	head := func(fields, ops uint16) []byte {
		b := message(wire.Header{})
		binary.BigEndian.PutUint16(b[26:], fields)
		binary.BigEndian.PutUint16(b[28:], ops)
		return b
	}
	longOp := message(wire.Header{}, wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("n"), Data: []byte("x")})
	binary.BigEndian.PutUint32(longOp[30:], 1<<30)
	for name, answer := range map[string][]byte{"fields": head(65535, 0), "operations": head(0, 65535), "an operation": longOp} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).play(func(conn net.Conn, _ *wire.Message) bool { return write(conn, answer) })
				_, err := c.Get(t.Context(), nil, testKey)
				require.ErrorIs(t, err, protocol.ErrMalformed)
				err = put(t, c)
				require.ErrorIs(t, err, protocol.ErrMalformed)
				requireVerdict(t, err, true)
				require.Zero(t, openOf(c.Nodes()[0].pool))
			})
			require.Less(t, wiretest.Allocated(func() {
				_, _, err := wire.ParseResponse(answer[wire.ProtoHeaderSize:])
				require.ErrorIs(t, err, protocol.ErrMalformed)
			}), uint64(8<<10))
		})
	}
}

// TestCase52OwnRequestTooLarge: the request is rejected before anything is sent, and other callers
// hardly wait for its connection.
func TestCase52OwnRequestTooLarge(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		huge := protocol.Bins{{Name: "b", Value: protocol.Blob(make([]byte, protocol.MaxProtoSize))}}
		err := c.Put(t.Context(), nil, testKey, huge)
		require.ErrorIs(t, err, protocol.ErrTooLarge)
		requireVerdict(t, err, false)
		results, err := c.BatchWrite(t.Context(), nil, []BatchRow{PutRow(nil, testKey, huge), PutRow(nil, neighbors[1], testBins)})
		require.ErrorIs(t, err, protocol.ErrTooLarge)
		require.False(t, requireError(t, results[0].Err).InDoubt)
		require.NoError(t, results[1].Err, "the other row is not affected")
		require.Equal(t, 1, f.node(0).received())
	})
}
