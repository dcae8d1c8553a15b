package cluster

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// A meter has a client's counters. It outlives the client's nodes.
type meter struct {
	on     atomic.Bool
	noNode atomic.Int64

	// namespaces is replaced as a whole when a namespace is added, so that commands read it without
	// a lock.
	namespaces atomic.Pointer[map[meterKey]*namespaceMeter]
	// mu serializes changes of namespaces, and guards traffic.
	mu      sync.Mutex
	traffic map[string]*link.Traffic // by node name
}

type meterKey struct{ node, namespace string }

// A namespaceMeter has the counters for one namespace on one node.
type namespaceMeter struct {
	latency                    [families]latencyMeter
	retries, timeouts, inDoubt atomic.Int64
	hedges, hedgesWon          atomic.Int64
	refusals                   [256]atomic.Int64 // by result code
	failures                   [failureKinds]atomic.Int64
}

func newMeter(on bool) *meter {
	m := &meter{traffic: make(map[string]*link.Traffic)}
	m.on.Store(on)
	m.namespaces.Store(&map[meterKey]*namespaceMeter{})
	return m
}

// trafficOf returns a node's byte counters.
func (m *meter) trafficOf(node string) *link.Traffic {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.traffic[node]
	if t == nil {
		t = &link.Traffic{On: &m.on}
		m.traffic[node] = t
	}
	return t
}

// namespace returns the counters for a namespace on a node.
func (m *meter) namespace(node, namespace string) *namespaceMeter {
	place := meterKey{node, namespace}
	if s := (*m.namespaces.Load())[place]; s != nil {
		return s
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.namespaces.Load()
	if s := old[place]; s != nil {
		return s
	}
	next := maps.Clone(old)
	s := new(namespaceMeter)
	next[place] = s
	m.namespaces.Store(&next)
	return s
}

// countFailure counts a failed try.
func (s *namespaceMeter) countFailure(f *failure) {
	if f.code != protocol.OK {
		s.countRefusal(f.code)
		return
	}
	kind := f.kind()
	if kind == failureTimeout || kind == failurePool {
		s.timeouts.Add(1)
	}
	s.failures[kind].Add(1)
}

// countRefusal counts a result code from the server other than OK.
func (s *namespaceMeter) countRefusal(code protocol.ResultCode) {
	if code == protocol.ServerTimeout {
		s.timeouts.Add(1)
	}
	if code >= 0 && int(code) < len(s.refusals) {
		s.refusals[code].Add(1)
	} else {
		s.failures[failureOther].Add(1)
	}
}
