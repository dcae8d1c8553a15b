package cluster

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// A meter has what a client counts. It belongs to the client and outlives its nodes.
type meter struct {
	on     atomic.Bool
	noNode atomic.Int64

	// spaces is replaced as a whole, so that commands read it without a lock.
	spaces atomic.Pointer[map[meterPlace]*spaceMeter]
	// mu serialises the changes of spaces, and guards traffic.
	mu      sync.Mutex
	traffic map[string]*link.Traffic // by the nodes' names
}

type meterPlace struct{ node, namespace string }

// A spaceMeter counts what becomes of the commands about one namespace that one node is sent.
type spaceMeter struct {
	latency                    [families]latencyMeter
	retries, timeouts, inDoubt atomic.Int64
	refusals                   [256]atomic.Int64 // by result code
	failures                   [failureKinds]atomic.Int64
}

func newMeter(on bool) *meter {
	m := &meter{traffic: make(map[string]*link.Traffic)}
	m.on.Store(on)
	m.spaces.Store(&map[meterPlace]*spaceMeter{})
	return m
}

// trafficOf returns the counter of a node's bytes.
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

// space returns the counters of a namespace on a node.
func (m *meter) space(node, namespace string) *spaceMeter {
	place := meterPlace{node, namespace}
	if s := (*m.spaces.Load())[place]; s != nil {
		return s
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.spaces.Load()
	if s := old[place]; s != nil {
		return s
	}
	next := maps.Clone(old)
	s := new(spaceMeter)
	next[place] = s
	m.spaces.Store(&next)
	return s
}

// failed counts a failure.
func (s *spaceMeter) failed(f *failure) {
	if f.code != protocol.OK {
		s.refused(f.code)
		return
	}
	kind := f.kind()
	if kind == failureTimeout || kind == failurePool {
		s.timeouts.Add(1)
	}
	s.failures[kind].Add(1)
}

// refused counts a verdict of the server that is not OK.
func (s *spaceMeter) refused(code protocol.ResultCode) {
	if code == protocol.ServerTimeout {
		s.timeouts.Add(1)
	}
	if code >= 0 && int(code) < len(s.refusals) {
		s.refusals[code].Add(1)
	} else {
		s.failures[failureOther].Add(1)
	}
}
