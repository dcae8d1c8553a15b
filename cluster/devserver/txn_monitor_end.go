package devserver

import (
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
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

// longAgo is an end that is always due.
const longAgo = 1

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
		if again := ns.endTransaction(&digest); again != nil {
			ns.monitors.open(again)
		}
		ns.monitors.active.Add(-1)
	}
}

// endTransaction rolls the records of a transaction forward if its client has asked for that, else back. It
// returns the monitor if it is to be tried again, because nobody decides about some of the records now.
func (ns *namespace) endTransaction(digest *protocol.Digest) (again *record) {
	monitor, counters := ns.condemn(digest)
	if monitor == nil || monitor.tombstone {
		return nil
	}
	if counters == nil {
		return monitor
	}
	forward := monitor.forward()
	transaction, keys := monitor.lockedRecords()
	for i := range keys {
		code := ns.rollLeft(&keys[i], transaction, forward)
		counters.rolls(forward).count(code)
		counters.monitorRolls(forward).count(code)
		if code != protocol.OK {
			again = monitor
		}
	}
	if again == nil {
		ns.buryMonitor(digest)
	}
	return again
}

// rollLeft ends a lock that a client has left.
func (ns *namespace) rollLeft(d *protocol.Digest, transaction uint64, forward bool) protocol.ResultCode {
	p := &ns.partitions[d.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owners.Load().Working == balance.NoNode {
		return protocol.PartitionUnavailable
	}
	ns.roll(p, d, transaction, forward)
	return protocol.OK
}

// condemn fixes the outcome of a transaction, which no client can change any more, and returns its monitor, with
// the counters of the node that ends it. Without a node that decides about the monitor, there are no counters, and
// nothing is known of the monitor but that it is due.
func (ns *namespace) condemn(digest *protocol.Digest) (monitor *record, counters *transactionCounters) {
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	working := p.owners.Load().Working
	if working == balance.NoNode {
		return &record{digest: *digest, voidTime: longAgo}, nil
	}
	monitor = p.working().get(digest)
	if monitor == nil || monitor.tombstone || monitor.outcome != protocol.OK {
		return monitor, &ns.counters[working].transactions
	}
	next := *monitor
	next.outcome = monitor.verdict()
	ns.store(p, &next)
	return &next, &ns.counters[working].transactions
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
