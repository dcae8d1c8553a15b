package devserver

import (
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// A partition is one of a namespace's 4096 parts with the copies that nodes
// hold of it. One lock covers all copies: a write reaches them together, those that are still being filled among them.
type partition struct {
	mu     sync.Mutex
	owners atomic.Pointer[balance.Ownership] // replaced under the lock, read by anyone
	copies [maxNodes]*index                  // by number of the node; nil if that node has none
	kept   map[int]*index                    // what nodes that are away had when they left
	// indexes are the secondary indexes that are built over the partition: every copy has a tree of each.
	indexes []*secondaryIndex
	sets    []*set   // over which every copy has an index
	cause   *command // that holds the lock, nil if it is none
	queued  bool     // among the server's pending ones, whose lock guards it
}

// unlock ends what a command's lock has begun.
func (p *partition) unlock() {
	p.cause = nil
	p.mu.Unlock()
}

// noCopy stands for the copy of a partition that nobody decides about. Nothing is ever put into it.
var noCopy index

// working returns the copy of the node that decides about the partition's records. The lock must be held.
func (p *partition) working() *index {
	if n := p.owners.Load().Working; n != balance.NoNode {
		return p.copies[n]
	}
	return &noCopy
}

// truth returns the copy that is not behind any: the one that counts or, while nobody decides about the partition, one
// that will when its node may. The lock must be held.
func (p *partition) truth() *index {
	o := p.owners.Load()
	if o.Working != balance.NoNode {
		return p.copies[o.Working]
	}
	for node := range o.Full.All() {
		return p.copies[node]
	}
	for node := range o.Kept.All() {
		if x := p.kept[node]; x != nil {
			return x
		}
	}
	return &noCopy
}

// newCopy returns an empty copy with a tree for each secondary index. The lock must be held.
func (p *partition) newCopy() *index {
	x := new(index)
	for _, si := range p.indexes {
		x.secondary = append(x.secondary, &secondaryTree{of: si})
	}
	for _, s := range p.sets {
		x.sets = append(x.sets, &setRecords{set: s})
	}
	return x
}

// owners returns who holds the partition at the moment.
func (ns *namespace) owners(pid uint16) *balance.Ownership { return ns.partitions[pid].owners.Load() }

// replicas returns the numbers of the nodes that are to hold the partition, the master first.
func (ns *namespace) replicas(pid uint16) []int {
	o := ns.owners(pid)
	return o.Order[:o.Replicas]
}

// master returns the number of the node that decides about the partition's records, balance.Nobody if
// there is none.
func (ns *namespace) master(pid uint16) int { return ns.owners(pid).Working }

// serves reports whether the node has a complete copy of the partition, from which it may answer scans.
func (n *node) serves(ns *namespace, pid uint16) bool {
	return ns.owners(pid).Serves(n.number) && n.belongs()
}

// readCopy returns the copy that answers a read: that of the node to which the command came, or the
// master's to which a real node would pass it on. The partition's lock must be held.
func (c *command) readCopy(p *partition) *index {
	if o := p.owners.Load(); o.Reads(c.node.number) && !c.asksMaster() {
		return p.copies[c.node.number]
	}
	return p.working()
}

// store puts a record into all copies; the partition's lock must be held.
func (ns *namespace) store(p *partition, r *record) {
	ns.putAll(p, r)
	kind := WasStored
	switch {
	case r.provisional():
		kind = WasLocked
	case r.tombstone:
		kind = WasRemoved
	}
	ns.server.history.note(kind, ns, &r.digest, r, p.cause)
}

func (ns *namespace) putAll(p *partition, r *record) {
	for node, x := range p.copies {
		if x != nil {
			ns.put(node, x, r)
		}
	}
}

// drop takes a record out of all copies; the partition's lock must be held.
func (ns *namespace) drop(p *partition, d *protocol.Digest) {
	if h := ns.server.history; h != nil {
		if old := p.working().get(d); old != nil && !old.tombstone {
			h.note(WasRemoved, ns, d, old, p.cause)
		}
	}
	for node, x := range p.copies {
		if x != nil {
			ns.remove(node, x, d)
		}
	}
}

// sweep removes the records that are gone from every copy of every partition. It asks for each record of each copy, under the
// partition's lock, and notes in the history the removal of those that count.
func (ns *namespace) sweep(kind EventKind, gone func(node int, r *record) bool) (removed int) {
	var records []*record
	for pid := range ns.partitions {
		p := &ns.partitions[pid]
		p.mu.Lock()
		for node, x := range p.copies {
			if x == nil {
				continue
			}
			records = x.appendDescending(records[:0], nil)
			for _, r := range records {
				if !gone(node, r) {
					continue
				}
				if x == p.working() {
					removed++
					ns.server.history.note(kind, ns, &r.digest, r, nil)
				}
				ns.remove(node, x, &r.digest)
			}
		}
		p.mu.Unlock()
	}
	return removed
}

// put stores a record in one node's copy, with all that follows from it.
func (ns *namespace) put(node int, x *index, r *record) {
	old := x.put(r)
	x.countTombstones(old, r)
	x.updateSets(old, r)
	ns.account(node, old, r)
	x.reindex(node, old.committed(), r.committed())
}

// remove takes a record out of one node's copy, with all that follows from it.
func (ns *namespace) remove(node int, x *index, d *protocol.Digest) {
	if old := x.remove(d); old != nil {
		x.countTombstones(old, nil)
		x.updateSets(old, nil)
		ns.account(node, old, nil)
		x.reindex(node, old.committed(), nil)
	}
}
