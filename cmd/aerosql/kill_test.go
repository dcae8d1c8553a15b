package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// serveProcess runs aerosql serve with a data directory in a process of its own, and returns its
// address.
func serveProcess(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), argsVariable+"=serve -listen 127.0.0.1:0 -data-dir "+dir)
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	return process, lines.Text()
}

// TestKilledServerKeepsAcknowledgedWrites kills the server during writes, several times. Each
// record must have at least the last acknowledged value.
func TestKilledServerKeepsAcknowledgedWrites(t *testing.T) {
	const writers, rounds = 8, 3
	ctx, dir := context.Background(), t.TempDir()
	var acknowledged [writers]atomic.Int64
	key := func(w int) protocol.Key { return protocol.MustKey("test", "demo", w) }
	for range rounds {
		process, address := serveProcess(t, dir)
		client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{address}})
		require.NoError(t, err)
		for w := range writers {
			if want := acknowledged[w].Load(); want > 0 {
				rec, err := client.Get(ctx, nil, key(w))
				require.NoError(t, err)
				v, _ := rec.Bin("n")
				n, _ := v.Int()
				require.GreaterOrEqual(t, n, want)
				acknowledged[w].Store(n)
			}
		}
		writing, stop := context.WithCancel(ctx)
		ended := make(chan struct{}, writers)
		for w := range writers {
			go func() {
				defer func() { ended <- struct{}{} }()
				for n := acknowledged[w].Load() + 1; writing.Err() == nil; n++ {
					p := &cluster.WritePolicy{}
					if client.Put(writing, p, key(w), protocol.Bins{protocol.NewBin("n", n), protocol.NewBin("pad", make([]byte, 500))}) != nil {
						return
					}
					acknowledged[w].Store(n)
				}
			}()
		}
		// Enough is written, so that the kill is in the middle.
		require.Eventually(t, func() bool { return acknowledged[0].Load()%500 >= 400 }, time.Minute, time.Millisecond)
		require.NoError(t, process.Process.Kill())
		stop()
		for range writers {
			<-ended
		}
		_ = process.Wait()
		require.NoError(t, client.Close())
	}
	for w := range writers {
		require.Positive(t, acknowledged[w].Load())
	}
}
