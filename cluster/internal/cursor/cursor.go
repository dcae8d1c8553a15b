// Package cursor follows a query through the partitions of a namespace: which of
// them are done, and where the others have to be resumed.
package cursor

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A Cursor is the progress of one query. All its methods belong to one goroutine; between Plan and Close
// each share may be used by a goroutine of its own, because no partition stands in two of them.
type Cursor struct {
	// Query tells what the cursor belongs to; 0 is nothing yet.
	Query uint64
	// Once is for queries that find a record several times, as a range of the elements of lists does: a node sends each
	// record once in an answer, but what has come in an earlier answer must be remembered here.
	Once bool

	parts        [protocol.PartitionCount]part
	begin, count int   // the partitions that are asked for
	max          int64 // records in this run, 0 for no bound
	got          int64
}

type part struct {
	done    bool
	started bool // last is the digest of the last record that was handed on, bval its index value
	last    protocol.Digest
	bval    int64
	turn    int                 // how often asking for it has failed
	seen    map[uint64]struct{} // marks of the records that were handed on, if Once
}

// New returns the cursor of a query over count partitions from the one named begin on.
func New(begin, count int) *Cursor { return &Cursor{begin: begin, count: count} }

// Start begins a run that ends after max records, 0 for all.
func (c *Cursor) Start(max int64) {
	c.max, c.got = max, 0
	for p := range c.parts {
		c.parts[p].turn = 0
	}
}

// Keep leaves out the partitions that are not wanted.
func (c *Cursor) Keep(wanted func(partition uint16) bool) {
	for p := c.begin; p < c.begin+c.count; p++ {
		if !wanted(uint16(p)) {
			c.parts[p].done = true
		}
	}
}

// Note notes a record that is handed on: its partition is resumed behind it. It reports
// false for one that was handed on before.
func (c *Cursor) Note(d protocol.Digest, bval int64) bool {
	part := &c.parts[d.Partition()]
	part.last, part.bval, part.started = d, bval, true
	if c.Once && !part.see(mark(d)) {
		return false
	}
	c.got++
	return true
}

// mark tells the records of a partition apart: eight bytes of a digest, those of the partition not among them.
func mark(d protocol.Digest) uint64 { return binary.BigEndian.Uint64(d[2:]) }

// see reports whether the mark is new.
func (p *part) see(mark uint64) bool {
	if _, old := p.seen[mark]; old {
		return false
	}
	if p.seen == nil {
		p.seen = make(map[uint64]struct{})
	}
	p.seen[mark] = struct{}{}
	return true
}

// After lets the partition of a digest start behind it.
func (c *Cursor) After(d protocol.Digest) {
	part := &c.parts[d.Partition()]
	part.last, part.started = d, true
}

// Done reports whether there is nothing left to ask for in this run.
func (c *Cursor) Done() bool { return c.Full() || c.Finished() }

// Finished reports whether all partitions are done.
func (c *Cursor) Finished() bool { return len(c.Missing()) == 0 }

// Full reports whether the run has all records that it wants.
func (c *Cursor) Full() bool { return c.max > 0 && c.got >= c.max }

// Records is the number of records that were noted in this run.
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

// A Share is what one node is asked for in one round.
type Share[N comparable] struct {
	Node N
	// Partitions are read from their start, those of Resume from behind the record of the digest, with
	// the index value of BValues.
	Partitions []uint16
	Resume     []protocol.Digest
	BValues    []int64
	// MaxRecords is the most that the node is to send, 0 for no bound.
	MaxRecords int64

	cursor *Cursor
	asked  [protocol.PartitionCount]bool
	got    int64
	done   int // partitions that were completed
}

// Plan distributes what is missing over nodes; holder gives the node to ask for a
// partition, or the zero N if there is none, which leaves the partition for a later round. The turn
// counts how often asking for the partition has failed, so that another replica can have its turn. Exact
// tells that the nodes together send no more than the run wants.
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

// leastOnce is how many records a node is asked for at least if some of them may have come before, so that the end of a
// run does not take a round for each record.
const leastOnce = 64

// divide gives each of n shares its part of the records that are still wanted, at least one.
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

// Arrived counts a record that has come. It fails for one of a partition that the node was not asked for.
func (s *Share[N]) Arrived(d protocol.Digest) error {
	p := d.Partition()
	if !s.asked[p] {
		return fmt.Errorf("%w: a record of partition %d, which was not asked for or is finished", protocol.ErrMalformed, p)
	}
	s.got++
	return nil
}

// Unavailable notes that the node does not serve a partition; it stays for a later round.
func (s *Share[N]) Unavailable(partition uint32) error {
	if partition >= protocol.PartitionCount || !s.asked[partition] {
		return fmt.Errorf("%w: partition %d was not asked for", protocol.ErrMalformed, partition)
	}
	s.asked[partition] = false
	s.cursor.parts[partition].turn++
	return nil
}

// Records is the number of records that came in this share.
func (s *Share[N]) Records() int64 { return s.got }

// Advanced reports, when the share is closed, whether anything has come of it: records, be they ones that had come
// before, or the end of partitions.
func (s *Share[N]) Advanced() bool { return s.got > 0 || s.done > 0 }

// Close ends the share, when all that came in it was noted. Complete tells that the node has said that there is
// nothing more: its partitions are done then, unless it only stopped because of MaxRecords. Otherwise it has failed.
// Shares are closed one after the other.
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

// A Place is how far the query has come in one partition.
type Place struct {
	Partition uint16
	// Begun: Last is the digest of the last record that was handed on, BValue its index value.
	Begun, Done bool
	Last        protocol.Digest
	BValue      int64
}

// Places returns the places in all partitions that are asked for, in their order.
func (c *Cursor) Places() []Place {
	places := make([]Place, c.count)
	for i := range places {
		p := &c.parts[c.begin+i]
		places[i] = Place{Partition: uint16(c.begin + i), Begun: p.started, Done: p.done, Last: p.last, BValue: p.bval}
	}
	return places
}
