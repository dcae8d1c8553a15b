package exec

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// maxRead is how many records one query of a pagedScan reads at most.
const maxRead = 64 * scanPage

// A pagedScan reads a set by one query after the other, each with a limit. Between two of them it
// holds no connection, so that a statement can write what it has read: statements that kept a
// connection while they wait for another one would starve each other.
type pagedScan struct {
	client    Client
	statement cluster.Statement
	policy    cluster.QueryPolicy
	deadline  time.Time // zero for none
	from      *cluster.Cursor
}

func (r *Runner) pagedScan(s *querylang.Source, p querylang.Projection) (*pagedScan, error) {
	from, err := cluster.NewCursor(cluster.AllPartitions())
	if err != nil {
		return nil, err
	}
	scan := &pagedScan{client: r.client, statement: scanStatement(s, p), policy: r.options.Policies.Query, from: from}
	if scan.policy.TotalTimeout > 0 {
		scan.deadline = time.Now().Add(scan.policy.TotalTimeout)
	}
	return scan, nil
}

// read gives the next records, at most size of them, to take, until take wants no more. ended
// reports whether they were the last of the set. The next read goes on behind the last record that
// take got.
func (s *pagedScan) read(ctx context.Context, size int, take func(*protocol.Record) (more bool)) (ended bool, err error) {
	policy := s.policy
	policy.MaxRecords = int64(size)
	if !s.deadline.IsZero() {
		policy.TotalTimeout = max(time.Until(s.deadline), 1) // the policy bounds all reads together
	}
	n := 0
	for record, err := range s.client.QueryFrom(ctx, &policy, s.statement, s.from) {
		if err := streamError(record, err); err != nil {
			return false, err
		}
		// What has arrived already is no reason to go on.
		if err := ctx.Err(); err != nil {
			return false, &protocol.Error{Code: protocol.ClientError, Err: err}
		}
		n++
		// Leaving the loop early costs the connections to all nodes; the last record ends it anyway.
		if !take(record) && n < size {
			return false, nil
		}
	}
	return n < size, nil
}

// A recordPage holds the records that are written together. Their number and their size are bounded.
type recordPage struct {
	records []*protocol.Record
	bytes   int
}

func (p *recordPage) reset() { p.records, p.bytes = p.records[:0], 0 }

func (p *recordPage) add(record *protocol.Record) {
	p.records = append(p.records, record)
	p.bytes += sizeOf(record)
}

func (p *recordPage) full() bool {
	return len(p.records) >= scanPage || p.bytes >= scanPageBytes
}

// nextRead returns how many records to read for the next page after one for which size were read. It
// reads more where few records fit, but seldom so many that a page is full before the query's end.
func (p *recordPage) nextRead(size int) int {
	switch found := len(p.records); {
	case p.bytes >= scanPageBytes:
		return max(found, 1)
	case found >= scanPage:
		return scanPage
	case found < scanPage/4:
		return min(2*size, maxRead)
	}
	return size
}

// writeScan reads a set, a page at a time, and writes those records that fit. It holds no
// connection of the scan while it writes.
func (w *writer) writeScan(ctx context.Context) (affected int64, err error) {
	scan, err := w.runner.pagedScan(w.source, w.projection)
	if err != nil {
		return 0, err
	}
	page := recordPage{records: make([]*protocol.Record, 0, scanPage)}
	size := scanPage
	for ended := false; !ended; size = page.nextRead(size) {
		page.reset()
		var unreadable error
		ended, err = scan.read(ctx, size, func(record *protocol.Record) bool {
			fits, err := w.eval.matches(w.source.Filter, record)
			if fits && err == nil {
				page.add(record)
			}
			unreadable = err
			return !page.full() && err == nil
		})
		if err == nil {
			err = unreadable
		}
		if err != nil {
			return affected, &PartialError{RowsAffected: affected, Err: err}
		}
		n, err := w.writePage(ctx, page.records)
		affected += n
		if err != nil {
			return affected, &PartialError{RowsAffected: affected, Err: err}
		}
	}
	return affected, nil
}
