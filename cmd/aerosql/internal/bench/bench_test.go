package bench

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// An operation that stops for a while delays those that were planned meanwhile. An open loop counts
// their waits, a closed loop sees one slow operation.
func TestCoordinatedOmission(t *testing.T) {
	synctest.Test(t, testCoordinatedOmission)
}

func testCoordinatedOmission(t *testing.T) {
	for _, test := range []struct {
		rate float64
		slow bool // whether one operation in a hundred shows the stop
	}{{1000, true}, {0, false}} {
		var n atomic.Int64
		stop := func(context.Context, *rand.Rand) error {
			if n.Add(1) == 20 {
				time.Sleep(200 * time.Millisecond)
			} else {
				time.Sleep(100 * time.Microsecond)
			}
			return nil
		}
		r, err := Run(t.Context(), Options{Workers: 1, Rate: test.rate, Duration: 500 * time.Millisecond}, stop, io.Discard)
		require.NoError(t, err)
		require.GreaterOrEqual(t, r.Max, 150*time.Millisecond)
		p90 := r.Quantiles[2].Latency
		require.Equal(t, test.slow, p90 > 50*time.Millisecond, "p90 %v", p90)
		require.Equal(t, test.slow, r.Late > 50)
	}
}

// The warm-up is not measured, and errors are counted with the first one.
func TestWarmupAndErrors(t *testing.T) {
	start := time.Now()
	failing := func(context.Context, *rand.Rand) error {
		time.Sleep(time.Millisecond)
		if time.Since(start) < 50*time.Millisecond {
			return errors.New("in the warm-up")
		}
		return errors.New("broken")
	}
	var progress strings.Builder
	r, err := Run(t.Context(), Options{Workers: 2, Warmup: 100 * time.Millisecond, Duration: 100 * time.Millisecond, Progress: 40 * time.Millisecond}, failing, &progress)
	require.NoError(t, err)
	require.Equal(t, r.Operations, r.Errors)
	require.Positive(t, r.Errors)
	require.Equal(t, "broken", r.FirstError)
	require.Contains(t, progress.String(), "warming up")
	require.Contains(t, progress.String(), "errors")
	require.Contains(t, r.Text(), "p99.9 ")

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Run(canceled, Options{Workers: 1, Duration: time.Hour}, failing, io.Discard)
	require.ErrorIs(t, err, context.Canceled)
}

func TestCommand(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	p := &command.Program{Name: "aerosql", Commands: []command.Command{Command()}}
	run := func(args ...string) (code int, out, failed string) {
		var o, e strings.Builder
		all := append([]string{"bench", "-dsn", server.Seeds()[0] + "/test", "-duration", "60ms", "-warmup", "0s", "-keys", "200", "-c", "2", "-batch", "20"}, args...)
		code = p.Execute(t.Context(), all, &command.Env{In: strings.NewReader(""), Out: &o, Err: &e})
		return code, o.String(), e.String()
	}
	for _, name := range Workloads {
		code, out, failed := run("-workload", name, "-json")
		require.Equal(t, command.ExitOK, code, "%s: %s", name, failed)
		var r Report
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Positive(t, r.Operations, name)
		require.Zero(t, r.Errors, r.FirstError)
		require.Equal(t, name, r.Workload)
		for _, set := range server.Namespaces()[0].Sets {
			require.Zero(t, set.Records, "%s leaves records", name)
		}
		require.Empty(t, server.Indexes())
	}
	code, out, failed := run("-rate", "500", "INSERT INTO t (PK, n) VALUES (?, ?) ON CONFLICT DO NOTHING", "SELECT n FROM t WHERE PK = :k")
	require.Equal(t, command.ExitOK, code, failed)
	require.Contains(t, out, "loop        open, 2 workers, 500/s planned")
	run("INSERT INTO t (PK, n) VALUES (1, ?)")
	code, out, _ = run("INSERT INTO t (PK, n) VALUES (1, ?)")
	require.Equal(t, command.ExitFound, code, out)
	require.Contains(t, out, "the first: ")
	for _, args := range [][]string{{"-workload", "nosuch"}, {"-c", "0"}, {"-rate", "-1"}, {"-reads", "101"}, {"-duration", "0s"}} {
		code, _, _ := run(args...)
		require.Equal(t, command.ExitUsage, code, args)
	}
	code, _, failed = run("SELECT FROM WHERE")
	require.Equal(t, command.ExitFailure, code)
	require.Contains(t, failed, "syntax error")
}
