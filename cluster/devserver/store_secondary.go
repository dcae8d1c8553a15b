package devserver

import (
	"slices"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// A secondaryIndex is a secondary index of a namespace. Every node's copy of every partition has
// its own tree, guarded by the partition's lock. A copy and its entries are therefore always
// consistent, and queries of other partitions are not blocked.
type secondaryIndex struct {
	// origin is the index that this one was forked from, or itself. Until a fork writes to a
	// partition, it finds its tree by this.
	origin     *secondaryIndex
	ns         *namespace
	set        *set   // nil if the index covers the whole namespace
	bin        []byte // nil if the index is on an expression
	expression *expression.Expression
	target     secondary.Target

	dropped  atomic.Bool
	ready    atomic.Bool      // usable by queries: all partitions have been read
	loaded   atomic.Int64     // number of partitions read
	loadTime atomic.Int64     // duration of the build in milliseconds
	finished chan struct{}    // closed when the build ends
	nodes    []secondaryUsage // by node number
}

// secondaryUsage is the size of an index on one node. perValue and perRecord are determined when
// the index is built, as on a real server.
type secondaryUsage struct {
	entries, chunks     atomic.Int64 // chunks beyond the first of each tree
	perValue, perRecord atomic.Int64
}

// A secondaryTree is the tree of an index over one copy of a partition.
type secondaryTree struct {
	of   *secondaryIndex
	tree secondary.Tree
}

// An indexedValue is the value that an index sees in a record, in stored form.
type indexedValue struct {
	particle protocol.ParticleType
	data     []byte
}

// value returns the value that the index sees in a record. It is empty if the record is in another
// set or the expression is unknown.
func (si *secondaryIndex) value(r *record) indexedValue {
	if r == nil || r.tombstone || r.isMonitor() || si.set != nil && r.set != si.set.id() {
		return indexedValue{}
	}
	if si.expression != nil {
		b, ok := si.expression.Eval(storedRecord{r, &si.ns.server.clock})
		if !ok {
			return indexedValue{}
		}
		return indexedValue{b.Type, b.Data}
	}
	b, _ := findBin(r.bins, si.bin)
	return indexedValue{b.particle, b.value}
}

// reindex updates the secondary indexes of the copy when the record now replaces old. Either may be
// nil. The partition's lock must be held.
func (x *index) reindex(node int, old, now *record) {
	for _, t := range x.secondary {
		t.update(node, old, now)
	}
}

// usualKeys is the number of keys per record that need no allocation.
const usualKeys = 8

func (t *secondaryTree) update(node int, old, now *record) {
	before, after := t.of.value(old), t.of.value(now)
	if before.particle == after.particle && string(before.data) == string(after.data) {
		return
	}
	digest := digestOf(old, now)
	usage := &t.of.nodes[node]
	chunks := t.tree.Chunks()
	var space [2][usualKeys]secondary.Key
	gone := t.of.target.AppendKeys(space[0][:0], before.particle, before.data)
	come := t.of.target.AppendKeys(space[1][:0], after.particle, after.data)
	for len(gone)+len(come) > 0 {
		switch {
		case len(come) == 0 || len(gone) > 0 && gone[0] < come[0]:
			if t.tree.Delete(secondary.Entry{Key: gone[0], Digest: digest}) {
				usage.entries.Add(-1)
			}
			gone = gone[1:]
		case len(gone) == 0 || come[0] < gone[0]:
			if t.tree.Insert(secondary.Entry{Key: come[0], Digest: digest}) {
				usage.entries.Add(1)
			}
			come = come[1:]
		default:
			gone, come = gone[1:], come[1:]
		}
	}
	usage.chunks.Add(int64(t.tree.Chunks() - chunks))
}

// subtractUsage subtracts the tree from an index's usage on a node that loses its copy.
func (t *secondaryTree) subtractUsage(of *secondaryIndex, node int) {
	var empty secondary.Tree
	usage := &of.nodes[node]
	usage.entries.Add(-int64(t.tree.Len()))
	usage.chunks.Add(int64(empty.Chunks() - t.tree.Chunks()))
}

func digestOf(old, now *record) protocol.Digest {
	if now != nil {
		return now.digest
	}
	return old.digest
}

// chunkBytes is the memory that a real server uses for a node of an index tree.
const chunkBytes = 4096

// usedBytes returns the memory that the index uses on a node: the trees of all partitions,
// including those that the node does not own, as on a real server.
func (si *secondaryIndex) usedBytes(node int) int64 {
	return (protocol.PartitionCount + si.nodes[node].chunks.Load()) * chunkBytes
}

// treeOf returns the tree of an index over this copy, nil if it has not been built or the index was
// dropped. The partition's lock must be held.
func (x *index) treeOf(si *secondaryIndex) *secondary.Tree {
	for _, t := range x.secondary {
		if t.of.origin == si.origin {
			return &t.tree
		}
	}
	return nil
}

// drop removes the index's trees from all partitions. Running queries on the index end early.
func (si *secondaryIndex) drop() {
	si.dropped.Store(true)
	for pid := range si.ns.partitions {
		p := &si.ns.partitions[pid]
		p.mu.Lock()
		for node, x := range p.copies {
			if x != nil {
				p.writable(node).forget(si)
			}
		}
		p.indexes = slices.DeleteFunc(slices.Clone(p.indexes), func(other *secondaryIndex) bool { return other == si })
		p.mu.Unlock()
	}
}
