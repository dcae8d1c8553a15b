package devserver

import (
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// A partition is one of the 4096 partitions of a namespace with the copies that nodes hold. One
// lock covers all copies, because a write reaches all of them at once, including copies that are
// still being filled.
type partition struct {
	mu     sync.Mutex
	owners atomic.Pointer[balance.Ownership] // replaced under mu, read without it
	copies [maxNodes]*index                  // by node number; nil if the node has no copy
	kept   map[int]*index                    // copies of absent nodes, by node number
	// indexes are the secondary indexes that have been built over the partition. Every copy has a
	// tree for each.
	indexes []*secondaryIndex
	sets    []*set   // sets with a set index, which every copy has
	cause   *command // the command that holds the lock, nil if none does
	queued  bool     // whether it is in Server.pending; guarded by the server's lock
}

// unlock releases the lock that command.lock acquired.
func (p *partition) unlock() {
	p.cause = nil
	p.mu.Unlock()
}

// noCopy is the working copy of an unavailable partition. It stays empty.
var noCopy index

// working returns the copy of the working master, which decides about the records. The lock must be
// held.
func (p *partition) working() *index {
	if n := p.owners.Load().Working; n != balance.NoNode {
		return p.copies[n]
	}
	return &noCopy
}

// truth returns the most recent copy: the working copy or, while the partition is unavailable, a
// complete copy that will become the working copy when its node may. The lock must be held.
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

// newCopy returns an empty copy with a tree for each secondary index and set index. The lock must
// be held.
func (p *partition) newCopy() *index {
	x := new(index)
	for _, si := range p.indexes {
		x.secondary = append(x.secondary, &secondaryTree{of: si})
	}
	for _, s := range p.sets {
		x.sets = append(x.sets, &setRecords{set: s.setID})
	}
	return x
}

// writable returns a node's copy for changes. A copy that forks share is replaced by a clone first.
// The lock must be held.
func (p *partition) writable(node int) *index {
	x := p.copies[node]
	if x == nil || !x.frozen {
		return x
	}
	x = x.clone()
	for i, t := range x.secondary {
		t.of = p.indexes[i] // in the same order, but of this server
	}
	p.copies[node] = x
	return x
}

// owners returns the partition's current ownership.
func (ns *namespace) owners(pid uint16) *balance.Ownership { return ns.partitions[pid].owners.Load() }

// replicas returns the numbers of the nodes that own the partition, master first.
func (ns *namespace) replicas(pid uint16) []int {
	o := ns.owners(pid)
	return o.Order[:o.Replicas]
}

// master returns the number of the partition's working master, balance.NoNode if there is none.
func (ns *namespace) master(pid uint16) int { return ns.owners(pid).Working }

// serves reports whether the node has a complete copy of the partition, and so may answer queries
// from it.
func (n *node) serves(ns *namespace, pid uint16) bool {
	return ns.owners(pid).Serves(n.number) && n.belongs()
}

// readCopy returns the copy that answers a read: the copy of the node that received the command, or
// the working copy, as if the node had proxied the command to the master. The partition's lock must
// be held.
func (c *command) readCopy(p *partition) *index {
	if o := p.owners.Load(); o.Reads(c.node.number) && !c.asksMaster() {
		return p.copies[c.node.number]
	}
	return p.working()
}

// store puts a record into all copies and adds it to the history. The partition's lock must be
// held.
func (ns *namespace) store(p *partition, r *record) {
	ns.putAll(p, r)
	ns.journalPut(r)
	kind := WasStored
	switch {
	case r.provisional():
		kind = WasLocked
	case r.tombstone:
		kind = WasRemoved
	}
	ns.server.history.note(kind, ns, &r.digest, r, p.cause)
}

// journalPut and journalDrop add a change to the journal. The partition's lock must be held, so
// that the changes of a record are in order.
func (ns *namespace) journalPut(r *record) {
	if j := ns.server.journal; j != nil {
		j.add(func(buf []byte) []byte { return putEntry(buf, ns, r) })
	}
}

func (ns *namespace) journalDrop(d *protocol.Digest) {
	if j := ns.server.journal; j != nil {
		j.add(func(buf []byte) []byte { return dropEntry(buf, ns, d) })
	}
}

func (ns *namespace) putAll(p *partition, r *record) {
	for node, x := range p.copies {
		if x != nil {
			ns.put(node, p, r)
		}
	}
}

// drop removes a record from all copies and adds that to the history. The partition's lock must be
// held.
func (ns *namespace) drop(p *partition, d *protocol.Digest) {
	if h := ns.server.history; h != nil {
		if old := p.working().get(d); old != nil && !old.tombstone {
			h.note(WasRemoved, ns, d, old, p.cause)
		}
	}
	ns.journalDrop(d)
	for node, x := range p.copies {
		if x != nil {
			ns.remove(node, p, d)
		}
	}
}

// sweep removes the records for which gone returns true from every copy of every partition. It
// calls gone for each record of each copy with the partition's lock held. Removals from the working
// copy are counted and added to the history.
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
			isWorking := x == p.working()
			for _, r := range records {
				if !gone(node, r) {
					continue
				}
				if isWorking {
					ns.journalDrop(&r.digest)
					removed++
					ns.server.history.note(kind, ns, &r.digest, r, nil)
				}
				ns.remove(node, p, &r.digest)
			}
		}
		p.mu.Unlock()
	}
	return removed
}

// put stores a record in one node's copy and updates indexes and counters. The partition's lock
// must be held.
func (ns *namespace) put(node int, p *partition, r *record) {
	x := p.writable(node)
	old := x.put(r)
	x.countTombstones(old, r)
	x.updateSets(old, r)
	ns.account(node, old, r)
	x.reindex(node, old.committed(), r.committed())
}

// remove removes a record from one node's copy and updates indexes and counters. The partition's
// lock must be held.
func (ns *namespace) remove(node int, p *partition, d *protocol.Digest) {
	x := p.writable(node)
	if old := x.remove(d); old != nil {
		x.countTombstones(old, nil)
		x.updateSets(old, nil)
		ns.account(node, old, nil)
		x.reindex(node, old.committed(), nil)
	}
}
