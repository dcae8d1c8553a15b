package cluster_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

var benchBins = protocol.BinsOf(map[string]any{"a": 1, "b": "hello world", "c": 3.5})

// The benchmarks use an in-process server on real sockets, and the results include its work.

func BenchmarkGet(b *testing.B) {
	c := start(b, 1, "127.0.0.1:0", cluster.CoalesceAuto)
	ctx := context.Background()
	c.Put(ctx, nil, key(1), benchBins)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Get(ctx, nil, key(1)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	c := start(b, 1, "127.0.0.1:0", cluster.CoalesceAuto)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Put(ctx, nil, key(1), benchBins); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCallers(b *testing.B) {
	for _, callers := range []int{8, 64, 256} {
		for name, mode := range map[string]cluster.CoalesceMode{"alone": cluster.CoalesceOff, "together": cluster.CoalesceAuto} {
			b.Run(fmt.Sprintf("%d/%s", callers, name), func(b *testing.B) {
				c := start(b, 1, "127.0.0.1:0", mode)
				ctx := context.Background()
				k := key(1)
				c.Put(ctx, nil, k, benchBins)
				b.ReportAllocs()
				b.SetParallelism(callers / 2)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if _, err := c.Get(ctx, nil, k); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
		}
	}
}

func BenchmarkBatchRead(b *testing.B) {
	c := start(b, 1, "127.0.0.1:0", cluster.CoalesceAuto)
	ctx := context.Background()
	var keys []protocol.Key
	for i := range 100 {
		keys = append(keys, key(i))
		c.Put(ctx, nil, key(i), benchBins)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.BatchRead(ctx, nil, keys); err != nil {
			b.Fatal(err)
		}
	}
}
