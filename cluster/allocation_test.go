//go:build !race

package cluster

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// echoNode returns a client of one node on loopback that answers every message with the same bytes
// and allocates nothing.
func echoNode(t testing.TB, answer []byte, change func(*Config)) *Client {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := newFakeNet(t, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buf := make([]byte, 4096)
		for {
			if _, err := io.ReadFull(c, buf[:wire.ProtoHeaderSize]); err != nil {
				return
			}
			h, err := wire.ParseProtoHeader(buf)
			if err != nil {
				return
			}
			if _, err := io.ReadFull(c, buf[:h.Size]); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	}()
	c := f.openOver(l, change)
	t.Cleanup(func() {
		c.Close()
		l.Close()
		<-done
	})
	return c
}

var answerWritten = message(wire.Header{Generation: 1})

func getOnce(c *Client) error { _, err := c.Get(context.Background(), nil, testKey); return err }
func putOnce(c *Client) error { return c.Put(context.Background(), nil, testKey, testBins) }

// BenchmarkMetrics compares a command with metrics, with an observer that does nothing, and with
// neither.
func BenchmarkMetrics(b *testing.B) {
	for name, change := range map[string]func(*Config){"off": nil, "counted": counting, "observed": func(cfg *Config) { cfg.Observer = Observers() }} {
		b.Run(name, func(b *testing.B) {
			client := echoNode(b, answerWritten, change)
			b.ReportAllocs()
			for b.Loop() {
				if err := putOnce(client); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestAllocations limits the allocations on the hot paths: none for a write; for a read one, of the
// record with its bins and their data.
func TestAllocations(t *testing.T) {
	for name, c := range map[string]struct {
		answer  []byte
		command func(c *Client) error
		change  func(*Config)
		most    float64
	}{
		"Get": {answerOK, getOnce, nil, 1},
		"Put": {answerWritten, putOnce, nil, 0},
		// Metrics allocate nothing, and an observer only what it allocates itself.
		"Get, counted":  {answerOK, getOnce, counting, 1},
		"Put, counted":  {answerWritten, putOnce, counting, 0},
		"Put, observed": {answerWritten, putOnce, func(cfg *Config) { cfg.Observer = Observers() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			client := echoNode(t, c.answer, c.change)
			require.NoError(t, c.command(client))
			got := testing.AllocsPerRun(500, func() {
				if err := c.command(client); err != nil {
					t.Error(err)
				}
			})
			require.LessOrEqual(t, got, c.most)
		})
	}
}

// A counted connection counts the calls of Read and Write. Each is a system call. The runtime
// repeats reads that find nothing; those are not counted.
type counted struct {
	net.Conn
	reads, writes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	c.reads.Add(1)
	return c.Conn.Read(p)
}

func (c counted) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// TestSystemCallsAlloc: a command is one write and one read.
func TestSystemCallsAlloc(t *testing.T) {
	for name, command := range map[string]func(*Client) error{"Get": getOnce, "Put": putOnce} {
		t.Run(name, func(t *testing.T) {
			var reads, writes atomic.Int64
			client := echoNode(t, answerOK, func(cfg *Config) {
				dial := cfg.Dial
				cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					c, err := dial(ctx, network, address)
					return counted{c, &reads, &writes}, err
				}
			})
			require.NoError(t, command(client))
			reads.Store(0)
			writes.Store(0)
			const commands = 100
			for range commands {
				require.NoError(t, command(client))
			}
			require.Equal(t, int64(commands), writes.Load())
			require.Equal(t, int64(commands), reads.Load())
		})
	}
}

var answerMissing = message(wire.Header{ResultCode: protocol.KeyNotFound})

func missOnce(c *Client) error {
	_, err := c.Get(context.Background(), nil, testKey)
	if e, ok := err.(*protocol.Error); ok && e.Code == protocol.KeyNotFound {
		return nil
	}
	return err
}

// TestAllocationsOfAMiss: a missing record is a frequent outcome, so its error takes only one
// allocation.
func TestAllocationsOfAMiss(t *testing.T) {
	c := echoNode(t, answerMissing, nil)
	allocations := func(run func(*Client) error) float64 {
		return testing.AllocsPerRun(500, func() { require.NoError(t, run(c)) })
	}
	present := echoNode(t, answerWritten, nil)
	hit := testing.AllocsPerRun(500, func() { require.NoError(t, getOnce(present)) })
	require.LessOrEqual(t, allocations(missOnce), hit+1)
}

func BenchmarkMiss(b *testing.B) {
	c := echoNode(b, answerMissing, nil)
	b.ReportAllocs()
	for b.Loop() {
		if err := missOnce(c); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRefusalAlloc: a command that is refused because the queue is full allocates only its error.
func TestRefusalAlloc(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.MaxQueuePerNode = 1 }, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		all := h.fill(t, c, true)
		all.Go(func() { require.NoError(t, putOnce(c)) })
		synctest.Wait()
		got := testing.AllocsPerRun(100, func() { require.ErrorIs(t, putOnce(c), ErrOverload) })
		require.LessOrEqual(t, got, 1.0)
		close(h.release)
		all.Wait()
	})
}
