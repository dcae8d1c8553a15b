package exec

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/aerosql/aerosql/cluster"
)

// splitRows is the number of rows from which a batch is sent in two halves at the same time: the
// client encodes one half while the servers write the other.
const splitRows = 256

// sendRows sends the rows of a part of the statement as batches. Their results are valid until the
// next call, those of an error longer.
func (i *inserter) sendRows(ctx context.Context, part []newRow) (results []cluster.BatchResult, err error) {
	defer func() {
		if i.results = results; err != nil {
			i.results = nil
		}
	}()
	rows := i.batch
	if i.copying || len(rows) < splitRows || cluster.TxnFrom(ctx) != nil {
		return i.sendHalf(ctx, rows, i.results)
	}
	i.results = slices.Grow(i.results[:0], len(rows))[:len(rows)]
	half := len(rows) / 2
	var first, second error
	var running sync.WaitGroup
	running.Go(func() { _, first = i.sendHalf(ctx, rows[:half], i.results[:half:half]) })
	_, second = i.sendHalf(ctx, rows[half:], i.results[half:])
	running.Wait()
	return joinHalves(i.results, half, part, first, second)
}

// sendHalf sends rows as one batch.
func (i *inserter) sendHalf(ctx context.Context, rows []cluster.BatchRow, results []cluster.BatchResult) ([]cluster.BatchResult, error) {
	return i.x.engine.client.BatchWriteInto(ctx, &i.x.engine.options.Policies.Batch, rows, results)
}

// joinHalves returns the results of two batches as those of one. A batch that was not sent has an
// error that is not a BatchError. If only one was sent, the rows of the other have that error.
func joinHalves(results []cluster.BatchResult, half int, part []newRow, first, second error) ([]cluster.BatchResult, error) {
	one, isBatch := errors.AsType[*cluster.BatchError](first)
	firstSent := first == nil || isBatch
	other, isBatch := errors.AsType[*cluster.BatchError](second)
	secondSent := second == nil || isBatch
	if !firstSent && !secondSent {
		return nil, first
	}
	failed := 0
	join := func(from, to int, sent bool, batch *cluster.BatchError, err error) {
		switch {
		case !sent:
			for at := from; at < to; at++ {
				results[at] = cluster.BatchResult{Key: part[at].key, Err: err}
			}
			failed += to - from
		case batch != nil:
			failed += batch.Failed
		}
	}
	join(0, half, firstSent, one, first)
	join(half, len(results), secondSent, other, second)
	if failed == 0 {
		return results, nil
	}
	return results, &cluster.BatchError{Results: results, Failed: failed}
}
