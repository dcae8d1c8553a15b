package lostresult

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

func batches(ctx context.Context, client *cluster.Client, keys []protocol.Key) error {
	client.BatchDelete(ctx, nil, keys)             // want "rows of the batch can have failed"
	_, _ = client.BatchDelete(ctx, nil, keys)      // want "rows of the batch can have failed"
	results, _ := client.BatchRead(ctx, nil, keys) // want "rows of the batch can have failed"
	for _, r := range results {
		fmt.Println(r.Record)
	}
	_, err := client.BatchDelete(ctx, nil, keys)
	return err
}

func rows(ctx context.Context, client *cluster.Client, keys []protocol.Key) {
	results, _ := client.BatchRead(ctx, nil, keys)
	for _, r := range results {
		fmt.Println(r.Record, r.Err)
	}
}

func onlyLength(ctx context.Context, client *cluster.Client, keys []protocol.Key) int {
	results, _ := client.BatchRead(ctx, nil, keys) // want "rows of the batch can have failed"
	return len(results)
}

func handsOn(ctx context.Context, client *cluster.Client, keys []protocol.Key) []cluster.BatchResult {
	results, _ := client.BatchRead(ctx, nil, keys)
	return results
}
