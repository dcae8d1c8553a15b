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

// Limits of the attempts of a guarded write.
const (
	guardAttempts = 64
	// attemptsWithoutPause is the number of attempts that follow each other immediately.
	attemptsWithoutPause = 4
	// guardPause is the longest pause between attempts.
	guardPause = 10 * time.Millisecond
)

// guard reads a record, checks it, and writes it if its generation has not changed. Otherwise it
// starts over.
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
		if matches, err := w.eval.matches(w.source.Filter, record); !matches || err != nil {
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

// pause waits before an attempt, except before the first ones. The time is random, so that
// concurrent writers of a record don't collide again.
func pause(ctx context.Context, attempt int) error {
	if attempt < attemptsWithoutPause {
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

// policyFor returns the policy of a write that requires the record's generation.
func (w *writer) policyFor(record *protocol.Record) cluster.WritePolicy {
	policy := w.policy()
	policy.Generation, policy.GenerationPolicy = record.Generation, cluster.ExpectEqual
	return policy
}

// writePage writes records that have been read and that match. If the writer is guarded, records
// that have changed since are written one by one.
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

// settle returns the number of records that a batch has written. It repeats the rows whose record
// had changed.
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
