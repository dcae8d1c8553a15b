package cluster

import (
	"context"
	"io"
	"iter"

	"github.com/aerosql/aerosql/protocol"
)

// A RecordReader reads the records of a query one by one. It must be closed. It is not safe for
// concurrent use.
type RecordReader struct {
	run  iter.Seq[*block] // nil once the reader is closed
	pull func() (*block, bool)
	stop func()    // nil before the first call of Next
	q    *queryRun // nil before the first block
	// chunk has the records of the block, and at is the next of them.
	chunk *chunk
	at    int
	err   error
}

// spareBlocks is the number of blocks that a RecordReader keeps for further records.
const spareBlocks = 8

// QueryReader is [Client.Query], or with a cursor [Client.QueryFrom], for a caller that keeps no
// records: a record and its bins are memory that the reader uses again. The values and the key of a
// record can be kept, as those of Query. from is nil to read the partitions of the statement.
//
//	records := client.QueryReader(ctx, nil, stmt, nil)
//	defer records.Close()
//	for {
//		rec, err := records.Next()
//		if err == io.EOF {
//			return nil
//		}
//		...
//	}
//
// QueryReader sends nothing until the first call of Next.
func (c *Client) QueryReader(ctx context.Context, p *QueryPolicy, stmt Statement, from *Cursor) *RecordReader {
	op, err := "Query", error(nil)
	if from == nil {
		from, err = NewCursor(stmt.Partitions)
	} else {
		op, err = "QueryFrom", checkFrom(stmt, from)
	}
	r := &RecordReader{}
	r.run = func(yield func(*block) bool) {
		take := func(q *queryRun, b *block) bool {
			r.q = q
			return yield(b)
		}
		c.queryBlocks(ctx, p, op, stmt, from, err, make(chan *block, spareBlocks), take, func(err error) { r.err = err })
	}
	return r
}

// Next returns the next record. It is valid until the next call of Next or Close. The error is
// io.EOF after the last record. If a record has a value that can't be read, Next returns it
// together with an error, as Query does; the records that follow can be read. After any other error
// there are no more records.
func (r *RecordReader) Next() (*protocol.Record, error) {
	if r.stop == nil {
		if r.run == nil {
			return nil, io.EOF
		}
		r.pull, r.stop = iter.Pull(r.run)
	}
	for {
		if c := r.chunk; c != nil {
			for r.at < len(c.records) && !r.q.cursor.Full() {
				rec, i := &c.records[r.at], r.at
				r.at++
				if r.q.cursor.Note(rec.Key.Digest(), c.bval(i)) {
					return rec, c.err(i)
				}
			}
		}
		b, more := r.pull()
		if !more {
			r.chunk = nil
			if r.err != nil {
				return nil, r.err
			}
			return nil, io.EOF
		}
		r.chunk, r.at = &b.chunks[0], 0
	}
}

// Close ends the work on all nodes. Closing twice is allowed.
func (r *RecordReader) Close() {
	if r.stop != nil {
		r.stop()
	}
	r.run, r.chunk = nil, nil
}
