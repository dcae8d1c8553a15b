package top

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, o devserver.Options) (*devserver.Server, *cluster.Client) {
	server := devserver.RunT(t, o)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return server, client
}

// A frame for a script has the rates and the hot key of the traffic.
func TestOnce(t *testing.T) {
	_, client := open(t, devserver.Options{Nodes: 2, ClusterName: "demo"})
	ctx, stop := context.WithCancel(t.Context())
	var traffic sync.WaitGroup
	traffic.Go(func() {
		for ctx.Err() == nil {
			_ = client.Put(ctx, &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", "users", "hot\x1b[2J"), protocol.Bins{protocol.NewBin("n", 1)})
			time.Sleep(time.Millisecond)
		}
	})
	var out strings.Builder
	o := Options{Interval: 300 * time.Millisecond, Once: true, JSON: true, Hot: 3, HotRecords: monitor.DefaultRecords}
	require.NoError(t, Run(t.Context(), client, o, &out))
	var f Frame
	require.NoError(t, json.Unmarshal([]byte(out.String()), &f))
	require.Positive(t, f.Total.Writes)
	require.Len(t, f.HotKeys, 1)
	require.Positive(t, f.HotKeys[0].WritesPerSecond)
	out.Reset()
	o.JSON = false
	require.NoError(t, Run(t.Context(), client, o, &out))
	stop()
	traffic.Wait()
	for _, want := range []string{"demo  ", "NODE ", "test ", "test.users", "hot?[2J", "write "} {
		require.Contains(t, out.String(), want)
	}
	require.NotContains(t, out.String(), "\x1b", "one frame has no escape codes, and a key can't bring them in")
}

// The screen is refreshed until the command is interrupted, and shows nodes that do not answer.
func TestRefresh(t *testing.T) {
	server, client := open(t, devserver.Options{Nodes: 2})
	require.NoError(t, server.FreezeNode(server.NodeNames()[1]))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out strings.Builder
	frames := 0
	w := writer(func(p []byte) (int, error) {
		if frames++; frames == 2 {
			stop()
		}
		return out.Write(p)
	})
	require.ErrorIs(t, Run(ctx, client, Options{Interval: minInterval, HotRecords: 1}, w), context.Canceled)
	require.Equal(t, 2, strings.Count(out.String(), clear))
	require.Contains(t, out.String(), "does not answer")
	require.NotContains(t, out.String(), "HOT KEY")
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
