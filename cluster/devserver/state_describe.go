package devserver

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A NodeState describes a node.
type NodeState struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	// TLSAddress is "" without TLS.
	TLSAddress string `json:"tls_address,omitempty"`
	// Running is false after KillNode and StopNode. Frozen is true after FreezeNode, Member is true
	// if the node belongs to the cluster.
	Running bool `json:"running"`
	Frozen  bool `json:"frozen"`
	Member  bool `json:"member"`
	// Connections is the number of open connections.
	Connections int `json:"connections"`
}

// Nodes describes all nodes in the order of Seeds, including those that do not run.
func (s *Server) Nodes() []NodeState {
	var list []NodeState
	for _, n := range s.nodes() {
		list = append(list, NodeState{
			Name: n.name, Address: n.address(), TLSAddress: n.tlsAddress(),
			Running: n.process.isUp(), Frozen: n.process.frozen.Load() != nil, Member: n.belongs(), Connections: n.process.connections(),
		})
	}
	return list
}

// A NamespaceState describes a namespace.
type NamespaceState struct {
	Name              string     `json:"name"`
	ReplicationFactor int        `json:"replication_factor"`
	StrongConsistency bool       `json:"strong_consistency"`
	DefaultTTL        uint32     `json:"default_ttl"` // in seconds
	Sets              []SetState `json:"sets"`
}

// A SetState describes a set of a namespace.
type SetState struct {
	Name string `json:"name"`
	// Records is the number of records. Expired records count until they are removed.
	Records int64 `json:"records"`
	// Bytes is the size of the records as on a device.
	Bytes int64 `json:"bytes"`
}

// Namespaces describes all namespaces with their sets. Replicas do not count.
func (s *Server) Namespaces() []NamespaceState {
	var list []NamespaceState
	for _, ns := range s.namespaces.Load().list {
		o := ns.config()
		state := NamespaceState{
			Name: ns.name, ReplicationFactor: o.ReplicationFactor, StrongConsistency: o.StrongConsistency, DefaultTTL: o.DefaultTTL,
			Sets: []SetState{},
		}
		counts := ns.countSets()
		for _, set := range ns.allSets() {
			if !set.monitors {
				c := counts[set.number]
				state.Sets = append(state.Sets, SetState{Name: set.name, Records: c.Records, Bytes: c.Bytes})
			}
		}
		list = append(list, state)
	}
	return list
}

// countSets counts the records of each set in the working copies.
func (ns *namespace) countSets() []SetState {
	counts := make([]SetState, len(ns.allSets())+1)
	var space []*record
	for pid := range ns.partitions {
		p := &ns.partitions[pid]
		p.mu.Lock()
		space = p.truth().appendDescending(space[:0], nil)
		p.mu.Unlock()
		for _, r := range space {
			if !r.tombstone && r.set != nil && r.set.number < len(counts) {
				counts[r.set.number].Records++
				counts[r.set.number].Bytes += int64(r.size)
			}
		}
	}
	return counts
}

// An IndexState describes a secondary index.
type IndexState struct {
	Namespace string `json:"namespace"`
	Set       string `json:"set"`
	Name      string `json:"name"`
	Bin       string `json:"bin"`
	// Type is numeric, string, blob or geo2dsphere; Collection is default, list, mapkeys,
	// mapvalues, or set for an index of a whole set.
	Type       string `json:"type"`
	Collection string `json:"collection"`
	// Ready reports whether queries can use the index. Percent is how much of it is built.
	Ready   bool  `json:"ready"`
	Percent int64 `json:"percent"`
	// Entries is the number of entries on all nodes, replicas included.
	Entries int64 `json:"entries"`
}

// Indexes describes the secondary indexes of all namespaces in order of creation.
func (s *Server) Indexes() []IndexState {
	list := []IndexState{}
	for _, d := range s.indexes.in("") {
		state := IndexState{
			Namespace: d.namespace, Set: d.set, Name: d.name, Bin: d.bin, Type: typeName(d.particle), Collection: formNames[d.form],
			Ready: true, Percent: 100,
		}
		if d.live != nil {
			state.Ready, state.Percent = d.live.ready.Load(), d.live.loadPercent()
			for node := range d.live.nodes {
				state.Entries += d.live.nodes[node].entries.Load()
			}
		}
		list = append(list, state)
	}
	return list
}

// Info executes info commands at a node, as a client without restrictions, and returns the answers
// in their order. The answers include errors, "ERROR:code:text". Use it for statistics, counters
// and configuration, e.g. Info("A1", "namespace/test").
func (s *Server) Info(node string, commands ...string) ([]string, error) {
	n, err := s.node(node)
	if err != nil {
		return nil, err
	}
	inside := &conn{node: n, process: n.process}
	var answers []string
	for _, command := range commands {
		answers = append(answers, inside.runInfo(command, func(*infoRequest, string) string { return "" }))
	}
	return answers, nil
}

// settlePause is how often Settle looks.
const settlePause = time.Millisecond

// Settle waits until all migrations have ended, all secondary indexes are built and no query or
// background job runs, or until the context is done. With [MigrateManually] it runs the migrations.
func (s *Server) Settle(ctx context.Context) error {
	for {
		if s.options.MigrateEvery == MigrateManually {
			s.Migrate(0)
		}
		if s.isSettled() {
			return nil
		}
		timer := time.NewTimer(settlePause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-s.closed:
			timer.Stop()
			return ErrClosed
		case <-timer.C:
		}
	}
}

func (s *Server) isSettled() bool {
	s.mu.Lock()
	migrating := s.pendingMigrations() > 0
	s.mu.Unlock()
	if migrating {
		return false
	}
	for _, d := range s.indexes.in("") {
		if d.live != nil && !d.live.ready.Load() && !d.live.dropped.Load() {
			return false
		}
	}
	for _, n := range s.nodes() {
		if n.queries.isActive() {
			return false
		}
	}
	return true
}

// isActive reports whether any query runs.
func (m *queryManager) isActive() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.active) > 0
}

// RegisterModule registers a UDF module, as udf-put does. An error of compilation is returned.
func (s *Server) RegisterModule(name string, source []byte) error {
	m := module{name, source}
	nodes := s.nodes()
	r := &infoRequest{node: nodes[0], server: s}
	if failure := r.checkModule(name, source); failure != nil {
		return &protocol.Error{Code: protocol.UDFError, Message: failure.Message}
	}
	s.putModule(m)
	s.metadata.note(metadataUDF, name)
	return s.acknowledge()
}
