package exec

import (
	"context"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
)

const (
	// scanPage is the maximum number of records that are written in a batch after reading them.
	scanPage = 256
	// scanPageBytes is the size in bytes from which a page is written even if it has fewer records.
	scanPageBytes = 1 << 20
	// maxRead is the maximum number of records that one query of a pagedScan reads.
	maxRead = 64 * scanPage
)

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

// sizeOf estimates the memory of a record's bins, in bytes.
func sizeOf(record *protocol.Record) (size int) {
	for i := range record.Bins {
		size += len(record.Bins[i].Name) + record.Bins[i].Value.Size()
	}
	return size
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

// A pagedScan reads a set with a sequence of queries, each with a limit. It holds no connection
// between them. Statements that write what they have read need a connection for the writes; if they
// kept one for the scan, concurrent statements could wait for each other's connections.
type pagedScan struct {
	queries  *queryCursor
	left     int64 // of the option max_records, 0 for all
	deadline time.Time
	from     *cluster.Cursor
}

func (w *writer) pagedScan(access *plan.Access) (*pagedScan, error) {
	r := w.reader
	r.access = access
	relation := w.change.Scan.Relation
	queries, err := r.queries(relation.Namespace, relation.Set, access.Ranges, false)
	if err != nil {
		return nil, err
	}
	queries.unique = queries.unique || w.movesInIndex(access)
	s := &pagedScan{queries: queries, left: queries.left}
	if queries.policy.TotalTimeout > 0 {
		s.deadline = time.Now().Add(queries.policy.TotalTimeout)
	}
	return s, nil
}

// movesInIndex reports whether a change can move a record within an index that is read, so that the
// query could return it again.
func (w *writer) movesInIndex(access *plan.Access) bool {
	return slices.ContainsFunc(access.Ranges, func(r plan.IndexRange) bool {
		return slices.ContainsFunc(w.change.Set, func(s plan.BinChange) bool {
			return r.Index.Expression != nil || s.Bin == r.Index.Bin
		})
	})
}

// read calls take for the next records, at most size of them, until take returns false. ended
// reports whether there are no more records. The next call of read continues after the last record
// passed to take.
func (s *pagedScan) read(ctx context.Context, size int, take func(*protocol.Record) (more bool)) (ended bool, err error) {
	if len(s.queries.statements) == 0 {
		return true, nil
	}
	statement := s.queries.statements[0]
	if s.from == nil {
		if s.from, err = cluster.NewCursor(statement.Partitions); err != nil {
			return false, err
		}
	}
	statement.Partitions = cluster.PartitionFilter{}
	policy := s.queries.policy
	policy.MaxRecords = int64(size)
	if s.left > 0 && s.queries.reader.access.Sets == plan.OneSet {
		policy.MaxRecords = min(policy.MaxRecords, s.left)
	}
	if !s.deadline.IsZero() {
		policy.TotalTimeout = max(time.Until(s.deadline), 1) // the policy bounds all reads together
	}
	ctx = s.queries.reader.sent(ctx)
	n := int64(0)
	for record, err := range s.queries.reader.engine.client.QueryFrom(ctx, &policy, statement, s.from) {
		if err := streamError(record, err); err != nil {
			return false, err
		}
		// Stop even if more records have arrived already.
		if err := contextError(ctx); err != nil {
			return false, err
		}
		n++
		skips, err := s.queries.skips(record)
		if err != nil {
			return false, err
		}
		if skips {
			continue
		}
		if s.left > 0 {
			if s.left--; s.left == 0 {
				take(record)
				s.queries.statements = nil
				return true, nil
			}
		}
		// Leaving the loop early closes the connections to all nodes. After the last record it ends
		// anyway.
		if !take(record) && n < policy.MaxRecords {
			return false, nil
		}
	}
	if n < policy.MaxRecords {
		s.queries.statements, s.from = s.queries.statements[1:], nil
	}
	return len(s.queries.statements) == 0, nil
}

// writeScan reads a set in pages and writes the records that match. It holds no connection of the
// scan while it writes.
func (w *writer) writeScan(ctx context.Context) (affected int64, err error) {
	access := w.reader.access
	if w.direct {
		access = onlyKeys(access)
	}
	scan, err := w.pagedScan(access)
	if err != nil {
		return 0, err
	}
	page := recordPage{records: make([]*protocol.Record, 0, scanPage)}
	size := scanPage
	for ended := false; !ended; size = page.nextRead(size) {
		page.reset()
		var unreadable error
		ended, err = scan.read(ctx, size, func(record *protocol.Record) bool {
			holds := w.direct
			if !holds {
				holds, unreadable = w.accepts(record)
			}
			if holds {
				page.add(record)
			}
			return !page.full() && unreadable == nil
		})
		if err == nil {
			err = unreadable
		}
		if err != nil {
			return affected, partial(affected, err)
		}
		n, err := w.writeFound(ctx, page.records)
		affected += n
		if err != nil {
			return affected, partial(affected, err)
		}
	}
	return affected, nil
}

// writeFound writes records that a scan has found.
func (w *writer) writeFound(ctx context.Context, page []*protocol.Record) (int64, error) {
	if !w.direct {
		return w.writePage(ctx, page)
	}
	keys := make([]protocol.Key, len(page))
	for i, record := range page {
		keys[i] = record.Key
	}
	return w.writeDirect(ctx, keys)
}
