package devserver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// A roster lists the nodes of a namespace with strong consistency, by number in descending order. A
// new roster takes effect at the next rebalance.
type roster struct {
	mu             sync.Mutex
	nodes, pending []int
}

// applyPending makes the pending roster the current one and returns it. The initial roster has all
// nodes of the cluster.
func (r *roster) applyPending(members []*node) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		for _, n := range slices.Backward(members) {
			r.pending = append(r.pending, n.number)
		}
	}
	r.nodes = r.pending
	return r.nodes
}

// current returns the current roster.
func (r *roster) current() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.nodes
}

func (r *roster) set(nodes []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(nodes)
	slices.Reverse(nodes)
	r.pending = slices.Compact(nodes)
}

func (r *roster) copyTo(to *roster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	to.nodes, to.pending = slices.Clone(r.nodes), slices.Clone(r.pending)
}

// ownerCandidates returns the nodes that may own partitions of the namespace, which are the nodes
// of the roster or of the cluster, and the set of nodes that are present.
func (ns *namespace) ownerCandidates() (keepers []*node, present balance.Set) {
	members := ns.server.members()
	for _, n := range members {
		present |= balance.Of(n.number)
	}
	if !ns.strong() {
		return members, present
	}
	all := ns.server.nodes()
	for _, number := range ns.roster.applyPending(members) {
		keepers = append(keepers, all[number])
	}
	return keepers, present
}

// SetRoster sets the roster of a namespace with strong consistency and rebalances it. A node that
// was added to the cluster holds no records of the namespace until it is in the roster. A partition
// is available if enough of the roster is present: all of its replicas, a majority of the roster
// with at least one replica, or exactly half of the roster with the master.
func (s *Server) SetRoster(namespace string, names ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ns, err := s.strongNamespace(namespace)
	if err != nil {
		return err
	}
	var nodes []int
	for _, name := range names {
		n, err := s.node(name)
		if err != nil {
			return err
		}
		nodes = append(nodes, n.number)
	}
	if len(nodes) == 0 {
		return fmt.Errorf("devserver: a roster needs at least one node")
	}
	ns.roster.set(nodes)
	s.reform()
	return nil
}

// Revive makes dead partitions of a namespace with strong consistency available again. A partition
// is dead if no complete copy is left. The records of its lost copies are given up.
func (s *Server) Revive(namespace string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ns, err := s.strongNamespace(namespace)
	if err != nil {
		return err
	}
	ns.revived.Store(true)
	s.reform()
	return nil
}

func (s *Server) strongNamespace(name string) (*namespace, error) {
	ns := s.namespace([]byte(name))
	if ns == nil || !ns.strong() {
		return nil, fmt.Errorf("devserver: %w %q with strong consistency", ErrNoNamespace, name)
	}
	return ns, nil
}

// rosterCommands are the info commands of strong consistency (docs/wire-core.md#8.2).
var rosterCommands = map[string]func(*infoRequest) string{
	"roster":     (*infoRequest).rosterInfo,
	"roster-set": (*infoRequest).setRoster,
	"revive":     (*infoRequest).revive,
}

// rosterInfo returns the current roster, the pending roster and the observed nodes, for one
// namespace or for all.
func (r *infoRequest) rosterInfo() string {
	if _, one := r.param("namespace"); one {
		ns, failure := r.namespace()
		if failure != "" {
			return failure
		}
		return r.rosterOf(ns)
	}
	var list []string
	for _, ns := range r.server.namespaces.Load().list {
		list = append(list, "ns="+ns.name+":"+r.rosterOf(ns))
	}
	return strings.Join(list, ";")
}

func (r *infoRequest) rosterOf(ns *namespace) string {
	var observed []int
	for _, n := range slices.Backward(r.server.members()) {
		observed = append(observed, n.number)
	}
	ns.roster.mu.Lock()
	defer ns.roster.mu.Unlock()
	if !ns.strong() {
		return "roster=null:pending_roster=null:observed_nodes=null"
	}
	return "roster=" + r.withRacks(ns, ns.roster.nodes) + ":pending_roster=" + r.withRacks(ns, ns.roster.pending) +
		":observed_nodes=" + r.withRacks(ns, observed)
}

// withRacks lists nodes in roster form, name@rack. A rack of 0 is left out.
func (r *infoRequest) withRacks(ns *namespace, numbers []int) string {
	var list []string
	for _, number := range numbers {
		name := r.nameOf(number)
		if rack := ns.rack(number); rack != 0 {
			name += "@" + strconv.Itoa(rack)
		}
		list = append(list, name)
	}
	if list == nil {
		return "null"
	}
	return strings.Join(list, ",")
}

// setRoster sets the pending roster.
func (r *infoRequest) setRoster() string {
	ns, failure := r.namespace()
	if failure != "" {
		return failure
	}
	text, failure := r.required("nodes")
	if failure != "" {
		return failure
	}
	var nodes []int
	for entry := range strings.SplitSeq(text, ",") {
		name, _, _ := strings.Cut(entry, "@")
		n, err := r.server.node(name)
		if err != nil || !ns.strong() {
			return infoError(protocol.ParameterError, "bad roster")
		}
		nodes = append(nodes, n.number)
	}
	ns.roster.set(nodes)
	return infoOK
}

// revive makes dead partitions available again at the next rebalance.
func (r *infoRequest) revive() string {
	list := r.server.namespaces.Load().list
	if _, one := r.param("namespace"); one {
		ns, failure := r.namespace()
		if failure != "" {
			return failure
		}
		list = []*namespace{ns}
	}
	for _, ns := range list {
		ns.revived.Store(ns.strong())
	}
	return infoOK
}
