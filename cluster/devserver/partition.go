package devserver

import (
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// A partition is one of a namespace's 4096 parts with the copies that nodes
// hold of it. One lock covers all copies: a write reaches them together.
type partition struct {
	mu     sync.Mutex
	copies []*index // by number of the node; nil if that node has none
	cause  *command // that holds the lock, nil if it is none
}

// unlock ends what a command's lock has begun.
func (p *partition) unlock() {
	p.cause = nil
	p.mu.Unlock()
}

// replicas returns the numbers of the nodes that hold the partition, the master first.
func (ns *namespace) replicas(pid uint16) []int {
	return ns.succession[pid][:ns.config().ReplicationFactor]
}

// master returns the number of the node that decides about the partition's records.
func (ns *namespace) master(pid uint16) int { return ns.succession[pid][0] }

// holds reports whether a node has a full copy of the partition, from which it
// may answer reads and scans.
func (ns *namespace) holds(node int, pid uint16) bool { return ns.partitions[pid].copies[node] != nil }

// readCopy returns the copy that answers a read: that of the node to which the command came, or the
// master's to which a real node would pass it on. The partition's lock must be held.
func (c *command) readCopy(p *partition) *index {
	if x := p.copies[c.node.number]; x != nil && !c.asksMaster() {
		return x
	}
	return p.copies[c.ns.master(c.pid)]
}

// store puts a record into all copies; the partition's lock must be held.
func (ns *namespace) store(p *partition, r *record) {
	for node, x := range p.copies {
		if x != nil {
			ns.put(node, x, r)
		}
	}
	kind := WasStored
	switch {
	case r.provisional():
		kind = WasLocked
	case r.tombstone:
		kind = WasRemoved
	}
	ns.server.history.note(kind, ns, &r.digest, r, p.cause)
}

// drop takes a record out of all copies; the partition's lock must be held.
func (ns *namespace) drop(p *partition, d *protocol.Digest) {
	if h := ns.server.history; h != nil {
		if old := p.copies[ns.master(d.Partition())].get(d); old != nil && !old.tombstone {
			h.note(WasRemoved, ns, d, old, p.cause)
		}
	}
	for node, x := range p.copies {
		if x != nil {
			ns.remove(node, x, d)
		}
	}
}

// put stores a record in one node's copy, with all that follows from it.
func (ns *namespace) put(node int, x *index, r *record) {
	old := x.put(r)
	x.countTombstones(old, r)
	ns.account(node, old, r)
	x.reindex(node, old.committed(), r.committed())
}

// remove takes a record out of one node's copy, with all that follows from it.
func (ns *namespace) remove(node int, x *index, d *protocol.Digest) {
	if old := x.remove(d); old != nil {
		x.countTombstones(old, nil)
		ns.account(node, old, nil)
		x.reindex(node, old.committed(), nil)
	}
}
