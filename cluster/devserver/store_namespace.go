package devserver

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// A namespaceList holds the cluster's namespaces. It is immutable; changes replace it.
type namespaceList struct {
	list   []*namespace
	byName map[string]*namespace
}

func (l *namespaceList) with(ns *namespace) *namespaceList {
	next := &namespaceList{list: append(slices.Clone(l.list), ns), byName: make(map[string]*namespace)}
	for _, ns := range next.list {
		next.byName[ns.name] = ns
	}
	return next
}

// A namespace holds records in partitions, and its sets.
type namespace struct {
	server     *Server
	name       string
	options    atomic.Pointer[NamespaceOptions]
	configMu   sync.Mutex // serializes changes of options
	settings   settings
	moved      movedPartitions // guarded by the server's lock
	racks      [maxNodes]atomic.Int64
	roster     roster
	revived    atomic.Bool  // dead partitions become available at the next rebalance
	rebalances atomic.Int64 // number of rebalances
	expiry     [maxNodes]expiry
	// periodChanged wakes the supervisor when NsupPeriod changes.
	periodChanged chan struct{}
	partitions    [protocol.PartitionCount]partition
	truncated     atomic.Uint64 // records last updated before this time are gone
	usage         []usage       // by node number
	counters      []counters    // by node number
	monitors      monitorRegistry

	setConfig setConfig

	setsMu  sync.RWMutex
	sets    map[string]*set
	setList atomic.Pointer[[]*set] // in order of creation; replaced under setsMu
}

// usage counts the contents of a node's copies.
type usage struct {
	objects    atomic.Int64
	tombstones atomic.Int64
	locked     atomic.Int64 // by transactions
	bytes      atomic.Int64
}

func (u *usage) add(r *record, sign int64) {
	if r.tombstone {
		u.tombstones.Add(sign)
	} else {
		u.objects.Add(sign)
	}
	if r.provisional() {
		u.locked.Add(sign)
	}
	u.bytes.Add(sign * int64(r.size))
}

func newNamespace(s *Server, options NamespaceOptions) *namespace {
	ns := &namespace{
		server: s, name: options.Name,
		usage: make([]usage, maxNodes), counters: make([]counters, maxNodes),
		sets: make(map[string]*set), periodChanged: make(chan struct{}, 1),
	}
	ns.options.Store(&options)
	ns.setList.Store(new([]*set))
	for node, rack := range options.Racks {
		ns.racks[node].Store(int64(rack))
	}
	unowned := &balance.Ownership{Working: balance.NoNode}
	for pid := range ns.partitions {
		ns.partitions[pid].owners.Store(unowned)
	}
	return ns
}

// config returns the current options.
func (ns *namespace) config() *NamespaceOptions { return ns.options.Load() }

// account updates a node's usage when the record now replaces old. Either may be nil.
func (ns *namespace) account(node int, old, now *record) {
	if old != nil {
		ns.addUsage(node, old, -1)
	}
	if now != nil {
		ns.addUsage(node, now, 1)
	}
}

func (ns *namespace) addUsage(node int, r *record, sign int64) {
	ns.usage[node].add(r, sign)
	if s := ns.setOf(r.set); s != nil {
		s.usage[node].add(r, sign)
	}
}
