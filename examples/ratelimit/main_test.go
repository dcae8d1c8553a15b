package main

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, "true 0s\ntrue 0s\ntrue 0s\nfalse 1s\ntrue 0s\n", out.String())
}

// TestConcurrent: many callers get exactly the permits that there are.
func TestConcurrent(t *testing.T) {
	server := devserver.RunT(t)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	defer client.Close()
	now := time.Now()
	limiter := &Limiter{Client: client, Namespace: "test", Interval: time.Second, Burst: 10, Now: func() time.Time { return now }}
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			ok, wait, err := limiter.Allow(t.Context(), "k")
			if err != nil || ok == (wait > 0) {
				t.Errorf("allowed %v, wait %v, %v", ok, wait, err)
			}
			if ok {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 10, allowed.Load())
	now = now.Add(5 * time.Second)
	for i := range 6 {
		ok, _, err := limiter.Allow(t.Context(), "k")
		require.NoError(t, err)
		require.Equal(t, i < 5, ok)
	}
}
