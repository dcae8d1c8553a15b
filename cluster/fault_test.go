package cluster

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

var (
	testKey  = protocol.MustKey("test", "s", "k")
	testBins = protocol.Bins{{Name: "n", Value: protocol.Int(7)}}
)

// bubble runs a test in a synctest bubble, with a client of a net of fake nodes.
func bubble(t *testing.T, nodes int, change func(*Config), test func(t *testing.T, f *fakeNet, c *Client)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeNet(t, nodes)
		test(t, f, f.open(change))
	})
}

// master and replica return the fake nodes of a key.
func (f *fakeNet) master(k protocol.Key) *fakeNode { return f.node(int(k.Partition()) % len(f.nodes)) }
func (f *fakeNet) replica(k protocol.Key) *fakeNode {
	return f.node(int(k.Partition()+1) % len(f.nodes))
}

func requireError(t *testing.T, err error) *protocol.Error {
	t.Helper()
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestReadIsRetriedOnTheNextReplica(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for name, s := range map[string]script{
			"no answer":             hangUp,
			"half a header":         replyBytes(answerOK[:3]),
			"half a body":           replyBytes(answerOK[:20]),
			"server timeout":        replyCode(protocol.ServerTimeout),
			"partition unavailable": replyCode(protocol.PartitionUnavailable),
		} {
			f.master(testKey).playOnce(s)
			before := f.replica(testKey).received()
			rec, err := c.Get(t.Context(), nil, testKey)
			require.NoError(t, err, name)
			require.EqualValues(t, 1, rec.Generation)
			require.Equal(t, before+1, f.replica(testKey).received(), name)
		}
	})
}

func TestReadGivesUp(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(hangUp)
		_, err := c.Get(t.Context(), nil, testKey)
		e := requireError(t, err)
		require.Equal(t, 3, e.Attempts)
		require.Equal(t, "A1", e.Node)
		require.False(t, e.InDoubt)
		require.Equal(t, protocol.ClientError, e.Code)
	})
}

// TestLargeAnswerTwice sends a response twice that is larger than the connection's buffer. The
// second one must not become the response to the next command.
func TestLargeAnswerTwice(t *testing.T) {
	for _, size := range []int{link.ReadBufferSize, 20_000, 100_000} {
		large := message(wire.Header{Generation: 9},
			wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleBlob, Name: []byte("n"), Data: make([]byte, size)})
		bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
			f.node(0).playOnce(func(conn net.Conn, _ *wire.Message) bool { return write(conn, append(large, large...)) })
			_, err := c.Get(t.Context(), nil, testKey)
			require.ErrorIs(t, err, protocol.ErrMalformed)
			rec, err := c.Get(t.Context(), nil, testKey)
			require.NoError(t, err)
			require.EqualValues(t, 1, rec.Generation)
		})
	}
}

// TestWriteCutAnywhere cuts the response to a write after each of its bytes: the write is in doubt,
// is not repeated, and its connection is not used again.
func TestWriteCutAnywhere(t *testing.T) {
	answer := message(wire.Header{Generation: 1})
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for n := range answer {
			before := f.node(0).received()
			f.node(0).playOnce(replyBytes(answer[:n]))
			e := requireError(t, c.Put(t.Context(), nil, testKey, testBins))
			require.True(t, e.InDoubt, "cut at %d", n)
			require.Equal(t, before+1, f.node(0).received())
			require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		}
	})
}

func TestWriteRefused(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		dials := 0
		for code, inDoubt := range map[protocol.ResultCode]bool{
			protocol.KeyExists: false, protocol.GenerationError: false, protocol.DeviceOverload: false,
			protocol.PartitionUnavailable: false, protocol.ServerTimeout: true, 199: false,
		} {
			f.node(0).playOnce(replyCode(code))
			e := requireError(t, c.Put(t.Context(), nil, testKey, testBins))
			require.Equal(t, code, e.Code)
			require.ErrorIs(t, e, code)
			require.Equal(t, inDoubt, e.InDoubt, code)
			require.Equal(t, 1, e.Attempts)
			if dials == 0 {
				dials = f.node(0).dialed()
			}
		}
		require.Equal(t, dials, f.node(0).dialed(), "a result code does not close the connection")
	})
}

func TestWriteRetriedIsInDoubt(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			f.node(0).play(replyCode(protocol.GenerationError))
			return false
		})
		e := requireError(t, c.Put(t.Context(), &WritePolicy{MaxRetries: 1}, testKey, testBins))
		require.ErrorIs(t, e, protocol.GenerationError)
		require.True(t, e.InDoubt, "the first try may have been applied")
		require.Equal(t, 2, e.Attempts)
	})
}

// TestDeleteRetriedIsInDoubt: the first try was not answered, and the second finds no record. The
// first one may have removed it.
func TestDeleteRetriedIsInDoubt(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		unanswered := func(then script) {
			f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
				f.node(0).play(then)
				return false
			})
		}
		unanswered(replyCode(protocol.KeyNotFound))
		existed, err := c.Delete(t.Context(), &WritePolicy{MaxRetries: 1}, testKey)
		require.False(t, existed)
		e := requireError(t, err)
		require.Equal(t, protocol.KeyNotFound, e.Code)
		require.True(t, e.InDoubt)

		rows := []BatchRow{DeleteRow(nil, testKey)}
		unanswered(replyCode(protocol.KeyNotFound))
		results, err := c.BatchWrite(t.Context(), &BatchPolicy{MaxRetries: 1}, rows)
		require.True(t, requireError(t, results[0].Err).InDoubt)
		require.ErrorAs(t, err, new(*BatchError), "the batch's error includes the row's")
		f.node(0).play(replyCode(protocol.KeyNotFound))
		_, err = c.BatchWrite(t.Context(), &BatchPolicy{MaxRetries: 1}, rows)
		require.NoError(t, err)
	})
}

func TestRefusedConnectionIsNotInDoubt(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).stop()
		e := requireError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.ErrorIs(t, e, ErrConnect)
		require.False(t, e.InDoubt)
	})
}

// TestDeadConnectionIsReplaced: a connection that fails before it takes a byte is replaced without
// an error.
func TestDeadConnectionIsReplaced(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		f.node(0).stop()
		f.node(0).start()
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.Equal(t, 2, f.node(0).received())
	})
}

func TestTimeouts(t *testing.T) {
	second := time.Second
	for name, c := range map[string]struct {
		ctx    time.Duration
		policy WritePolicy
		after  time.Duration
		is     error
		isNot  error
	}{
		"default":                  {0, WritePolicy{}, second, ErrTimeout, context.DeadlineExceeded},
		"total":                    {0, WritePolicy{TotalTimeout: 5 * second}, 5 * second, ErrTimeout, context.DeadlineExceeded},
		"socket":                   {0, WritePolicy{TotalTimeout: 5 * second, SocketTimeout: 2 * second}, 2 * second, ErrTimeout, context.DeadlineExceeded},
		"socket alone":             {0, WritePolicy{TotalTimeout: NoTimeout, SocketTimeout: 3 * second}, 3 * second, ErrTimeout, context.DeadlineExceeded},
		"socket by default":        {0, WritePolicy{TotalTimeout: NoTimeout}, 30 * second, ErrTimeout, context.DeadlineExceeded},
		"context":                  {second / 2, WritePolicy{}, second / 2, context.DeadlineExceeded, nil},
		"context is a timeout":     {second / 2, WritePolicy{}, second / 2, ErrTimeout, nil},
		"context without timeouts": {70 * second, WritePolicy{TotalTimeout: NoTimeout, SocketTimeout: NoTimeout}, 70 * second, context.DeadlineExceeded, nil},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, client *Client) {
				ctx := t.Context()
				if c.ctx > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.ctx)
					defer cancel()
				}
				f.node(0).play(replyNothing)
				start := time.Now()
				e := requireError(t, client.Put(ctx, &c.policy, testKey, testBins))
				require.Equal(t, c.after, time.Since(start))
				require.True(t, e.InDoubt)
				require.ErrorIs(t, e, c.is)
				if c.isNot != nil {
					require.NotErrorIs(t, e, c.isNot)
				}
			})
		})
	}
}

// TestTimeBudget: each try sends the remaining time.
func TestTimeBudget(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		var budgets []uint32
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			budgets = append(budgets, m.TransactionTTL)
			return write(conn, message(wire.Header{ResultCode: protocol.DeviceOverload}))
		})
		ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer cancel()
		_, err := c.Get(ctx, &ReadPolicy{SleepBetweenRetries: 100 * time.Millisecond}, testKey)
		require.ErrorIs(t, err, protocol.DeviceOverload)
		require.Equal(t, []uint32{700, 600, 500}, budgets)
		budgets = nil
		_, err = c.Get(t.Context(), &ReadPolicy{TotalTimeout: NoTimeout, MaxRetries: NoRetries}, testKey)
		require.Error(t, err)
		require.Equal(t, []uint32{0}, budgets)
	})
}

func TestCancelInterrupts(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		start := time.Now()
		e := requireError(t, c.Put(ctx, nil, testKey, testBins))
		require.Equal(t, 10*time.Millisecond, time.Since(start))
		require.ErrorIs(t, e, context.Canceled)
		require.True(t, e.InDoubt)

		f.node(0).play(replyOK)
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins), "on another connection")
	})
}

func TestContextCanceledBefore(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		e := requireError(t, c.Put(ctx, nil, testKey, testBins))
		require.ErrorIs(t, e, context.Canceled)
		require.Zero(t, e.Attempts)
		require.False(t, e.InDoubt)
		require.Zero(t, f.node(0).received())
	})
}

func TestHostileAnswers(t *testing.T) {
	long := wire.ProtoHeader{Type: wire.ProtoMessage, Size: protocol.MaxProtoSize}.AppendTo(nil)
	for name, b := range map[string][]byte{
		"twice":           append(append([]byte(nil), answerOK...), answerOK...),
		"HTTP":            []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		"info":            frame(wire.ProtoInfo, []byte("x\ty\n")),
		"size 2^48-1":     {2, 3, 255, 255, 255, 255, 255, 255},
		"empty":           {2, 3, 0, 0, 0, 0, 0, 0},
		"two messages":    frame(wire.ProtoMessage, append(append([]byte(nil), answerOK[8:]...), answerOK[8:]...)),
		"too many bins":   message(wire.Header{}, make([]wire.RawOp, 3)...)[:40],
		"128 MiB, silent": long,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).playOnce(replyBytes(b))
				e := requireError(t, c.Put(t.Context(), nil, testKey, testBins))
				require.True(t, e.InDoubt)
				_, err := c.Get(t.Context(), nil, testKey)
				require.NoError(t, err)
			})
		})
	}
}

func TestArgumentErrors(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		long := protocol.Bins{{Name: "sixteen-bytes-ab", Value: protocol.Int(1)}}
		e := requireError(t, c.Put(t.Context(), nil, testKey, long))
		require.ErrorIs(t, e, protocol.ErrInvalidBin)
		require.Equal(t, protocol.ClientError, e.Code)
		e = requireError(t, c.Put(t.Context(), nil, testKey, protocol.Bins{protocol.NewBin("a", struct{}{})}))
		require.ErrorIs(t, e, protocol.ErrInvalidValue)
		e = requireError(t, c.Put(t.Context(), nil, testKey, nil))
		require.ErrorIs(t, e, protocol.ErrInvalidCommand)
		_, err := c.Get(t.Context(), nil, protocol.Key{})
		require.Error(t, err)
		_, err = c.Get(t.Context(), &ReadPolicy{MaxRetries: -2}, testKey)
		require.ErrorIs(t, err, ErrConfig)
		e = requireError(t, c.Put(t.Context(), &WritePolicy{TTL: TTLSeconds(protocol.MaxTTL + 1)}, testKey, testBins))
		require.ErrorIs(t, e, ErrConfig)
		e = requireError(t, c.Put(t.Context(), nil, protocol.MustKey("nope", "s", 1), testBins))
		require.ErrorIs(t, e, protocol.InvalidNamespace)
		require.ErrorIs(t, e, ErrNamespace)
		require.ErrorContains(t, e, "test")
		require.Zero(t, f.node(0).received())
	})
}

func TestNoNode(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		gone := f.master(testKey)
		gone.stop()
		f.share()
		synctest.Wait()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Len(t, c.NodeNames(), 1)
		_, err := c.Get(t.Context(), nil, testKey)
		require.NoError(t, err)
	})
}

func TestClosed(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		time.AfterFunc(time.Millisecond, func() { c.Close() })
		start := time.Now()
		e := requireError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.ErrorIs(t, e, ErrClosed)
		require.True(t, e.InDoubt)
		require.Equal(t, time.Millisecond, time.Since(start))
		c.Close()
		require.False(t, c.IsConnected())
		for _, err := range []error{
			c.Put(t.Context(), nil, testKey, testBins),
			c.Ping(t.Context()),
			c.Truncate(t.Context(), nil, "test", "s", time.Time{}),
		} {
			require.ErrorIs(t, err, ErrClosed)
		}
		_, err := c.BatchRead(t.Context(), nil, []protocol.Key{testKey})
		require.ErrorIs(t, err, ErrClosed)
		for _, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.ErrorIs(t, err, ErrClosed)
		}
		require.True(t, errors.Is(e, ErrClosed))
	})
}
