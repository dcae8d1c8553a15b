package devserver

import (
	"errors"
	"fmt"
	"maps"
	"net"

	"github.com/aerosql/aerosql/protocol"
)

// ErrUnsettled is the error of Fork while the cluster is changing. The error says what is missing.
var ErrUnsettled = errors.New("devserver: the cluster is not settled")

// Fork starts a copy of the cluster: nodes of the same names, namespaces, records, indexes,
// modules, users and configuration. The copy shares the records until one of the two changes them,
// so a fork is fast and needs little memory however many records there are. Changes of one are not
// visible in the other.
//
// The fork has its own connections, faults, counters, history and queries, all empty at first. If
// the cluster listens on TCP, the nodes of the fork listen at the same host on free ports;
// [Server.Seeds] returns them. Sessions are not copied: clients log in again. The caller must close
// the fork. Either can be closed first.
//
// All nodes must be running, without migrations or a call of [Server.HoldCluster] in effect;
// otherwise the error wraps [ErrUnsettled]. Fork waits for secondary indexes that are being built.
func (s *Server) Fork() (*Server, error) {
	s.awaitIndexes()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayFork(); err != nil {
		return nil, err
	}
	f := &Server{options: s.options, closed: make(chan struct{}), opened: make(chan struct{})}
	f.options.Nodes, f.options.DataDir = len(s.nodes()), ""
	if s.options.Listen != "" {
		host, _, _ := net.SplitHostPort(s.options.Listen)
		f.options.Listen = net.JoinHostPort(host, "0")
	}
	f.clock.now = s.clock.now
	f.clock.offset.Store(s.clock.offset.Load())
	f.clock.floor.Store(s.clock.floor.Load())
	f.limits.max.Store(s.limits.max.Load())
	f.limits.idle.Store(s.limits.idle.Load())
	if s.history != nil {
		f.history = new(history)
	}
	if s.security != nil {
		f.security = &security{options: s.security.options, directory: s.security.directory.Clone(), clock: s.security.clock}
	}
	s.copySettings(f)
	if err := f.startForked(s); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// mayFork reports why the cluster can't be forked now. The server's lock must be held.
func (s *Server) mayFork() error {
	switch {
	case s.isClosed():
		return ErrClosed
	case s.options.Answer != nil:
		return errors.New("devserver: a server with Options.Answer can't be forked")
	case s.holds > 0:
		return fmt.Errorf("%w: its membership is held", ErrUnsettled)
	case s.pendingMigrations() > 0:
		return fmt.Errorf("%w: partitions are migrating", ErrUnsettled)
	}
	for _, n := range s.nodes() {
		if !n.process.isUp() || n.lost || n.process.frozen.Load() != nil {
			return fmt.Errorf("%w: node %s does not run", ErrUnsettled, n.name)
		}
	}
	return nil
}

// copySettings copies what is not in a namespace.
func (s *Server) copySettings(f *Server) {
	for _, m := range s.modules.all() {
		f.modules.put(m)
	}
	f.settings.values = make(map[string]string)
	s.settings.copyTo(f.settings.values)
	s.metadata.copyTo(&f.metadata)
	s.shippingFilters.copyTo(&f.shippingFilters)
}

// startForked starts the nodes and copies the namespaces of the original.
func (f *Server) startForked(s *Server) error {
	var nodes []*node
	for i := range f.options.Nodes {
		nodes = append(nodes, newNode(f, i))
	}
	f.list.Store(&nodes)
	f.namespaces.Store(&namespaceList{})
	f.cluster.Store(new(formation))
	f.mu.Lock()
	f.recluster()
	f.mu.Unlock()
	list := &namespaceList{}
	for _, ns := range s.namespaces.Load().list {
		list = list.with(ns.forkTo(f))
	}
	f.namespaces.Store(list)
	for _, ns := range list.list {
		f.wg.Go(ns.supervise)
	}
	for _, n := range nodes {
		n.partitionGeneration.Add(1)
		if err := n.start(f.addressOf(n.number)); err != nil {
			close(f.opened)
			return err
		}
	}
	close(f.opened)
	return nil
}

// forkTo returns a copy of the namespace for a fork. The lock of the original's server must be
// held, so that owners and namespaces don't change.
func (ns *namespace) forkTo(f *Server) *namespace {
	next := newNamespace(f, *ns.config())
	for node := range ns.racks {
		next.racks[node].Store(ns.racks[node].Load())
	}
	next.settings.values = make(map[string]string)
	ns.settings.copyTo(next.settings.values)
	next.moved = maps.Clone(ns.moved)
	ns.roster.copyTo(&next.roster)
	next.rebalances.Store(ns.rebalances.Load())
	next.truncated.Store(ns.truncated.Load())
	x := &ns.server.indexes
	x.mu.Lock()
	defer x.mu.Unlock()
	// All partitions are locked at once, so that the copy is of one moment and the counters agree.
	for pid := range ns.partitions {
		ns.partitions[pid].mu.Lock()
	}
	defer func() {
		for pid := range ns.partitions {
			ns.partitions[pid].mu.Unlock()
		}
	}()
	indexes := next.forkIndexes(ns)
	for pid := range ns.partitions {
		next.partitions[pid].share(&ns.partitions[pid], indexes, next)
	}
	for node := range ns.usage {
		ns.usage[node].copyTo(&next.usage[node])
	}
	ns.monitors.copyTo(&next.monitors)
	return next
}

// share makes p a copy of a partition of the original, whose lock must be held.
func (p *partition) share(from *partition, indexes map[*secondaryIndex]*secondaryIndex, ns *namespace) {
	p.owners.Store(from.owners.Load())
	for node, x := range from.copies {
		if x == nil {
			continue
		}
		if !x.frozen { // other forks read what is frozen, under locks of their own
			x.frozen = true
		}
		p.copies[node] = x
	}
	for _, si := range from.indexes {
		p.indexes = append(p.indexes, indexes[si])
	}
	for _, s := range from.sets {
		p.sets = append(p.sets, ns.setOf(s.setID))
	}
}

// forkIndexes copies the sets and the secondary indexes. It returns the new indexes by the old
// ones.
func (ns *namespace) forkIndexes(from *namespace) map[*secondaryIndex]*secondaryIndex {
	from.setsMu.RLock()
	var sets []*set
	for _, s := range from.allSets() {
		next := &set{setID: s.setID, usage: make([]usage, maxNodes)}
		next.truncated.Store(s.truncated.Load())
		next.indexed.Store(s.indexed.Load())
		next.options.Store(s.options.Load())
		for node := range s.usage {
			s.usage[node].copyTo(&next.usage[node])
		}
		sets = append(sets, next)
		ns.sets[next.name] = next
	}
	from.setsMu.RUnlock()
	ns.setList.Store(&sets)
	copies := make(map[*secondaryIndex]*secondaryIndex)
	for _, d := range from.server.indexes.list {
		if d.namespace != from.name {
			continue
		}
		if d.live != nil {
			copies[d.live] = d.live.forkTo(ns)
		}
		ns.server.indexes.list = append(ns.server.indexes.list, registeredIndex{d.indexDefinition, copies[d.live]})
	}
	return copies
}

// forkTo returns a copy of a built index for a fork.
func (si *secondaryIndex) forkTo(ns *namespace) *secondaryIndex {
	next := &secondaryIndex{
		origin: si.origin, ns: ns, bin: si.bin, expression: si.expression, target: si.target,
		nodes: make([]secondaryUsage, len(si.nodes)), finished: make(chan struct{}),
	}
	if si.set != nil {
		next.set = ns.setOf(si.set.setID)
	}
	close(next.finished)
	next.ready.Store(si.ready.Load())
	next.loaded.Store(protocol.PartitionCount)
	next.loadTime.Store(si.loadTime.Load())
	for node := range si.nodes {
		from, to := &si.nodes[node], &next.nodes[node]
		to.entries.Store(from.entries.Load())
		to.chunks.Store(from.chunks.Load())
		to.perValue.Store(from.perValue.Load())
		to.perRecord.Store(from.perRecord.Load())
	}
	return next
}

// copyTo copies the counts.
func (u *usage) copyTo(to *usage) {
	to.objects.Store(u.objects.Load())
	to.tombstones.Store(u.tombstones.Load())
	to.locked.Store(u.locked.Load())
	to.bytes.Store(u.bytes.Load())
}

// awaitIndexes waits until the indexes that are being built now are complete.
func (s *Server) awaitIndexes() {
	for _, d := range s.indexes.in("") {
		if d.live != nil {
			<-d.live.finished
		}
	}
}
