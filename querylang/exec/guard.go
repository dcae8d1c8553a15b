package exec

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// Limits of reading a record again after others have changed it.
const (
	guardAttempts = 64
	// guardPatience is how many attempts follow each other without a pause.
	guardPatience = 4
	// guardPause is the longest pause between two attempts.
	guardPause = 10 * time.Millisecond
)

// guard reads a record, checks it and writes it if it is still as it was
// read; if not, it starts over.
func (w *writer) guard(ctx context.Context, key protocol.Key) (int64, error) {
	var conflict error
	for attempt := range guardAttempts {
		if err := pause(ctx, attempt); err != nil {
			return 0, err
		}
		record, err := w.runner.getKey(ctx, key, w.projection)
		if err != nil || record == nil {
			return 0, err
		}
		if fits, err := w.eval.matches(w.source.Filter, record); !fits || err != nil {
			return 0, err
		}
		policy := w.policyFor(record)
		written, err := w.write(ctx, &policy, key, record)
		if !refused(err, protocol.GenerationError) {
			return count(written), err
		}
		conflict = err
	}
	return 0, fmt.Errorf("%w, %d times: %w", ErrConflict, guardAttempts, conflict)
}

// pause waits a little before an attempt that is not among the first, at random
// so that those who meet at a record do not keep meeting.
func pause(ctx context.Context, attempt int) error {
	if attempt < guardPatience {
		return ctx.Err()
	}
	timer := time.NewTimer(rand.N(guardPause))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// policyFor returns the policy of a write that is for this state of the record only.
func (w *writer) policyFor(record *protocol.Record) cluster.WritePolicy {
	policy := w.policy()
	policy.Generation, policy.GenerationPolicy = record.Generation, cluster.ExpectEqual
	return policy
}

// writePage writes records that have been read and fit. Those that have changed
// since, if that matters, are taken one by one.
func (w *writer) writePage(ctx context.Context, page []*protocol.Record) (affected int64, err error) {
	if len(page) == 0 {
		return 0, nil
	}
	rows := make([]cluster.BatchRow, len(page))
	for i, record := range page {
		policy := w.policy()
		if w.guarded {
			policy = w.policyFor(record)
		}
		if rows[i], err = w.row(&policy, record.Key, record); err != nil {
			return 0, err
		}
	}
	results, err := w.runner.client.BatchWrite(ctx, &w.runner.options.Policies.Batch, rows)
	return w.settle(ctx, results, err)
}

// settle counts what a batch has written and repeats the rows that met a changed record.
func (w *writer) settle(ctx context.Context, results []cluster.BatchResult, err error) (affected int64, _ error) {
	var batch *cluster.BatchError
	if err != nil && !errors.As(err, &batch) {
		return 0, err
	}
	var moved []protocol.Key
	for _, result := range results {
		switch {
		case result.Err == nil:
			affected++
		case w.guarded && refused(result.Err, protocol.GenerationError):
			moved = append(moved, result.Key)
		}
	}
	if batch != nil && batch.Failed > len(moved) {
		return affected, err
	}
	for _, key := range moved {
		n, err := w.guard(ctx, key)
		affected += n
		if err != nil {
			return affected, err
		}
	}
	return affected, nil
}
