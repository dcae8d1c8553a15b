package mapper

import (
	"context"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

// lawValues returns how many random values, each of its own random struct type, a law is tested
// with. AEROSQL_LAWS sets another number.
func lawValues(t testing.TB) int {
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	if text := os.Getenv("AEROSQL_LAWS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	return n
}

// openLawServer starts a cluster for the laws about records. A busy machine causes no timeouts.
func openLawServer(t *testing.T) *cluster.Client {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Policies: cluster.Policies{
		Read: cluster.ReadPolicy{TotalTimeout: time.Minute}, Write: cluster.WritePolicy{TotalTimeout: time.Minute},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// TestLawL5OneWinnerAGeneration: of 32 writers that have read the same generation of a record, one
// writes it and the others have an error that says so.
func TestLawL5OneWinnerAGeneration(t *testing.T) {
	type T struct {
		ID     int    `as:"id,pk"`
		Writer int    `as:"writer"`
		Gen    uint32 `asm:"gen"`
	}
	const writers = 32
	ctx := t.Context()
	r, err := New[T](openLawServer(t), WithNamespace("test"), WithSet("laws"))
	require.NoError(t, err)
	require.NoError(t, r.Insert(ctx, &T{ID: 1}))
	verbs := []func(context.Context, *T) error{r.Save, r.Update, r.Replace}
	for round := range lawValues(t) / writers {
		before, err := r.Find(ctx, 1)
		require.NoError(t, err)
		objects, errs := make([]T, writers), make([]error, writers)
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range writers {
			objects[i] = T{1, i, before.Gen}
			all.Go(func() {
				<-start
				errs[i] = verbs[(round+i)%len(verbs)](ctx, &objects[i])
			})
		}
		close(start)
		all.Wait()
		winner := -1
		for i, err := range errs {
			if err == nil {
				require.Equal(t, -1, winner, "writers %d and %d have won", winner, i)
				winner = i
				continue
			}
			require.ErrorIs(t, err, ErrStale)
			require.Equal(t, before.Gen, objects[i].Gen, "a failed write leaves the field")
		}
		require.NotEqual(t, -1, winner, "%v", errs)
		after, err := r.Find(ctx, 1)
		require.NoError(t, err)
		require.Equal(t, objects[winner], *after)
		require.Equal(t, before.Gen+1, after.Gen)
	}
}
