// Package partmap maps partitions and replicas to nodes.
//
// A Map is immutable. The claims of a node are merged into a new map, so that readers need no lock
// and a single writer can build on the current one.
package partmap

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A Map is an immutable partition map of nodes of type N. The zero N means that there is no node.
// The zero Map is empty.
type Map[N comparable] struct {
	spaces map[string]*Space[N]
}

// A Space is the part of a map for one namespace.
type Space[N comparable] struct {
	replicas [][]N    // by replica, then by partition
	regimes  []uint32 // by partition: the highest regime of all claims
	strong   bool
}

// Space returns the part of a namespace, or nil if the namespace is unknown.
func (m *Map[N]) Space(namespace string) *Space[N] { return m.spaces[namespace] }

// Empty reports whether no namespace is known, because no node has responded yet.
func (m *Map[N]) Empty() bool { return len(m.spaces) == 0 }

// Namespaces returns the names of the known namespaces, sorted.
func (m *Map[N]) Namespaces() []string {
	names := make([]string, 0, len(m.spaces))
	for name := range m.spaces {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Replicas returns the number of copies of each partition, including the master.
func (s *Space[N]) Replicas() int { return len(s.replicas) }

// Strong reports whether the namespace has strong consistency: only such namespaces have regimes.
func (s *Space[N]) Strong() bool { return s.strong }

// Node returns the node that holds a replica, or the zero N. Replica 0 is the master.
func (s *Space[N]) Node(replica int, partition uint16) N { return s.replicas[replica][partition] }

// Holds reports whether the map contains a node.
func (m *Map[N]) Holds(node N) bool {
	for _, s := range m.spaces {
		for _, nodes := range s.replicas {
			if slices.Contains(nodes, node) {
				return true
			}
		}
	}
	return false
}

// Apply returns the map with the claims of a node merged, and the nodes that lost a replica to it.
// Their own claims are out of date. A claim with a lower regime than a partition has already seen
// is ignored. A replica that the node no longer claims stays with it until another node claims it:
// until then it is the best address, because it proxies commands.
func (m *Map[N]) Apply(node N, claims []Claim) (next *Map[N], displaced []N) {
	next = &Map[N]{spaces: make(map[string]*Space[N], len(m.spaces)+len(claims))}
	for name, s := range m.spaces {
		next.spaces[name] = s
	}
	lost := make(map[N]struct{})
	for i := range claims {
		c := &claims[i]
		s := next.spaces[c.Namespace]
		s = s.resized(s.replicasWith(c))
		s.apply(node, c, lost)
		next.spaces[c.Namespace] = s
	}
	for n := range lost {
		displaced = append(displaced, n)
	}
	return next, displaced
}

// Without returns the map without the given nodes.
func (m *Map[N]) Without(gone ...N) *Map[N] {
	var zero N
	next := &Map[N]{spaces: make(map[string]*Space[N], len(m.spaces))}
	for name, s := range m.spaces {
		s = s.resized(len(s.replicas))
		for _, nodes := range s.replicas {
			for p, n := range nodes {
				if slices.Contains(gone, n) {
					nodes[p] = zero
				}
			}
		}
		next.spaces[name] = s
	}
	return next
}

// replicasWith returns the number of known replicas, including those of a claim. s can be nil. A
// claim of only masters says nothing about other replicas, so its replication factor alone
// allocates nothing.
func (s *Space[N]) replicasWith(c *Claim) int {
	if s == nil {
		return len(c.Owned)
	}
	return max(len(c.Owned), min(c.Replicas, len(s.replicas)))
}

// resized returns a copy with n replicas. s can be nil.
func (s *Space[N]) resized(n int) *Space[N] {
	c := &Space[N]{replicas: make([][]N, n)}
	if s != nil {
		c.strong = s.strong
		c.regimes = slices.Clone(s.regimes)
	} else {
		c.regimes = make([]uint32, protocol.PartitionCount)
	}
	for i := range c.replicas {
		if s != nil && i < len(s.replicas) {
			c.replicas[i] = slices.Clone(s.replicas[i])
		} else {
			c.replicas[i] = make([]N, protocol.PartitionCount)
		}
	}
	return c
}

// apply merges one claim into a space that is not shared yet.
func (s *Space[N]) apply(node N, c *Claim, lost map[N]struct{}) {
	var zero N
	s.strong = s.strong || c.Regime > 0
	for r, owned := range c.Owned {
		for p := range uint16(protocol.PartitionCount) {
			if !owned.Has(p) || c.Regime < s.regimes[p] {
				continue
			}
			s.regimes[p] = c.Regime
			if old := s.replicas[r][p]; old != zero && old != node {
				lost[old] = struct{}{}
			}
			s.replicas[r][p] = node
		}
	}
}
