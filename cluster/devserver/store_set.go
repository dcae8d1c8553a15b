package devserver

import (
	"slices"
	"sync/atomic"

	"github.com/aerosql/aerosql/protocol"
)

// maxSets is the largest number of sets that can be created in a namespace.
const maxSets = 4095

// A setID identifies a set of a namespace. Records refer to it, not to the set, because forks of a
// server share records but count them on their own.
type setID struct {
	name     string
	number   int  // index into namespace.setList
	monitors bool // whether its records are transaction monitors
}

// A set groups records of a namespace. It is created with its first record and never removed.
type set struct {
	*setID
	truncated atomic.Uint64 // records last updated before this time are gone
	usage     []usage       // by node number
	indexed   atomic.Bool   // whether every copy of a partition has an index over it
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
	list := *ns.setList.Load()
	if len(list) >= maxSets {
		return nil, protocol.ParameterError
	}
	id := &setID{name: string(name), number: len(list), monitors: ns.strong() && string(name) == monitorSet}
	s := &set{setID: id, usage: make([]usage, maxNodes)}
	ns.sets[s.name] = s
	list = append(slices.Clone(list), s)
	ns.setList.Store(&list)
	return s, protocol.OK
}

// setOf returns the set of a record, nil if it is in none.
func (ns *namespace) setOf(id *setID) *set {
	if id == nil {
		return nil
	}
	return (*ns.setList.Load())[id.number]
}

// id returns what records of the set refer to. A nil set has a nil id.
func (s *set) id() *setID {
	if s == nil {
		return nil
	}
	return s.setID
}

// recordSet returns the set for a new record.
func (c *command) recordSet() (*setID, protocol.ResultCode) {
	s, code := c.ns.createSet(c.setName)
	if s != nil && s.refusesRecord(c.ns.master(c.pid)) {
		return nil, protocol.Forbidden
	}
	return s.id(), code
}

// allSets returns the sets in order of creation.
func (ns *namespace) allSets() []*set { return *ns.setList.Load() }
