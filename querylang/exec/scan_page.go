package exec

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// maxRead is the maximum number of records that one query of a pagedScan reads.
const maxRead = 64 * scanPage

// A pagedScan reads a set with a sequence of queries, each with a limit. It holds no connection
// between them. Statements that write what they have read need a connection for the writes; if they
// kept one for the scan, concurrent statements could wait for each other's connections.
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

// read calls take for the next records, at most size of them, until take returns false. ended
// reports whether the set has no more records. The next call of read continues after the last
// record passed to take.
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
		// Stop even if more records have arrived already.
		if err := ctx.Err(); err != nil {
			return false, &protocol.Error{Code: protocol.ClientError, Err: err}
		}
		n++
		// Leaving the loop early closes the connections to all nodes. After the last record it ends
		// anyway.
		if !take(record) && n < size {
			return false, nil
		}
	}
	return n < size, nil
}

// A recordPage holds the records that are written in one batch. Its number of records and bytes is
// limited.
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

// nextRead returns the number of records to read for the next page, if size records were read for
// this one. It grows if few records match. It is limited so that the page is rarely full before the
// query ends, which would discard records.
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

// writeScan reads a set in pages and writes the records that match. It holds no connection of the
// scan while it writes.
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
			matches, err := w.eval.matches(w.source.Filter, record)
			if matches && err == nil {
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
