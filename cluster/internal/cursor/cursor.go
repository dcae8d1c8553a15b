// Package cursor tracks a query through the partitions of a namespace: which partitions are done,
// and where to resume the others.
package cursor

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A Cursor is the progress of one query. It must be used by one goroutine. Between Plan and Close
// each share can be used by its own goroutine, because no partition is in two shares.
type Cursor struct {
	// Query identifies the query of the cursor; 0 if it is not set yet.
	Query uint64
	// Once is for queries that can find a record several times, such as a range of list elements. A
	// node sends each record once per response, but records of earlier responses must be remembered
	// here.
	Once bool

	parts        [protocol.PartitionCount]part
	begin, count int   // the partitions of the query
	max          int64 // maximum number of records in this run; 0 for no limit
	got          int64
}

type part struct {
	done    bool
	started bool // last is the digest of the last delivered record, bval its index value
	last    protocol.Digest
	bval    int64
	turn    int                 // number of failed requests for it
	seen    map[uint64]struct{} // marks of the delivered records, if Once
}

// New returns the cursor of a query over count partitions starting at begin.
func New(begin, count int) *Cursor { return &Cursor{begin: begin, count: count} }

// Start starts a run that ends after max records; 0 for all.
func (c *Cursor) Start(max int64) {
	c.max, c.got = max, 0
	for p := range c.parts {
		c.parts[p].turn = 0
	}
}

// Keep removes the partitions for which wanted returns false.
func (c *Cursor) Keep(wanted func(partition uint16) bool) {
	for p := c.begin; p < c.begin+c.count; p++ {
		if !wanted(uint16(p)) {
			c.parts[p].done = true
		}
	}
}

// Note records that a record is being delivered: its partition resumes after it. It reports false
// if the record has been delivered before.
func (c *Cursor) Note(d protocol.Digest, bval int64) bool {
	part := &c.parts[d.Partition()]
	part.last, part.bval, part.started = d, bval, true
	if c.Once && !part.markSeen(mark(d)) {
		return false
	}
	c.got++
	return true
}

// mark returns eight bytes of a digest that identify a record within its partition. They exclude
// the bytes of the partition.
func mark(d protocol.Digest) uint64 { return binary.BigEndian.Uint64(d[2:]) }

// markSeen adds a mark. It reports whether the mark is new.
func (p *part) markSeen(mark uint64) bool {
	if _, old := p.seen[mark]; old {
		return false
	}
	if p.seen == nil {
		p.seen = make(map[uint64]struct{})
	}
	p.seen[mark] = struct{}{}
	return true
}

// After makes the partition of a digest start after it.
func (c *Cursor) After(d protocol.Digest) {
	part := &c.parts[d.Partition()]
	part.last, part.started = d, true
}

// Done reports whether this run has nothing left to request.
func (c *Cursor) Done() bool { return c.Full() || c.Finished() }

// Finished reports whether all partitions are done.
func (c *Cursor) Finished() bool { return len(c.Missing()) == 0 }

// Full reports whether the run has reached its maximum number of records.
func (c *Cursor) Full() bool { return c.max > 0 && c.got >= c.max }

// Records returns the number of records delivered in this run.
func (c *Cursor) Records() int64 { return c.got }

// Missing returns the partitions that are not done.
func (c *Cursor) Missing() (ids []uint16) {
	for p := c.begin; p < c.begin+c.count; p++ {
		if !c.parts[p].done {
			ids = append(ids, uint16(p))
		}
	}
	return ids
}

// A Share is the part of one round that is requested from one node.
type Share[N comparable] struct {
	Node N
	// Partitions are read from the start. Those of Resume are read after the record with that
	// digest and the index value in BValues.
	Partitions []uint16
	Resume     []protocol.Digest
	BValues    []int64
	// MaxRecords is the most records that the node may send; 0 for no limit.
	MaxRecords int64

	cursor *Cursor
	asked  [protocol.PartitionCount]bool
	got    int64
	done   int // completed partitions
}

// Plan distributes the missing partitions over nodes. holder returns the node for a partition, or
// the zero N if there is none; the partition is then left for a later round. turn is the number of
// failed requests for the partition, so that holder can choose another replica. exact reports
// whether the nodes together send no more records than the run wants.
func Plan[N comparable](c *Cursor, holder func(partition uint16, turn int) N) (shares []*Share[N], exact bool) {
	var zero N
	byNode := make(map[N]*Share[N])
	for _, p := range c.Missing() {
		node := holder(p, c.parts[p].turn)
		if node == zero {
			continue
		}
		s := byNode[node]
		if s == nil {
			s = &Share[N]{Node: node, cursor: c}
			byNode[node] = s
			shares = append(shares, s)
		}
		s.asked[p] = true
		if part := &c.parts[p]; part.started {
			s.Resume = append(s.Resume, part.last)
			s.BValues = append(s.BValues, part.bval)
		} else {
			s.Partitions = append(s.Partitions, p)
		}
	}
	most := int64(0)
	c.divide(len(shares), func(i int, part int64) {
		shares[i].MaxRecords = part
		most += part
	})
	return shares, c.max > 0 && most <= c.max-c.got
}

// leastOnce is the least number of records to request from a node if some of them may have been
// delivered before. It keeps the end of a run from taking one round per record.
const leastOnce = 64

// divide assigns each of n shares its part of the records that are still wanted, at least one.
func (c *Cursor) divide(n int, set func(i int, most int64)) {
	if c.max == 0 || n == 0 {
		return
	}
	left := c.max - c.got
	for i := range n {
		most := left / int64(n)
		if int64(i) < left%int64(n) {
			most++
		}
		if c.Once {
			most = max(most, leastOnce)
		}
		set(i, max(most, 1))
	}
}

// Arrived counts a received record. It returns an error if the record's partition was not requested
// from the node.
func (s *Share[N]) Arrived(d *protocol.Digest) error {
	p := d.Partition()
	if !s.asked[p] {
		return fmt.Errorf("%w: record of partition %d, which was not requested or is finished", protocol.ErrMalformed, p)
	}
	s.got++
	return nil
}

// Unavailable records that the node does not serve a partition. It is left for a later round.
func (s *Share[N]) Unavailable(partition uint32) error {
	if partition >= protocol.PartitionCount || !s.asked[partition] {
		return fmt.Errorf("%w: partition %d was not requested", protocol.ErrMalformed, partition)
	}
	s.asked[partition] = false
	s.cursor.parts[partition].turn++
	return nil
}

// Records returns the number of records received in this share.
func (s *Share[N]) Records() int64 { return s.got }

// Advanced reports, after Close, whether the share made progress: it received records, even if they
// had been delivered before, or completed partitions.
func (s *Share[N]) Advanced() bool { return s.got > 0 || s.done > 0 }

// Close ends the share after all its records were noted. complete reports whether the node signaled
// the end: the share's partitions are then done, unless the node stopped because of MaxRecords.
// Otherwise the share has failed. Shares must be closed one after the other.
func (s *Share[N]) Close(complete bool) {
	if complete && s.MaxRecords > 0 && s.got >= s.MaxRecords {
		return
	}
	for p, asked := range s.asked {
		switch part := &s.cursor.parts[p]; {
		case asked && complete:
			part.done, part.seen = true, nil
			s.done++
		case asked:
			part.turn++
		}
	}
}

// A Position is the progress of the query in one partition.
type Position struct {
	Partition uint16
	// If Begun is set, Last is the digest of the last delivered record and BValue its index value.
	Begun, Done bool
	Last        protocol.Digest
	BValue      int64
}

// Positions returns the positions in all partitions of the query, in order.
func (c *Cursor) Positions() []Position {
	places := make([]Position, c.count)
	for i := range places {
		p := &c.parts[c.begin+i]
		places[i] = Position{Partition: uint16(c.begin + i), Begun: p.started, Done: p.done, Last: p.last, BValue: p.bval}
	}
	return places
}
