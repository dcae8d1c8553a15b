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

// replyAfter plays a script after a delay.
func replyAfter(d time.Duration, s script) script {
	return func(c net.Conn, m *wire.Message) bool {
		time.Sleep(d)
		return s(c, m)
	}
}

// shutDown shuts a client down with a timeout, and returns how long that took.
func shutDown(t *testing.T, c *Client, limit time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	start := time.Now()
	err := c.Shutdown(ctx)
	return time.Since(start), err
}

// begun starts a call and waits until it is running.
func begun(call func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- call() }()
	synctest.Wait()
	return result
}

func TestShutdownWaitsForCalls(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyAfter(100*time.Millisecond, replyOK))
		under := begun(func() error { return put(t, c) })
		refused := begun(func() error {
			time.Sleep(10 * time.Millisecond)
			return put(t, c)
		})
		took, err := shutDown(t, c, time.Second)
		require.NoError(t, err)
		require.Equal(t, 100*time.Millisecond, took)
		require.NoError(t, <-under)
		e := requireError(t, <-refused)
		require.ErrorIs(t, e, ErrClosed)
		require.False(t, e.InDoubt)
		require.Equal(t, 1, f.node(0).received())
		require.NoError(t, c.Close())
		_, err = shutDown(t, c, time.Second)
		require.NoError(t, err)
	})
}

// TestShutdownWaitsBetweenTries: a call that sleeps before its next try is running too.
func TestShutdownWaitsBetweenTries(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).playOnce(replyCode(protocol.DeviceOverload))
		under := begun(func() error {
			_, err := c.Get(t.Context(), &ReadPolicy{SleepBetweenRetries: 300 * time.Millisecond}, testKey)
			return err
		})
		took, err := shutDown(t, c, time.Second)
		require.NoError(t, err)
		require.Equal(t, 300*time.Millisecond, took)
		require.NoError(t, <-under)
	})
}

func TestShutdownCutsWhenItsTimeIsOver(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		under := begun(func() error { return put(t, c) })
		took, err := shutDown(t, c, 50*time.Millisecond)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 50*time.Millisecond, took)
		e := requireError(t, <-under)
		require.ErrorIs(t, e, ErrClosed)
		require.True(t, e.InDoubt)
	})
}

func TestShutdownWaitsForLoops(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(scanRows(1, 0))
		loop := begun(func() error {
			for _, err := range c.Scan(t.Context(), nil, "test", "s") {
				if err != nil {
					return err
				}
				time.Sleep(200 * time.Millisecond)
				break
			}
			return nil
		})
		took, err := shutDown(t, c, time.Second)
		require.NoError(t, err)
		require.Equal(t, 200*time.Millisecond, took)
		require.NoError(t, <-loop)
	})
}

func TestShutdownIdle(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		took, err := shutDown(t, c, time.Second)
		require.NoError(t, err)
		require.Zero(t, took)
		for _, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.ErrorIs(t, err, ErrClosed)
		}
		_, err = c.QueryOperate(t.Context(), nil, Statement{Namespace: "test"}, protocol.PutBin("a", protocol.Int(1)))
		require.ErrorIs(t, err, ErrClosed)
		_, err = c.InfoAll(t.Context(), nil, "status")
		require.ErrorIs(t, err, ErrClosed)
	})
}
