package cluster

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// chunkRecords is the number of records that are allocated together. A record that is kept keeps
// them all.
const chunkRecords = 64

// A block is the records of one piece of an answer. A node's goroutine passes them on together.
type block struct {
	chunks []chunk
	count  int           // the number of records
	space  wire.BinSpace // of their bins
	// reused says that the caller keeps no records: they are in one chunk, whose memory is used
	// again.
	reused bool
	// taken is closed when the loop reaches the block. It is nil unless the block is a single large
	// record: nothing is read ahead of it.
	taken chan struct{}
}

// A chunk is records in one allocation. In a query by an index it also has their index values.
type chunk struct {
	records []protocol.Record
	bvals   []int64
	errs    []error // why a record can't be read, nil if it can; may be shorter than records
}

// newBlock returns an empty block.
func (q *queryRun) newBlock() *block {
	if q.spare == nil {
		return new(block)
	}
	select {
	case b := <-q.spare:
		b.reset()
		return b
	default:
		b := &block{reused: true}
		b.space.Reuse()
		return b
	}
}

// reuse allows the memory of a block to be used again, if the caller keeps no records.
func (q *queryRun) reuse(b *block) {
	if q.spare == nil {
		return
	}
	select {
	case q.spare <- b:
	default:
	}
}

// reset makes the block empty and keeps its memory.
func (b *block) reset() {
	for i := range b.chunks {
		c := &b.chunks[i]
		clear(c.errs)
		c.records, c.bvals, c.errs = c.records[:0], c.bvals[:0], c.errs[:0]
	}
	b.count, b.taken = 0, nil
	b.space.Reuse()
}

// add adds the record of a response. The piece has at most so many records left, including this
// one.
func (b *block) add(n *Node, resp *wire.Response, indexed bool, most int) {
	last := len(b.chunks) - 1
	if last < 0 || !b.reused && len(b.chunks[last].records) == cap(b.chunks[last].records) {
		b.chunks = append(b.chunks, chunk{records: make([]protocol.Record, 0, min(chunkRecords, most))})
		last++
	}
	c := &b.chunks[last]
	if len(c.records) == cap(c.records) {
		c.records = slices.Grow(c.records, 1)
	}
	at := len(c.records)
	c.records = c.records[:at+1]
	resp.SetQueryRecord(&c.records[at])
	b.count++
	if indexed {
		c.bvals = append(c.bvals, resp.BValue)
	}
	if resp.Err != nil {
		c.fail(n, resp.Err)
	}
}

// begin is called when the loop reaches the block.
func (b *block) begin() {
	if b.taken != nil {
		close(b.taken)
		b.taken = nil
	}
}

// err returns why the i-th record can't be read, or nil if it can.
func (c *chunk) err(i int) error {
	if i >= len(c.errs) {
		return nil
	}
	return c.errs[i]
}

// fail sets the error of the last record.
func (c *chunk) fail(n *Node, err error) {
	last := len(c.records) - 1
	c.errs = append(c.errs, make([]error, last-len(c.errs))...)
	c.errs = append(c.errs, &protocol.Error{
		Code: protocol.ClientError, Node: n.name, Attempts: 1, Err: &RecordError{Key: c.records[last].Key, Err: err},
	})
}

// bval returns the index value of the i-th record, 0 if the query uses no index.
func (c *chunk) bval(i int) int64 {
	if i >= len(c.bvals) {
		return 0
	}
	return c.bvals[i]
}
