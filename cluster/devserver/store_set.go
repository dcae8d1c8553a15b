package devserver

import (
	"sync/atomic"

	"github.com/aerosql/aerosql/protocol"
)

// maxSets is the largest number of sets that can be created in a namespace.
const maxSets = 4095

// A set groups records of a namespace. It is created with its first record and never removed.
type set struct {
	name      string
	truncated atomic.Uint64 // records last updated before this time are gone
	usage     []usage       // by node number
	indexed   atomic.Bool   // whether every copy of a partition has an index over it
	monitors  bool          // whether its records are transaction monitors
	options   atomic.Pointer[setOptions]
}

// findSet returns the set with the given name, nil if there is none.
func (ns *namespace) findSet(name []byte) *set {
	ns.setsMu.RLock()
	defer ns.setsMu.RUnlock()
	return ns.sets[string(name)]
}

// createSet returns the set with the given name, creating it if necessary. For an empty name it
// returns nil.
func (ns *namespace) createSet(name []byte) (*set, protocol.ResultCode) {
	if len(name) == 0 {
		return nil, protocol.OK
	}
	if s := ns.findSet(name); s != nil {
		return s, protocol.OK
	}
	if ns.refusesSet(name) {
		return nil, protocol.UnsupportedFeature
	}
	if len(name) > protocol.MaxSetLen {
		return nil, protocol.ParameterError
	}
	ns.setsMu.Lock()
	defer ns.setsMu.Unlock()
	if s := ns.sets[string(name)]; s != nil {
		return s, protocol.OK
	}
	if len(ns.names) >= maxSets {
		return nil, protocol.ParameterError
	}
	s := &set{name: string(name), usage: make([]usage, maxNodes)}
	s.monitors = ns.strong() && s.name == monitorSet
	ns.sets[s.name] = s
	ns.names = append(ns.names, s.name)
	return s, protocol.OK
}

// recordSet returns the set for a new record.
func (c *command) recordSet() (*set, protocol.ResultCode) {
	s, code := c.ns.createSet(c.setName)
	if s != nil && s.refusesRecord(c.ns.master(c.pid)) {
		return nil, protocol.Forbidden
	}
	return s, code
}

// allSets returns the sets in order of creation.
func (ns *namespace) allSets() []*set {
	ns.setsMu.RLock()
	defer ns.setsMu.RUnlock()
	sets := make([]*set, len(ns.names))
	for i, name := range ns.names {
		sets[i] = ns.sets[name]
	}
	return sets
}
