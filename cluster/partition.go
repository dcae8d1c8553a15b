package cluster

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/internal/cursor"
	"github.com/aerosql/aerosql/protocol"
)

// A PartitionFilter selects the partitions that a query reads. The zero PartitionFilter selects all
// of them.
type PartitionFilter struct {
	begin, count int
	after        bool
	digest       protocol.Digest
	node         string
}

// AllPartitions selects all 4096 partitions.
func AllPartitions() PartitionFilter { return PartitionFilter{} }

// PartitionRange selects count partitions, starting with the id begin. Ids range from 0 to 4095.
func PartitionRange(begin, count int) PartitionFilter {
	return PartitionFilter{begin: begin, count: count}
}

// OnePartition selects the partition with an id, 0 to 4095.
func OnePartition(id int) PartitionFilter { return PartitionRange(id, 1) }

// AfterKey selects the part of the key's partition after the key's record, in digest order. In a
// query with a Filter records are ordered by index value first, and AfterKey then continues after
// the key among the records with the index value 0.
func AfterKey(key protocol.Key) PartitionFilter {
	return PartitionFilter{begin: int(key.Partition()), count: 1, after: true, digest: key.Digest()}
}

// PartitionsOfNode selects the partitions whose master is the named node when the query begins.
func PartitionsOfNode(name string) PartitionFilter { return PartitionFilter{node: name} }

// cursor returns a new cursor for these partitions.
func (f PartitionFilter) cursor() (*cursor.Cursor, error) {
	if f.begin == 0 && f.count == 0 {
		f.count = protocol.PartitionCount
	}
	if f.begin < 0 || f.count <= 0 || f.begin+f.count > protocol.PartitionCount {
		return nil, configError("PartitionRange(%d, %d) is out of range; ids are 0 to %d", f.begin, f.count, protocol.PartitionCount-1)
	}
	c := cursor.New(f.begin, f.count)
	if f.after {
		c.After(f.digest)
	}
	return c, nil
}

// ErrCursor means invalid data of a saved Cursor, or a Cursor of another query.
var ErrCursor = errors.New("unusable cursor")

// A Cursor is a position in the result of a query, see Client.QueryFrom. MarshalBinary saves a
// cursor and UnmarshalBinary restores it, possibly in another process. A saved cursor has at most
// 120 KB, which it reaches if all partitions have been started and none is finished. Queries whose
// Filter can match a record several times (ranges over the elements of lists or maps, or
// geometries) need 8 more bytes for each record of unfinished partitions. Only one loop may use a
// Cursor at a time.
type Cursor struct {
	state *cursor.Cursor
	node  string // node of PartitionsOfNode, "" once the first query has found its partitions
	busy  atomic.Bool
}

// NewCursor returns a cursor at the start of the partitions.
func NewCursor(partitions PartitionFilter) (*Cursor, error) {
	state, err := partitions.cursor()
	if err != nil {
		return nil, clientError(err)
	}
	return &Cursor{state: state, node: partitions.node}, nil
}

// Done reports whether all partitions have been read completely.
func (c *Cursor) Done() bool { return c.state != nil && c.state.Finished() }

// A PartitionStatus is the position of a query in one partition.
type PartitionStatus struct {
	ID   int
	Done bool
	// Begun reports whether a record of the partition has been returned, or the query was to start
	// after one. Last is that record's digest, and IndexValue its value in the index, 0 in a query
	// without a Filter.
	Begun      bool
	Last       protocol.Digest
	IndexValue int64
}

// Partitions returns the position in each of the query's partitions, in order. It must not be
// called while a loop uses the cursor.
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

// MarshalBinary saves the cursor. It must not be called while a loop uses the cursor.
func (c *Cursor) MarshalBinary() ([]byte, error) {
	switch {
	case c.state == nil:
		return nil, clientError(fmt.Errorf("%w: it was not made by NewCursor", ErrCursor))
	case c.busy.Load():
		return nil, clientError(fmt.Errorf("%w: a loop is using it", ErrCursor))
	case c.node != "":
		return nil, clientError(fmt.Errorf("%w: the partitions of a node are known only after the first query", ErrCursor))
	}
	return c.state.AppendTo(nil), nil
}

// UnmarshalBinary restores a saved cursor. Invalid data is ErrCursor.
func (c *Cursor) UnmarshalBinary(data []byte) error {
	state, err := cursor.Parse(data)
	if err != nil {
		return clientError(fmt.Errorf("%w: %d bytes are %w, or were saved by another version", ErrCursor, len(data), err))
	}
	c.state, c.node = state, ""
	return nil
}

// acquire reserves the cursor for a query with an identity; release frees it.
func (c *Cursor) acquire(identity uint64) error {
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

func (c *Cursor) release() { c.busy.Store(false) }
