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

// A roster is the list of the nodes that a namespace with strong consistency is kept on, by their numbers, the
// greatest first. A new one counts from the next rebalance on.
type roster struct {
	mu             sync.Mutex
	nodes, pending []int
}

// settle makes the pending roster the one that counts; a namespace begins on all nodes of the cluster.
func (r *roster) settle(members []*node) []int {
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

// now returns the roster that counts.
func (r *roster) now() []int {
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

// keepers returns the nodes that partitions of the namespace are to be kept on, as far as they are there: those of
// the roster, or of the cluster.
func (ns *namespace) keepers() (keepers []*node, present balance.Set) {
	members := ns.server.members()
	for _, n := range members {
		present |= balance.Of(n.number)
	}
	if !ns.strong() {
		return members, present
	}
	all := ns.server.nodes()
	for _, number := range ns.roster.settle(members) {
		keepers = append(keepers, all[number])
	}
	return keepers, present
}

// SetRoster says which nodes a namespace with strong consistency is kept on, and rebalances it: nodes that were added are
// no part of it before. Partitions are available as long as enough of the roster is there: all replicas, a
// majority with one of them, or half of it with the master.
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
		return fmt.Errorf("devserver: a roster has one node at least")
	}
	ns.roster.set(nodes)
	s.reform()
	return nil
}

// Revive gives up what was lost of a namespace with strong consistency: partitions of which no complete copy is left, and
// which are unavailable therefore, begin anew without records.
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
		return nil, fmt.Errorf("devserver: no namespace %q with strong consistency", name)
	}
	return ns, nil
}

// rosterCommands are about namespaces with strong consistency (docs/wire-core.md#8.2).
var rosterCommands = map[string]func(*infoRequest) string{
	"roster":     (*infoRequest).tellRoster,
	"roster-set": (*infoRequest).setRoster,
	"revive":     (*infoRequest).revive,
}

// tellRoster tells for one namespace or all the roster that counts, the one that will, and the nodes of the cluster.
func (r *infoRequest) tellRoster() string {
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

// withRacks lists nodes as rosters do: name@rack, without a rack of 0.
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

// setRoster sets the roster that will count when the cluster is next formed.
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

// revive has dead partitions begin anew when the cluster is next formed.
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
