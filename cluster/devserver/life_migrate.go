package devserver

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// MigrateManually is a value of Options.MigrateEvery: migrations run only when Migrate is called.
const MigrateManually time.Duration = -1

// A pendingPartition is a partition with pending migrations.
type pendingPartition struct {
	ns  *namespace
	pid uint16
}

// rebalance assigns owners to every partition of the namespace. Partitions with pending migrations
// are added to the server's queue. The server's lock must be held.
func (ns *namespace) rebalance() {
	nodes, present := ns.ownerCandidates()
	revived := ns.revived.Swap(false)
	ns.rebalances.Add(1)
	var records []*record
	for pid := range uint16(protocol.PartitionCount) {
		p := &ns.partitions[pid]
		p.mu.Lock()
		records = ns.reassign(p, ns.nextOwners(pid, nodes, present, revived), records)
		p.mu.Unlock()
		ns.queue(pid)
	}
}

// A nextOwnership is the next ownership of a partition. fresh means that the partition starts again
// without records.
type nextOwnership struct {
	balance.Ownership
	fresh bool
}

// nextOwners returns the next ownership of a partition, given the nodes that may own it and those
// that are present.
func (ns *namespace) nextOwners(pid uint16, nodes []*node, present balance.Set, revived bool) (next nextOwnership) {
	order := ns.moved.order(pid, ns.spread(successionOf(nodes, pid)))
	before, replicas := ns.owners(pid), ns.config().ReplicationFactor
	if ns.strong() {
		next.Ownership, next.fresh = before.RebalanceStrong(order, present, replicas, revived)
	} else {
		next.Ownership, next.fresh = before.Rebalance(order, replicas)
	}
	return next
}

// queue appends a partition with pending migrations to the server's queue. The server's lock must
// be held.
func (ns *namespace) queue(pid uint16) {
	p := &ns.partitions[pid]
	if !p.queued && ns.owners(pid).Pending() > 0 {
		p.queued = true
		ns.server.pending = append(ns.server.pending, pendingPartition{ns, pid})
	}
}

// reassign sets the owners of a partition. A node that left takes its copy with it. A node that
// came back brings its copy, and newer records in it are merged. The partition's lock must be held.
// space is scratch space, which is returned.
func (ns *namespace) reassign(p *partition, next nextOwnership, space []*record) []*record {
	old := p.working()
	for node, x := range p.copies {
		if x != nil && next.Place(node) < 0 {
			p.retain(node, x)
			space = ns.dropCopy(p, node, space)
		}
	}
	kept := p.owners.Load().Kept
	ns.setOwners(p, next.Ownership)
	if next.fresh {
		// Copies that were still being filled are all that is left.
		for _, x := range p.copies {
			if x != nil {
				space = ns.merge(p, x, 0, space)
			}
		}
	}
	if (next.fresh || next.Working == balance.NoNode) && !ns.strong() {
		space = ns.noteLost(p, old, space)
	}
	for node, x := range p.kept {
		if next.Place(node) < 0 {
			continue
		}
		delete(p.kept, node)
		switch {
		case !ns.strong():
			space = ns.merge(p, x, WasRestored, space)
		case kept.Has(node) && p.copies[node] != nil:
			space = ns.restore(p, node, x, space)
		}
	}
	return space
}

// restore gives a node that came back its old copy, which no other copy is newer than.
func (ns *namespace) restore(p *partition, node int, x *index, space []*record) []*record {
	space = x.appendDescending(space[:0], nil)
	for _, r := range space {
		ns.put(node, p, r)
	}
	return space
}

// retain keeps the copy of a node that left, in case the node comes back with its data.
func (p *partition) retain(node int, x *index) {
	if x.count == 0 {
		return
	}
	if p.kept == nil {
		p.kept = make(map[int]*index)
	}
	p.kept[node] = x
}

// noteLost records in the history which records of old no node has any more.
func (ns *namespace) noteLost(p *partition, old *index, space []*record) []*record {
	if ns.server.history == nil {
		return space
	}
	space = old.appendDescending(space[:0], nil)
	for _, r := range space {
		if r.live(ns, ns.server.clock.seconds()) && p.working().get(&r.digest) == nil {
			ns.server.history.note(WasLost, ns, &r.digest, r, nil)
		}
	}
	return space
}

// setOwners sets the owners. New holders get an empty copy; nodes that no longer hold the partition
// lose theirs.
func (ns *namespace) setOwners(p *partition, next balance.Ownership) {
	holders := next.Holders()
	for node := range p.copies {
		switch {
		case holders.Has(node) && p.copies[node] == nil:
			p.copies[node] = p.newCopy()
		case !holders.Has(node) && p.copies[node] != nil:
			ns.dropCopy(p, node, nil)
		}
	}
	p.owners.Store(&next)
}

// dropCopy removes a node's copy and subtracts it from the counters. Queries that are reading the
// copy continue with it.
func (ns *namespace) dropCopy(p *partition, node int, space []*record) []*record {
	x := p.copies[node]
	p.copies[node] = nil
	space = x.appendDescending(space[:0], nil)
	for _, r := range space {
		ns.addUsage(node, r, -1)
	}
	for i, t := range x.secondary {
		t.subtractUsage(p.indexes[i], node)
	}
	return space
}

// merge adds the records of one copy to all copies if they are new there, or newer by the rule of
// conflict resolution by generation. kind is the event to record in the history, 0 for none.
func (ns *namespace) merge(p *partition, x *index, kind EventKind, space []*record) []*record {
	space = x.appendDescending(space[:0], nil)
	for _, r := range space {
		old := p.working().get(&r.digest)
		if r.expiredOrTruncated(ns, ns.server.clock.seconds()) || old != nil && old != r && !r.supersedes(old) {
			continue
		}
		ns.putAll(p, r)
		if r != old {
			ns.journalPut(r)
		}
		if kind != 0 && r != old {
			ns.server.history.note(kind, ns, &r.digest, r, nil)
		}
	}
	return space
}

// supersedes reports whether this version wins over one that another node wrote independently. The
// greater generation wins, then the later update. Generations wrap: a difference of more than half
// the range counts as older.
func (r *record) supersedes(other *record) bool {
	if r.generation != other.generation {
		return int16(r.generation-other.generation) > 0
	}
	return r.lastUpdate > other.lastUpdate
}

// migrate runs the partition's next migration. It returns the nodes whose partition maps changed.
// The server's lock must be held.
func (ns *namespace) migrate(pid uint16) (changed balance.Set) {
	p := &ns.partitions[pid]
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.owners.Load()
	m, ok := before.Next()
	if !ok {
		return 0
	}
	for _, r := range p.copies[m.From].appendDescending(nil, nil) {
		ns.put(m.To, p, r)
	}
	next := before.Moved(m)
	ns.setOwners(p, next)
	return changes(before, &next)
}

// isMigrating reports whether any partition of the namespace has pending migrations.
func (ns *namespace) isMigrating() bool {
	for pid := range uint16(protocol.PartitionCount) {
		if ns.owners(pid).Pending() > 0 {
			return true
		}
	}
	return false
}

// changes returns the nodes whose columns in the partition map differ.
func changes(before, next *balance.Ownership) (changed balance.Set) {
	for _, n := range next.Order {
		if before.Columns(n) != next.Columns(n) {
			changed |= balance.Of(n)
		}
	}
	return changed
}

// announce increments the partition generation of the changed nodes.
func (s *Server) announce(changed balance.Set) {
	for _, n := range s.nodes() {
		if changed.Has(n.number) {
			n.partitionGeneration.Add(1)
		}
	}
}

// Migrate runs up to n pending migrations, all if n is 0, and returns the number still pending. If
// Options.MigrateEvery is 0, there are never any.
func (s *Server) Migrate(n int) (left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.migrate(n)
	return s.pendingMigrations()
}

// migrate runs up to n pending migrations, all if n is 0. The server's lock must be held.
func (s *Server) migrate(n int) {
	for done := 0; len(s.pending) > 0 && (n == 0 || done < n); done++ {
		next := s.pending[0]
		s.pending = s.pending[1:]
		next.ns.partitions[next.pid].queued = false
		s.announce(next.ns.migrate(next.pid))
		next.ns.queue(next.pid) // at the end of the queue: replicas wait until masters are complete
	}
	if len(s.pending) == 0 {
		s.pending = nil
	}
}

// pendingMigrations returns the number of pending migrations. The server's lock must be held.
func (s *Server) pendingMigrations() (n int) {
	for _, next := range s.pending {
		n += next.ns.owners(next.pid).Pending()
	}
	return n
}

// startMigrating starts pending migrations as Options.MigrateEvery says. The server's lock must be
// held.
func (s *Server) startMigrating() {
	switch every := s.options.MigrateEvery; {
	case every == 0:
		s.migrate(0)
	case every > 0 && len(s.pending) > 0 && !s.migrating:
		s.migrating = true
		s.wg.Go(func() { s.migrateEvery(every) })
	}
}

// migrateEvery runs one migration per pause until none is pending.
func (s *Server) migrateEvery(pause time.Duration) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-s.closed:
			return
		case <-ticker.C:
		}
		s.mu.Lock()
		s.migrate(1)
		s.migrating = len(s.pending) > 0
		done := !s.migrating
		s.mu.Unlock()
		if done {
			return
		}
	}
}

// MovePartition makes a node the master of a partition, regardless of the succession list. The
// other nodes keep their order after it. This lasts until the node leaves the cluster. The
// partition migrates as after any other change: the node becomes master at once if it has a
// complete copy, otherwise when its copy is complete.
func (s *Server) MovePartition(namespace string, pid uint16, node string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.node(node)
	if err != nil {
		return err
	}
	ns := s.namespace([]byte(namespace))
	switch {
	case ns == nil:
		return fmt.Errorf("devserver: %w %q", ErrNoNamespace, namespace)
	case pid >= protocol.PartitionCount:
		return fmt.Errorf("devserver: partition %d is out of range: a namespace has %d", pid, protocol.PartitionCount)
	case ns.owners(pid).Place(n.number) < 0:
		return fmt.Errorf("devserver: node %s does not belong to the cluster", node)
	}
	s.movePartition(ns, pid, n.number)
	return nil
}

func (s *Server) movePartition(ns *namespace, pid uint16, node int) {
	ns.moved.set(pid, node)
	nodes, present := ns.ownerCandidates()
	p := &ns.partitions[pid]
	p.mu.Lock()
	before := p.owners.Load()
	ns.reassign(p, ns.nextOwners(pid, nodes, present, false), nil)
	changed := changes(before, p.owners.Load())
	p.mu.Unlock()
	s.announce(changed)
	ns.queue(pid)
	s.startMigrating()
}

// MovePartitions n times moves a random partition of the namespace to a random node of the cluster.
func (s *Server) MovePartitions(namespace string, n int, rng *rand.Rand) error {
	for range n {
		names := s.MemberNames()
		if len(names) == 0 {
			return fmt.Errorf("devserver: the cluster has no nodes")
		}
		pid := uint16(rng.IntN(protocol.PartitionCount))
		if err := s.MovePartition(namespace, pid, names[rng.IntN(len(names))]); err != nil {
			return err
		}
	}
	return nil
}

// A movedPartitions maps partitions to the masters that MovePartition chose.
type movedPartitions map[uint16]int

func (m *movedPartitions) set(pid uint16, node int) {
	if *m == nil {
		*m = make(movedPartitions)
	}
	(*m)[pid] = node
}

// order moves the chosen node to the front.
func (m *movedPartitions) order(pid uint16, order []int) []int {
	node, ok := (*m)[pid]
	if !ok {
		return order
	}
	if !slices.Contains(order, node) {
		delete(*m, pid) // the node has left
		return order
	}
	others := slices.DeleteFunc(slices.Clone(order), func(n int) bool { return n == node })
	return append([]int{node}, others...)
}
