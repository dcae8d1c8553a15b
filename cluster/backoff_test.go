package cluster

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxErrors allows a node this many errors within two rounds of tending.
func maxErrors(errors int) func(*Config) {
	return func(cfg *Config) { cfg.MaxErrorRate, cfg.ErrorRateWindow = errors, 2 }
}

func put(t *testing.T, c *Client) error { return c.Put(t.Context(), nil, testKey, testBins) }

// TestFailingNodeIsLeftAlone: above the limit nothing is sent, until one command may probe the
// node.
func TestFailingNodeIsLeftAlone(t *testing.T) {
	bubble(t, 1, maxErrors(5), func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(hangUp)
		for range 6 {
			require.NotErrorIs(t, put(t, c), ErrNodeBackoff)
		}
		for range 3 {
			e := requireError(t, put(t, c))
			require.ErrorIs(t, e, ErrNodeBackoff)
			require.False(t, e.InDoubt)
			require.Equal(t, "A1", e.Node)
		}
		require.Equal(t, 6, f.node(0).received())

		time.Sleep(2 * DefaultTendInterval)
		require.NotErrorIs(t, put(t, c), ErrNodeBackoff, "the probe")
		require.ErrorIs(t, put(t, c), ErrNodeBackoff, "the probe failed")
		require.Equal(t, 7, f.node(0).received())

		f.node(0).play(replyOK)
		require.ErrorIs(t, put(t, c), ErrNodeBackoff)
		time.Sleep(2 * DefaultTendInterval)
		require.NoError(t, put(t, c))
		require.NoError(t, put(t, c))
	})
}

// TestOneTryAtATime: no other command is sent to the node while a probe is running.
func TestOneTryAtATime(t *testing.T) {
	bubble(t, 1, maxErrors(1), func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(hangUp)
		put(t, c)
		put(t, c)
		time.Sleep(2 * DefaultTendInterval)
		proceed := make(chan struct{})
		f.node(0).play(func(conn net.Conn, _ *wire.Message) bool {
			<-proceed
			return write(conn, answerOK)
		})
		try := make(chan error, 1)
		go func() { try <- put(t, c) }()
		synctest.Wait()
		require.ErrorIs(t, put(t, c), ErrNodeBackoff)
		close(proceed)
		require.NoError(t, <-try)
		require.NoError(t, put(t, c))
	})
}

// TestADeadConnectionIsNoTry: a probe that finds a dead idle connection has not tried the node. It
// opens another connection and tries.
func TestADeadConnectionIsNoTry(t *testing.T) {
	bubble(t, 1, maxErrors(1), func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyCode(protocol.DeviceOverload))
		once := &WritePolicy{MaxRetries: NoRetries}
		for range 2 {
			require.ErrorIs(t, c.Put(t.Context(), once, testKey, testBins), protocol.DeviceOverload)
		}
		require.ErrorIs(t, c.Put(t.Context(), once, testKey, testBins), ErrNodeBackoff)
		f.node(0).stop()
		f.node(0).start()
		f.node(0).play(replyOK)
		time.Sleep(2 * DefaultTendInterval)
		require.NoError(t, c.Put(t.Context(), once, testKey, testBins))
	})
}

// TestReadsGoRoundAFailingNode: reads go to the next replica at once, which does not count as a
// retry.
func TestReadsGoRoundAFailingNode(t *testing.T) {
	bubble(t, 2, maxErrors(3), func(t *testing.T, f *fakeNet, c *Client) {
		f.master(testKey).play(hangUp)
		once := &ReadPolicy{MaxRetries: NoRetries}
		for range 4 {
			_, err := c.Get(t.Context(), once, testKey)
			require.Error(t, err)
		}
		for range 5 {
			_, err := c.Get(t.Context(), once, testKey)
			require.NoError(t, err)
		}
		_, err := c.Get(t.Context(), &ReadPolicy{Replica: ReplicaMaster}, testKey)
		require.ErrorIs(t, err, ErrNodeBackoff, "no other node may be used")
		require.ErrorIs(t, put(t, c), ErrNodeBackoff, "other nodes would only forward it")
		rows, err := c.BatchRead(t.Context(), nil, []protocol.Key{testKey})
		require.NoError(t, err)
		require.NotNil(t, rows[0].Record)
		require.Equal(t, 4, f.master(testKey).received())
	})
}

// TestErrorsCountedAgainstNode: lost connections and an overloaded device count as errors of the
// node. Other result codes, and cancellation by the caller, don't.
func TestErrorsCountedAgainstNode(t *testing.T) {
	canceled := func(t *testing.T) context.Context {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		return ctx
	}
	for name, c := range map[string]struct {
		script script
		ctx    func(*testing.T) context.Context
		down   bool
		counts bool
	}{
		"connection lost":     {script: hangUp, counts: true},
		"dial refused":        {down: true, counts: true},
		"no response in time": {script: replyNothing, counts: true},
		"not a response":      {script: replyBytes([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")), counts: true},
		"device overload":     {script: replyCode(protocol.DeviceOverload), counts: true},
		"server timeout":      {script: replyCode(protocol.ServerTimeout)},
		"key exists":          {script: replyCode(protocol.KeyExists)},
		"unknown code":        {script: replyCode(199)},
		"canceled":            {script: replyNothing, ctx: canceled},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, func(cfg *Config) { cfg.MaxErrorRate, cfg.TendInterval = 2, time.Hour }, func(t *testing.T, f *fakeNet, client *Client) {
				if f.node(0).play(c.script); c.down {
					f.node(0).stop()
				}
				var err error
				for range 4 {
					ctx := t.Context()
					if c.ctx != nil {
						ctx = c.ctx(t)
					}
					err = client.Put(ctx, nil, testKey, testBins)
					require.Error(t, err)
				}
				if c.counts {
					require.ErrorIs(t, err, ErrNodeBackoff)
				} else {
					require.NotErrorIs(t, err, ErrNodeBackoff)
				}
			})
		})
	}
}

func TestWithoutErrorLimit(t *testing.T) {
	bubble(t, 1, maxErrors(-1), func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(hangUp)
		for range 300 {
			require.NotErrorIs(t, put(t, c), ErrNodeBackoff)
		}
	})
}

// TestRetryBudget: if everything fails, the load grows by at most the reserve and the configured
// percentage.
func TestRetryBudget(t *testing.T) {
	change := func(cfg *Config) { cfg.MaxErrorRate, cfg.RetryPercent, cfg.RetryReserve = -1, 50, 10 }
	bubble(t, 1, change, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyCode(protocol.DeviceOverload))
		p := &ReadPolicy{MaxRetries: 4}
		refused := 0
		for range 100 {
			_, err := c.Get(t.Context(), p, testKey)
			require.ErrorIs(t, err, protocol.DeviceOverload, "the error has the original failure")
			if requireError(t, err).Attempts < 5 {
				require.ErrorIs(t, err, ErrRetryBudget)
				refused++
			}
		}
		require.Positive(t, refused)
		require.InDelta(t, 100+10+50, f.node(0).received(), 1)

		// Refused connections don't load the node, so these retries are free.
		f.node(0).stop()
		tendRounds(6)
		start := time.Now()
		_, err := c.Get(t.Context(), &ReadPolicy{TotalTimeout: 10 * time.Second}, testKey)
		require.ErrorIs(t, err, ErrNoNode)
		require.NotErrorIs(t, err, ErrRetryBudget)
		require.Positive(t, time.Since(start))
	})
}

func TestRetryBudgetOfBatchesAndQueries(t *testing.T) {
	change := func(cfg *Config) { cfg.MaxErrorRate, cfg.RetryPercent, cfg.RetryReserve = -1, 1, 1 }
	bubble(t, 1, change, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(hangUp)
		keys := []protocol.Key{testKey, protocol.MustKey("test", "s", 2)}
		results, err := c.BatchRead(t.Context(), nil, keys)
		require.ErrorIs(t, err, ErrRetryBudget)
		require.Equal(t, 2, requireError(t, results[0].Err).Attempts, "one more round was allowed")
		for _, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.ErrorIs(t, err, ErrRetryBudget)
		}
		require.Equal(t, 3, f.node(0).received())
	})
}
