package devserver

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// MigrateManually is a value of Options.MigrateEvery.
const MigrateManually time.Duration = -1

// A pendingPartition is one with migrations to be made.
type pendingPartition struct {
	ns  *namespace
	pid uint16
}

// rebalance gives every partition of the namespace its owners among the nodes of the cluster. Partitions with
// migrations to be made are added to the server's. The server's lock must be held.
func (ns *namespace) rebalance() {
	nodes, present := ns.keepers()
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

// A succeeding ownership is the next one of a partition; fresh if it begins anew, without records.
type succeeding struct {
	balance.Ownership
	fresh bool
}

// nextOwners decides who is to own a partition that the given nodes are to keep, of which some are present.
func (ns *namespace) nextOwners(pid uint16, nodes []*node, present balance.Set, revived bool) (next succeeding) {
	order := ns.moved.adjust(pid, ns.spread(successionOf(nodes, pid)))
	before, replicas := ns.owners(pid), ns.config().ReplicationFactor
	if ns.strong() {
		next.Ownership, next.fresh = before.RebalanceStrong(order, present, replicas, revived)
	} else {
		next.Ownership, next.fresh = before.Rebalance(order, replicas)
	}
	return next
}

// queue puts a partition that has migrations to be made behind the others. The server's lock must be held.
func (ns *namespace) queue(pid uint16) {
	p := &ns.partitions[pid]
	if !p.queued && ns.owners(pid).Pending() > 0 {
		p.queued = true
		ns.server.pending = append(ns.server.pending, pendingPartition{ns, pid})
	}
}

// reassign gives a partition new owners. Who has left takes its copy along, and who has come back brings what
// it had: where that is newer, it counts. The partition's lock must be held; space is scratch space, which is returned.
func (ns *namespace) reassign(p *partition, next succeeding, space []*record) []*record {
	old := p.working()
	for node, x := range p.copies {
		if x != nil && next.Place(node) < 0 {
			p.keep(node, x)
			space = ns.leave(p, node, space)
		}
	}
	kept := p.owners.Load().Kept
	ns.take(p, next.Ownership)
	if next.fresh {
		// What replicas have got that were not complete yet is all that there is.
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

// restore gives a node that has come back the copy that it had, which nobody's is ahead of.
func (ns *namespace) restore(p *partition, node int, x *index, space []*record) []*record {
	space = x.appendDescending(space[:0], nil)
	for _, r := range space {
		ns.put(node, p.copies[node], r)
	}
	return space
}

// keep sets a copy aside for a node that has left, in case it comes back with its data.
func (p *partition) keep(node int, x *index) {
	if x.count == 0 {
		return
	}
	if p.kept == nil {
		p.kept = make(map[int]*index)
	}
	p.kept[node] = x
}

// noteLost tells the history which of the records that were there nobody has any more.
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

// take makes next the owners: nodes that are to hold the partition get a copy to be filled, others lose theirs.
func (ns *namespace) take(p *partition, next balance.Ownership) {
	holders := next.Holders()
	for node := range p.copies {
		switch {
		case holders.Has(node) && p.copies[node] == nil:
			p.copies[node] = p.newCopy()
		case !holders.Has(node) && p.copies[node] != nil:
			ns.leave(p, node, nil)
		}
	}
	p.owners.Store(&next)
}

// leave takes a node's copy away and out of the figures. Queries that are reading it go on with it.
func (ns *namespace) leave(p *partition, node int, space []*record) []*record {
	x := p.copies[node]
	p.copies[node] = nil
	space = x.appendDescending(space[:0], nil)
	for _, r := range space {
		ns.addUsage(node, r, -1)
	}
	for _, t := range x.secondary {
		t.discount(node)
	}
	return space
}

// merge adds what one copy has to all: records that nobody else has, and newer ones, as the resolution of conflicts
// by generations has it. kind is how the history tells of them, 0 for not at all.
func (ns *namespace) merge(p *partition, x *index, kind EventKind, space []*record) []*record {
	space = x.appendDescending(space[:0], nil)
	for _, r := range space {
		old := p.working().get(&r.digest)
		if r.doomed(ns, ns.server.clock.seconds()) || old != nil && old != r && !r.supersedes(old) {
			continue
		}
		ns.putAll(p, r)
		if kind != 0 && r != old {
			ns.server.history.note(kind, ns, &r.digest, r, nil)
		}
	}
	return space
}

// supersedes reports whether of two versions that nodes have written without knowing of each other this one
// is kept: the one of the greater generation, where half a turn counts as behind, or else of the later update.
func (r *record) supersedes(other *record) bool {
	if r.generation != other.generation {
		return int16(r.generation-other.generation) > 0
	}
	return r.lastUpdate > other.lastUpdate
}

// migrate makes the next migration of a partition and returns the nodes that tell clients something else from
// now on. The server's lock must be held.
func (ns *namespace) migrate(pid uint16) (changed balance.Set) {
	p := &ns.partitions[pid]
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.owners.Load()
	m, ok := before.Next()
	if !ok {
		return 0
	}
	to := p.copies[m.To]
	for _, r := range p.copies[m.From].appendDescending(nil, nil) {
		ns.put(m.To, to, r)
	}
	next := before.Moved(m)
	ns.take(p, next)
	return changes(before, &next)
}

// isMigrating reports whether any partition of the namespace has migrations to be made.
func (ns *namespace) isMigrating() bool {
	for pid := range uint16(protocol.PartitionCount) {
		if ns.owners(pid).Pending() > 0 {
			return true
		}
	}
	return false
}

// changes are the nodes whose columns differ.
func changes(before, next *balance.Ownership) (changed balance.Set) {
	for _, n := range next.Order {
		if before.Columns(n) != next.Columns(n) {
			changed |= balance.Of(n)
		}
	}
	return changed
}

// announce has the nodes count that their partition maps have changed.
func (s *Server) announce(changed balance.Set) {
	for _, n := range s.nodes() {
		if changed.Has(n.number) {
			n.partitionGeneration.Add(1)
		}
	}
}

// Migrate makes up to n of the migrations that are pending, all if n is 0, and returns how many are left. With
// Options.MigrateEvery left at 0 there are never any.
func (s *Server) Migrate(n int) (left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.migrate(n)
	return s.pendingMigrations()
}

// migrate makes up to n pending migrations, all if n is 0. The server's lock must be held.
func (s *Server) migrate(n int) {
	for done := 0; len(s.pending) > 0 && (n == 0 || done < n); done++ {
		next := s.pending[0]
		s.pending = s.pending[1:]
		next.ns.partitions[next.pid].queued = false
		s.announce(next.ns.migrate(next.pid))
		next.ns.queue(next.pid) // behind the others: replicas wait until masters have what they need
	}
	if len(s.pending) == 0 {
		s.pending = nil
	}
}

// pendingMigrations counts what is pending. The server's lock must be held.
func (s *Server) pendingMigrations() (n int) {
	for _, next := range s.pending {
		n += next.ns.owners(next.pid).Pending()
	}
	return n
}

// startMigrating makes pending migrations in the way that the options want. The server's lock must be held.
func (s *Server) startMigrating() {
	switch every := s.options.MigrateEvery; {
	case every == 0:
		s.migrate(0)
	case every > 0 && len(s.pending) > 0 && !s.migrating:
		s.migrating = true
		s.wg.Go(func() { s.migrateEvery(every) })
	}
}

// migrateEvery makes a migration each time that the pause has passed, until none is pending.
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

// MovePartition makes a node the master of a partition, whatever the succession says; the others keep their order
// behind it. It stays so until the node leaves the cluster. The partition migrates as after any other
// change: the node becomes master at once if it has a complete copy, else when it has got one.
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
		return fmt.Errorf("devserver: no namespace %q", namespace)
	case pid >= protocol.PartitionCount:
		return fmt.Errorf("devserver: partition %d, a namespace has %d", pid, protocol.PartitionCount)
	case ns.owners(pid).Place(n.number) < 0:
		return fmt.Errorf("devserver: node %s does not belong to the cluster", node)
	}
	s.movePartition(ns, pid, n.number)
	return nil
}

func (s *Server) movePartition(ns *namespace, pid uint16, node int) {
	ns.moved.set(pid, node)
	nodes, present := ns.keepers()
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

// MovePartitions makes n draws of a partition of the namespace and a node, and moves the one to the other.
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

// A movedPartitions says which partitions have a master of their own choice.
type movedPartitions map[uint16]int

func (m *movedPartitions) set(pid uint16, node int) {
	if *m == nil {
		*m = make(movedPartitions)
	}
	(*m)[pid] = node
}

// adjust puts the chosen node in front.
func (m *movedPartitions) adjust(pid uint16, order []int) []int {
	node, ok := (*m)[pid]
	if !ok {
		return order
	}
	if !slices.Contains(order, node) {
		delete(*m, pid) // it has left
		return order
	}
	others := slices.DeleteFunc(slices.Clone(order), func(n int) bool { return n == node })
	return append([]int{node}, others...)
}
