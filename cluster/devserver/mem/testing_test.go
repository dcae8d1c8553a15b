package mem

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// TestForksInParallelTests shares one filled server between parallel tests. Each test changes a
// fork of its own.
func TestForksInParallelTests(t *testing.T) {
	ctx := context.Background()
	base := devserver.RunT(t)
	client, closeClient := open(t, ShareT(t, base))
	k := protocol.MustKey("test", "demo", 1)
	require.NoError(t, client.Put(ctx, nil, k, protocol.Bins{protocol.NewBin("n", 1)}))
	closeClient()
	t.Run("group", func(t *testing.T) {
		for i := range 4 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				name := ShareT(t, base.ForkT(t))
				require.Equal(t, fmt.Sprintf("TestForksInParallelTests.group.%d", i), name)
				client, closeClient := open(t, name+"/test")
				defer closeClient()
				require.NoError(t, client.Add(ctx, nil, k, protocol.Bins{protocol.NewBin("n", i)}))
				rec, err := client.Get(ctx, nil, k)
				require.NoError(t, err)
				v, _ := rec.Bins.Get("n")
				n, _ := v.Int()
				require.Equal(t, int64(1+i), n)
			})
		}
	})
	v, _ := base.Peek(k).Bins.Get("n")
	n, _ := v.Int()
	require.Equal(t, int64(1), n)
}

// A fatal stands for a test and records why it ended early.
type fatal struct {
	*testing.T
	message string
}

func (f *fatal) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestRunTFailsWithTheError(t *testing.T) {
	f := &fatal{T: t}
	var failed sync.WaitGroup
	failed.Go(func() { devserver.RunT(f, devserver.Options{Nodes: 99}) })
	failed.Wait()
	require.Contains(t, f.message, "1 to 8 nodes")
}
