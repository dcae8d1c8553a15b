package exec

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
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
// starts over. The cause is the error of the server that could not compute the change, or nil; it
// is returned if the client can't compute the change either.
func (w *writer) guard(ctx context.Context, key protocol.Key, cause error) (int64, error) {
	defer func(direct bool) { w.direct = direct }(w.direct)
	if w.changesElements() {
		cause = nil // the error of the path says more
	}
	w.direct = false
	var conflict error
	for attempt := range guardAttempts {
		if err := pause(ctx, attempt); err != nil {
			return 0, err
		}
		record, err := w.reader.get(ctx, key)
		if err != nil || record == nil {
			return 0, err
		}
		if holds, err := w.accepts(record); !holds || err != nil {
			return 0, err
		}
		if err := w.otherGeneration(record); err != nil {
			return 0, err
		}
		ops, row, err := w.operations()
		if err != nil {
			return 0, orCause(err, cause)
		}
		policy := w.policyFor(record)
		answer, written, err := w.send(ctx, &policy, key, ops)
		if refused(err, protocol.GenerationError) {
			conflict = err
			continue
		}
		if written && err == nil {
			if row, err = w.completed(row, answer); err == nil {
				err = w.rows.add(row)
			}
		}
		return count(written), err
	}
	return 0, fmt.Errorf("%w, %d times: %w", ErrConflict, guardAttempts, conflict)
}

// changesElements reports whether a change is one of an element of a list or map.
func (w *writer) changesElements() bool {
	return slices.ContainsFunc(w.change.Set, func(s plan.BinChange) bool { return len(s.Path) > 0 })
}

// orCause adds why a change has no value to the error of the server that could not compute it. It
// returns the first error if there is no other one.
func orCause(err, cause error) error {
	if cause == nil {
		return err
	}
	return fmt.Errorf("%w: %v", cause, err) //nolint:errorlint // the server's error is the one to match
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
	policy := w.policy
	policy.Filter = nil
	policy.Generation, policy.GenerationPolicy = record.Generation, cluster.ExpectEqual
	return policy
}

// writePage writes records that have been read and that meet the condition. Records that have
// changed since are written one by one.
func (w *writer) writePage(ctx context.Context, page []*protocol.Record) (affected int64, err error) {
	rows := make([]cluster.BatchRow, 0, len(page))
	keys := make([]protocol.Key, 0, len(page))
	var out []pageOut
	for _, record := range page {
		if err := w.fill(record); err != nil {
			return 0, err
		}
		ops, row, err := w.operations()
		if err != nil {
			return 0, &KeyError{Key: record.Key, Err: err}
		}
		policy := w.policyFor(record)
		rows, keys = append(rows, w.row(&policy, record.Key, ops)), append(keys, record.Key)
		if w.change.Returning != nil {
			out = append(out, w.pageOut(row))
		}
	}
	return w.batch(ctx, keys, rows, out)
}

// A pageOut is the row of RETURNING of a record of a page, with the frame it was computed from if
// the answer of the server must complete it.
type pageOut struct{ row, frame []protocol.Value }

func (w *writer) pageOut(row []protocol.Value) pageOut {
	if w.change.Delete || len(w.change.Answers) == 0 {
		return pageOut{row: row}
	}
	return pageOut{row, slices.Clone(w.env.Row)}
}

// addOut adds the row of RETURNING of a record that was written.
func (w *writer) addOut(out *pageOut, answer *protocol.Record) error {
	copy(w.env.Row, out.frame)
	row, err := w.completed(out.row, answer)
	if err != nil {
		return err
	}
	return w.rows.add(row)
}
