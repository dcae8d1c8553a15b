package devserver

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// A monitorRegistry holds the open transactions of a namespace. An abandoned transaction is ended
// by the next command on the namespace after its deadline. Clients can't distinguish this from a
// server that does it at once, and it follows the cluster's clock.
type monitorRegistry struct {
	mu     sync.Mutex
	ends   map[protocol.Digest]uint32 // deadlines by monitor digest
	first  atomic.Uint32              // no deadline is earlier; 0 if there are none
	active atomic.Int64               // number of transactions being ended
}

// monitorGrace is how many seconds after its deadline the server ends a transaction.
const monitorGrace = 1

// alwaysDue is a deadline that has always passed.
const alwaysDue = 1

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

// forget removes a transaction that its client has ended.
func (m *monitorRegistry) forget(monitor *protocol.Digest) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.ends, *monitor)
}

func (m *monitorRegistry) copyTo(to *monitorRegistry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	to.ends = maps.Clone(m.ends)
	to.first.Store(m.first.Load())
}

// due removes the transactions whose deadlines have passed and returns their monitors.
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

// endTransactions ends abandoned transactions. The caller must not hold a partition's lock.
func (ns *namespace) endTransactions() {
	if ns.monitors.first.Load() == 0 {
		return // the usual case, without asking for the time
	}
	for _, digest := range ns.monitors.due(ns.server.clock.seconds()) {
		ns.monitors.active.Add(1)
		if again := ns.endTransaction(&digest); again != nil {
			ns.monitors.open(again)
		}
		ns.monitors.active.Add(-1)
	}
}

// endTransaction rolls the records of a transaction forward if its client asked for that, otherwise
// back. If some of the partitions are unavailable, it returns the monitor so that the caller can
// try again later.
func (ns *namespace) endTransaction(digest *protocol.Digest) (again *record) {
	monitor, counters := ns.fixOutcome(digest)
	if monitor == nil || monitor.tombstone {
		return nil
	}
	if counters == nil {
		return monitor
	}
	forward := monitor.rollsForward()
	transaction, keys := monitor.lockedRecords()
	for i := range keys {
		code := ns.rollAbandoned(&keys[i], transaction, forward)
		counters.rolls(forward).count(code)
		counters.monitorRolls(forward).count(code)
		if code != protocol.OK {
			again = monitor
		}
	}
	if again == nil {
		ns.replaceMonitor(digest)
	}
	return again
}

// rollAbandoned rolls one lock of an abandoned transaction forward or back.
func (ns *namespace) rollAbandoned(d *protocol.Digest, transaction uint64, forward bool) protocol.ResultCode {
	p := &ns.partitions[d.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.owners.Load().Working == balance.NoNode {
		return protocol.PartitionUnavailable
	}
	ns.roll(p, d, transaction, forward)
	return protocol.OK
}

// fixOutcome fixes the outcome of a transaction, so that clients can't change it any more. It
// returns the monitor and the counters of the working master, which ends the transaction. If the
// monitor's partition is unavailable, the counters are nil and the returned monitor is only a
// placeholder that is always due.
func (ns *namespace) fixOutcome(digest *protocol.Digest) (monitor *record, counters *transactionCounters) {
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	working := p.owners.Load().Working
	if working == balance.NoNode {
		return &record{digest: *digest, voidTime: alwaysDue}, nil
	}
	monitor = p.working().get(digest)
	if monitor == nil || monitor.tombstone || monitor.outcome != protocol.OK {
		return monitor, &ns.counters[working].transactions
	}
	next := *monitor
	next.outcome = monitor.intendedOutcome()
	ns.store(p, &next)
	return &next, &ns.counters[working].transactions
}

// replaceMonitor replaces a monitor by a tombstone that holds only the outcome of its transaction.
func (ns *namespace) replaceMonitor(digest *protocol.Digest) {
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	defer p.mu.Unlock()
	monitor := p.working().get(digest)
	if monitor == nil || monitor.tombstone {
		return
	}
	next := &record{digest: *digest, set: monitor.set, outcome: monitor.outcome,
		generation: ns.nextGeneration(monitor.generation), lastUpdate: max(ns.server.clock.millis(), monitor.lastUpdate)}
	next.makeTombstone()
	ns.store(p, next)
}
