package devserver

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
)

// maxRack is the greatest rack id.
const maxRack = 1_000_000

var errRacksNeedEnterprise = errors.New("devserver: racks need the Enterprise Edition")

// checkRacks checks that the edition supports racks and that the ids are in range.
func checkRacks(edition Edition, racks ...int) error {
	if len(racks) > 0 && edition != Enterprise {
		return errRacksNeedEnterprise
	}
	for _, rack := range racks {
		if rack < 0 || rack > maxRack {
			return fmt.Errorf("devserver: rack id %d is not in the range 0 to %d", rack, maxRack)
		}
	}
	return nil
}

// SetRack moves a node to a rack of the namespace and rebalances the cluster. rack is 0 to
// 1,000,000. It needs the Enterprise Edition.
func (s *Server) SetRack(namespace, node string, rack int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.node(node)
	if err != nil {
		return err
	}
	ns := s.namespace([]byte(namespace))
	if ns == nil {
		return fmt.Errorf("devserver: %w %q", ErrNoNamespace, namespace)
	}
	if err := checkRacks(s.options.Edition, rack); err != nil {
		return err
	}
	ns.racks[n.number].Store(int64(rack))
	s.reform()
	return nil
}

// rack returns the rack of a node.
func (ns *namespace) rack(node int) int { return int(ns.racks[node].Load()) }

// spread returns the succession list with replicas in different racks, as far as there are enough
// racks.
func (ns *namespace) spread(order []int) []int {
	return balance.SpreadOverRacks(order, ns.config().ReplicationFactor, ns.rack)
}

// rackCommands are the info commands about racks (docs/wire-core.md#8.3).
var rackCommands = map[string]func(*infoRequest) string{
	"rack-ids": (*infoRequest).rackIDs,
	"racks":    (*infoRequest).allRacks,
}

// rackIDs returns the racks of this node.
func (r *infoRequest) rackIDs() string {
	var list []string
	for _, ns := range r.server.namespaces.Load().list {
		list = append(list, ns.name+":"+strconv.Itoa(ns.rack(r.node.number)))
	}
	return strings.Join(list, ";")
}

// allRacks returns the nodes of each rack, for one namespace or for all.
func (r *infoRequest) allRacks() string {
	list := r.server.namespaces.Load().list
	if _, ok := r.param("namespace"); ok {
		ns, failure := r.namespace()
		if failure != "" {
			return failure
		}
		return r.racksOf(ns)
	}
	var parts []string
	for _, ns := range list {
		parts = append(parts, "ns="+ns.name+":"+r.racksOf(ns))
	}
	return strings.Join(parts, ";")
}

// racksOf returns the racks of the cluster's nodes and, with strong consistency, of the roster's.
func (r *infoRequest) racksOf(ns *namespace) string {
	var numbers []int
	for _, n := range slices.Backward(r.server.members()) { // in succession order
		numbers = append(numbers, n.number)
	}
	parts := r.inRacks(ns, "rack_", numbers)
	if ns.strong() {
		parts = append(parts, r.inRacks(ns, "roster_rack_", ns.roster.current())...)
	}
	return strings.Join(parts, ":")
}

func (r *infoRequest) inRacks(ns *namespace, tag string, numbers []int) (parts []string) {
	names := make(map[int][]string)
	for _, number := range numbers {
		names[ns.rack(number)] = append(names[ns.rack(number)], r.nameOf(number))
	}
	for _, rack := range slices.Sorted(maps.Keys(names)) {
		parts = append(parts, fmt.Sprintf("%s%d=%s", tag, rack, strings.Join(names[rack], ",")))
	}
	return parts
}

// setRackID sets the rack of this node, which takes effect at the next rebalance. It returns false
// if the value is not a valid rack id.
func (r *infoRequest) setRackID(ns *namespace, value string) bool {
	rack, err := strconv.Atoi(value)
	if err != nil || checkRacks(r.server.options.Edition, rack) != nil {
		return false
	}
	ns.racks[r.node.number].Store(int64(rack))
	return true
}

// recluster forms the cluster again if this node is the principal, which is the node with the
// greatest id.
func (r *infoRequest) recluster() string {
	if r.principal() != r.node.name {
		return "ignored-by-non-principal"
	}
	s := r.server
	// In another goroutine, because one that serves a connection must not acquire the server's
	// lock.
	s.wg.Go(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.isClosed() {
			s.reform()
		}
	})
	return infoOK
}
