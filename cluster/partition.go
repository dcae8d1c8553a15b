package cluster

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/internal/cursor"
	"github.com/aerosql/aerosql/protocol"
)

// A PartitionFilter says which partitions of a namespace a query reads. The zero PartitionFilter is all of them.
type PartitionFilter struct {
	begin, count int
	after        bool
	digest       protocol.Digest
	node         string
}

// AllPartitions reads all 4096 partitions.
func AllPartitions() PartitionFilter { return PartitionFilter{} }

// PartitionRange reads count partitions from the one with the id begin on: 0 to 4095.
func PartitionRange(begin, count int) PartitionFilter {
	return PartitionFilter{begin: begin, count: count}
}

// OnePartition reads the partition with an id, 0 to 4095.
func OnePartition(id int) PartitionFilter { return PartitionRange(id, 1) }

// AfterKey reads the rest of the key's partition, behind its record in the order of digests. In a query with a
// Filter the records come in another order, which starts with the index's value: it reads then what lies
// behind the key among the records with the integer 0.
func AfterKey(key protocol.Key) PartitionFilter {
	return PartitionFilter{begin: int(key.Partition()), count: 1, after: true, digest: key.Digest()}
}

// PartitionsOfNode reads the partitions whose master a node is when the query begins.
func PartitionsOfNode(name string) PartitionFilter { return PartitionFilter{node: name} }

// cursor makes the cursor of a query of these partitions.
func (f PartitionFilter) cursor() (*cursor.Cursor, error) {
	if f.begin == 0 && f.count == 0 {
		f.count = protocol.PartitionCount
	}
	if f.begin < 0 || f.count <= 0 || f.begin+f.count > protocol.PartitionCount {
		return nil, configError("PartitionRange(%d, %d); ids go from 0 to %d", f.begin, f.count, protocol.PartitionCount-1)
	}
	c := cursor.New(f.begin, f.count)
	if f.after {
		c.After(f.digest)
	}
	return c, nil
}

// ErrCursor means bytes that are no saved Cursor, or a Cursor that belongs to another query.
var ErrCursor = errors.New("unusable cursor")

// A Cursor is a place in the result of a query, see Client.QueryFrom. MarshalBinary saves it, and
// UnmarshalBinary makes it again, in another process if need be. It grows to at most 120 KB, when each partition
// has been started and none finished. With a Filter that a record can meet several times (a range of the elements of lists or
// maps, or geometries), eight bytes more are needed for each record of the partitions that are not finished. A Cursor serves one
// loop at a time.
type Cursor struct {
	state *cursor.Cursor
	node  string // whose partitions are wanted, until the first query has looked which they are
	busy  atomic.Bool
}

// NewCursor returns a cursor in front of the first record of the partitions.
func NewCursor(partitions PartitionFilter) (*Cursor, error) {
	state, err := partitions.cursor()
	if err != nil {
		return nil, clientError(err)
	}
	return &Cursor{state: state, node: partitions.node}, nil
}

// Done reports whether all partitions have been read to their end.
func (c *Cursor) Done() bool { return c.state != nil && c.state.Finished() }

// A PartitionStatus is how far a query has come in one partition.
type PartitionStatus struct {
	ID   int
	Done bool
	// Begun: a record of it has been returned, or the query was to begin behind one. Last is the digest of that record and
	// IndexValue its value in the index; in a query without a Filter that is 0.
	Begun      bool
	Last       protocol.Digest
	IndexValue int64
}

// Partitions returns how far the query has come in each of its partitions, in their order. It must not be called while a
// loop runs.
func (c *Cursor) Partitions() []PartitionStatus {
	if c.state == nil {
		return nil
	}
	places := c.state.Positions()
	all := make([]PartitionStatus, len(places))
	for i, p := range places {
		all[i] = PartitionStatus{ID: int(p.Partition), Done: p.Done, Begun: p.Begun, Last: p.Last, IndexValue: p.BValue}
	}
	return all
}

// MarshalBinary saves the cursor. It must not be called while a loop runs.
func (c *Cursor) MarshalBinary() ([]byte, error) {
	switch {
	case c.state == nil:
		return nil, clientError(fmt.Errorf("%w: it was not made by NewCursor", ErrCursor))
	case c.busy.Load():
		return nil, clientError(fmt.Errorf("%w: a loop is using it", ErrCursor))
	case c.node != "":
		return nil, clientError(fmt.Errorf("%w: partitions of a node are known after the first query only", ErrCursor))
	}
	return c.state.AppendTo(nil), nil
}

// UnmarshalBinary makes the cursor what it was when it was saved. Damaged bytes give ErrCursor.
func (c *Cursor) UnmarshalBinary(data []byte) error {
	state, err := cursor.Parse(data)
	if err != nil {
		return clientError(fmt.Errorf("%w: %d bytes that are %w or were not saved by this version", ErrCursor, len(data), err))
	}
	c.state, c.node = state, ""
	return nil
}

// take begins a query with the cursor; put ends it. The identity tells queries apart.
func (c *Cursor) take(identity uint64) error {
	switch {
	case c.state == nil:
		return fmt.Errorf("%w: it was not made by NewCursor or UnmarshalBinary", ErrCursor)
	case !c.busy.CompareAndSwap(false, true):
		return fmt.Errorf("%w: another loop is using it", ErrCursor)
	case c.state.Query == 0:
		c.state.Query = identity
	case c.state.Query != identity:
		c.busy.Store(false)
		return fmt.Errorf("%w: it belongs to a query of another namespace, set, filter or filter expression", ErrCursor)
	}
	return nil
}

func (c *Cursor) put() { c.busy.Store(false) }
