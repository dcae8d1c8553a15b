package exec

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

// A batchWatch records the number of rows of the largest batch of writes.
type batchWatch struct{ most atomic.Int64 }

func (w *batchWatch) CommandStart(ctx context.Context, c cluster.CommandStart) context.Context {
	if c.Name == "BatchWrite" {
		w.most.Store(max(w.most.Load(), int64(c.Rows)))
	}
	return ctx
}
func (*batchWatch) CommandTry(context.Context, cluster.CommandTry) {}
func (*batchWatch) CommandEnd(context.Context, cluster.CommandEnd) {}

// An UPDATE that reads large records writes them in small batches.
func TestPagesOfAScanAreBoundedByBytes(t *testing.T) {
	const records = 24
	for name, c := range map[string]struct {
		size int
		most int64 // rows of a batch
	}{
		"large records": {200 << 10, 6},
		"small records": {100, records},
	} {
		t.Run(name, func(t *testing.T) {
			server, err := devserver.Start(devserver.Options{Nodes: 2})
			require.NoError(t, err)
			defer server.Close()
			var watch batchWatch
			cfg := cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Observer: &watch}
			cfg.Policies.Batch.TotalTimeout = time.Minute
			client, err := cluster.Open(t.Context(), cfg)
			require.NoError(t, err)
			defer client.Close()
			options := Options{Policies: cfg.Policies}
			options.Policies.Write.SendKey, options.Policies.Batch.SendKey = true, true
			s := &session{t: t, ctx: t.Context(), client: client, engine: New(client, options)}
			for i := range records {
				s.exec("INSERT INTO t (PK, a, b) VALUES (?, 1, ?)", i, make([]byte, c.size))
			}
			// The client computes this change, so it reads the whole records.
			require.EqualValues(t, records, s.exec("UPDATE t SET c = b WHERE a = 1"))
			require.Positive(t, watch.most.Load())
			require.LessOrEqual(t, watch.most.Load(), c.most)
		})
	}
}
