package devserver

import (
	"slices"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// A secondaryIndex is a secondary index of a namespace. Its entries live with the records: every
// node's copy of every partition has a tree of its own, under the partition's
// lock, so that a copy and its entries never differ, and queries of other partitions never wait.
type secondaryIndex struct {
	ns         *namespace
	set        *set   // nil: of every set and none
	bin        []byte // nil if an expression stands for it
	expression *expression.Expression
	target     secondary.Target

	dropped  atomic.Bool
	ready    atomic.Bool      // for queries: every partition has been read
	loaded   atomic.Int64     // partitions that have been read
	loadTime atomic.Int64     // milliseconds that this took
	finished chan struct{}    // closed when building has ended
	nodes    []secondaryUsage // by number of the node
}

// secondaryUsage is what an index takes on a node. What an entry has in common with others was
// counted when the index was built, as on a real server.
type secondaryUsage struct {
	entries, chunks     atomic.Int64 // chunks beyond the first of each tree
	perValue, perRecord atomic.Int64
}

// A secondaryTree is the part of an index that is over one copy of a partition.
type secondaryTree struct {
	of   *secondaryIndex
	tree secondary.Tree
}

// An indexedValue is what a record has where an index looks, in stored form.
type indexedValue struct {
	particle protocol.ParticleType
	data     []byte
}

// value returns what a record has where the index looks; nothing if it is in another set
// or the expression is unknown.
func (si *secondaryIndex) value(r *record) indexedValue {
	if r == nil || r.tombstone || r.isMonitor() || si.set != nil && r.set != si.set {
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

// reindex brings the indexes up to date when a record takes the place of
// another in the copy; either may be nil. The partition's lock must be held.
func (x *index) reindex(node int, old, now *record) {
	for _, t := range x.secondary {
		t.update(node, old, now)
	}
}

// usualKeys is how many keys of a record are kept off the heap.
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

// discount takes the tree out of the figures of a node that has no longer a copy.
func (t *secondaryTree) discount(node int) {
	var empty secondary.Tree
	usage := &t.of.nodes[node]
	usage.entries.Add(-int64(t.tree.Len()))
	usage.chunks.Add(int64(empty.Chunks() - t.tree.Chunks()))
}

func digestOf(old, now *record) protocol.Digest {
	if now != nil {
		return now.digest
	}
	return old.digest
}

// chunkBytes is what a real server takes for a node of an index's trees.
const chunkBytes = 4096

// usedBytes is what the index takes on a node: the trees of all partitions, also of those
// that the node does not hold, as on a real server.
func (si *secondaryIndex) usedBytes(node int) int64 {
	return (protocol.PartitionCount + si.nodes[node].chunks.Load()) * chunkBytes
}

// treeOf returns the part of an index that is over this copy, nil if it has not
// been built or the index was dropped. The partition's lock must be held.
func (x *index) treeOf(si *secondaryIndex) *secondary.Tree {
	for _, t := range x.secondary {
		if t.of == si {
			return &t.tree
		}
	}
	return nil
}

// drop takes the index's entries out of all partitions. Queries that run on it end early.
func (si *secondaryIndex) drop() {
	si.dropped.Store(true)
	for pid := range si.ns.partitions {
		p := &si.ns.partitions[pid]
		p.mu.Lock()
		p.indexes = slices.DeleteFunc(p.indexes, func(other *secondaryIndex) bool { return other == si })
		for _, x := range p.copies {
			if x != nil {
				x.forget(si)
			}
		}
		p.mu.Unlock()
	}
}
