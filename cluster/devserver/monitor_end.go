package devserver

import (
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/protocol"
)

// A monitorRegistry knows the transactions of a namespace that have not ended. Those that their
// clients have left are ended by whoever comes next to the namespace: nobody can tell the difference from a
// server that does it at once, and the time is that of the cluster's clock.
type monitorRegistry struct {
	mu     sync.Mutex
	ends   map[protocol.Digest]uint32 // of the transactions, by the digest of the monitor
	first  atomic.Uint32              // no end is before this one; 0 if there is none
	active atomic.Int64               // transactions that are being ended
}

// monitorGrace is how many seconds behind a transaction's end the server begins to end it.
const monitorGrace = 1

// open adds a transaction.
func (m *monitorRegistry) open(monitor *record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ends == nil {
		m.ends = make(map[protocol.Digest]uint32)
	}
	m.ends[monitor.digest] = monitor.voidTime
	m.lower(monitor.voidTime)
}

func (m *monitorRegistry) lower(end uint32) {
	if first := m.first.Load(); first == 0 || end < first {
		m.first.Store(end)
	}
}

// forget lets go of a transaction that its client has ended.
func (m *monitorRegistry) forget(monitor *protocol.Digest) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.ends, *monitor)
}

// due returns the monitors of the transactions that are to be ended at a time, and lets go of them.
func (m *monitorRegistry) due(now uint32) (monitors []protocol.Digest) {
	if first := m.first.Load(); first == 0 || first+monitorGrace >= now {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.first.Store(0)
	for digest, end := range m.ends {
		if end+monitorGrace < now {
			monitors = append(monitors, digest)
			delete(m.ends, digest)
		} else {
			m.lower(end)
		}
	}
	return monitors
}

// endTransactions ends what clients have left behind for too long. No partition's lock may be held.
func (ns *namespace) endTransactions() {
	for _, digest := range ns.monitors.due(ns.server.clock.seconds()) {
		ns.monitors.active.Add(1)
		ns.endTransaction(&digest)
		ns.monitors.active.Add(-1)
	}
}

// endTransaction rolls the records of a transaction forward if its client has asked for that, else back.
func (ns *namespace) endTransaction(digest *protocol.Digest) {
	monitor := ns.condemn(digest)
	if monitor == nil {
		return
	}
	counters := &ns.counters[ns.master(digest.Partition())].transactions
	forward := monitor.forward()
	transaction, keys := monitor.lockedRecords()
	for i := range keys {
		p := &ns.partitions[keys[i].Partition()]
		p.mu.Lock()
		ns.roll(p, &keys[i], transaction, forward)
		p.mu.Unlock()
		counters.rolls(forward).count(protocol.OK)
		counters.monitorRolls(forward).count(protocol.OK)
	}
	ns.buryMonitor(digest)
}

// condemn fixes the outcome of a transaction, which no client can change any more, and returns its monitor.
func (ns *namespace) condemn(digest *protocol.Digest) *record {
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	monitor := p.working().get(digest)
	if monitor == nil || monitor.tombstone {
		return nil
	}
	next := *monitor
	next.outcome = monitor.verdict()
	ns.store(p, &next)
	return &next
}

// buryMonitor leaves nothing of a monitor but how its transaction has ended.
func (ns *namespace) buryMonitor(digest *protocol.Digest) {
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	monitor := p.working().get(digest)
	if monitor == nil || monitor.tombstone {
		return
	}
	next := &record{digest: *digest, set: monitor.set, outcome: monitor.outcome,
		generation: ns.nextGeneration(monitor.generation), lastUpdate: max(ns.server.clock.millis(), monitor.lastUpdate)}
	next.bury()
	ns.store(p, next)
}
