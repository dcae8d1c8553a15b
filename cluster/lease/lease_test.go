package lease_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A clock is the server's. Tests let time pass with it.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.passed.Load())) }
func (c *clock) advance(d time.Duration) { c.passed.Add(int64(d)) }

func start(t *testing.T) (*devserver.Server, *clock, *cluster.Client) {
	c := new(clock)
	server, err := devserver.Start(devserver.Options{Clock: c.now})
	require.NoError(t, err)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	})
	return server, c, client
}

var key = protocol.MustKey("test", "leases", "k")

func TestExclusion(t *testing.T) {
	_, _, client := start(t)
	first, err := lease.TryAcquire(t.Context(), client, key, &lease.Options{Holder: "a"})
	require.NoError(t, err)
	require.EqualValues(t, 1, first.Token())
	_, err = lease.TryAcquire(t.Context(), client, key, nil)
	require.ErrorIs(t, err, lease.ErrHeld)
	require.EqualError(t, err, "the lease is held by another process: a (token 1)")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = lease.Acquire(ctx, client, key, &lease.Options{Retry: time.Millisecond})
	require.ErrorIs(t, err, lease.ErrHeld)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	require.NoError(t, first.Release(t.Context()))
	require.ErrorIs(t, first.Release(t.Context()), lease.ErrReleased)
	require.ErrorIs(t, first.Check(t.Context()), lease.ErrReleased)
	second, err := lease.TryAcquire(t.Context(), client, key, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, second.Token())
	require.NoError(t, second.Release(t.Context()))
}

// TestWaiters lets several processes take the lease in turn. Each reads a counter and writes it
// back, which loses nothing only if they exclude each other.
func TestWaiters(t *testing.T) {
	_, _, client := start(t)
	var wg sync.WaitGroup
	counter := 0
	for range 8 {
		wg.Go(func() {
			for range 5 {
				l, err := lease.Acquire(t.Context(), client, key, &lease.Options{Retry: time.Millisecond})
				require.NoError(t, err)
				counter++
				require.NoError(t, l.Release(t.Context()))
			}
		})
	}
	wg.Wait()
	require.Equal(t, 40, counter)
}

// TestTakeover checks that a lease without heartbeats is taken after its time to live, and what its
// first holder can do then.
func TestTakeover(t *testing.T) {
	_, clock, client := start(t)
	slow := &lease.Options{TTL: time.Hour, Heartbeat: 59 * time.Minute}
	first, err := lease.TryAcquire(t.Context(), client, key, slow)
	require.NoError(t, err)
	ctx, cancel := first.Context(t.Context())
	defer cancel()
	clock.advance(59 * time.Minute)
	_, err = lease.TryAcquire(t.Context(), client, key, nil)
	require.ErrorIs(t, err, lease.ErrHeld)
	require.NoError(t, first.Check(t.Context()), "a heartbeat")
	clock.advance(59 * time.Minute)
	_, err = lease.TryAcquire(t.Context(), client, key, nil)
	require.ErrorIs(t, err, lease.ErrHeld)

	clock.advance(2 * time.Minute)
	second, err := lease.TryAcquire(t.Context(), client, key, slow)
	require.NoError(t, err)
	require.EqualValues(t, 2, second.Token())
	_, err = second.Operate(t.Context(), protocol.PutBin("v", "second"))
	require.NoError(t, err)
	_, err = first.Operate(t.Context(), protocol.PutBin("v", "first"))
	require.ErrorIs(t, err, lease.ErrLost)
	<-ctx.Done()
	require.ErrorIs(t, context.Cause(ctx), lease.ErrLost)
	<-first.Lost()
	require.ErrorIs(t, first.Release(t.Context()), lease.ErrLost)
	rec, err := client.Get(t.Context(), nil, key, "v")
	require.NoError(t, err)
	require.Equal(t, "second", rec.Bins[0].Value.String())
	require.NoError(t, second.Check(t.Context()), "the first one's release did not end it")
	require.NoError(t, second.Release(t.Context()))
}

// TestHeartbeat waits for heartbeats.
func TestHeartbeat(t *testing.T) {
	_, _, client := start(t)
	l, err := lease.TryAcquire(t.Context(), client, key, &lease.Options{TTL: time.Hour, Heartbeat: time.Millisecond})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		rec, err := client.Get(t.Context(), nil, key)
		return err == nil && rec.Generation > 5
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, l.Release(t.Context()))
}

// TestUnreachable checks that a holder without a connection loses the lease when its time is over.
func TestUnreachable(t *testing.T) {
	server, _, client := start(t)
	l, err := lease.TryAcquire(t.Context(), client, key, &lease.Options{TTL: 50 * time.Millisecond, Heartbeat: time.Millisecond})
	require.NoError(t, err)
	server.Inject(devserver.Fault{On: devserver.Writes, Do: devserver.Refuse(protocol.DeviceOverload)})
	<-l.Lost()
	require.ErrorIs(t, l.Check(t.Context()), lease.ErrLost)
	require.Error(t, l.Release(t.Context()))
}

// TestAnswerLost checks that an acquisition whose answer is lost is found.
func TestAnswerLost(t *testing.T) {
	server, _, client := start(t)
	server.Inject(devserver.Fault{On: devserver.Writes, Count: 1, Do: devserver.CutAnswer(0)})
	l, err := lease.TryAcquire(t.Context(), client, key, nil)
	require.NoError(t, err)
	require.EqualValues(t, 1, l.Token())
	require.NoError(t, l.Release(t.Context()))
}

func TestOptions(t *testing.T) {
	_, _, client := start(t)
	for _, o := range []lease.Options{{TTL: -1}, {TTL: time.Second, Heartbeat: time.Second}, {Retry: -1}, {TTL: time.Nanosecond}} {
		_, err := lease.TryAcquire(t.Context(), client, key, &o)
		require.Error(t, err)
	}
}
