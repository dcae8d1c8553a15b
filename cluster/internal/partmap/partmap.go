// Package partmap knows which node holds which replica of which partition.
//
// A Map never changes. What a node claims is merged into a new one, so that readers
// need no lock and one writer can build on what it read.
package partmap

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A Map is an immutable partition map of nodes of type N, whose zero value means "no
// node". The zero Map is empty.
type Map[N comparable] struct {
	spaces map[string]*Space[N]
}

// A Space is the part of a map that belongs to one namespace.
type Space[N comparable] struct {
	replicas [][]N    // by replica, then by partition
	regimes  []uint32 // by partition: the highest regime that a claim came with
	strong   bool
}

// Space returns the part of a namespace, nil if it is not known.
func (m *Map[N]) Space(namespace string) *Space[N] { return m.spaces[namespace] }

// Empty reports whether no namespace is known: no node has been asked yet.
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

// Replicas is the number of copies of each partition, the master included.
func (s *Space[N]) Replicas() int { return len(s.replicas) }

// Strong reports whether the namespace is strongly consistent: only such ones have regimes.
func (s *Space[N]) Strong() bool { return s.strong }

// Node returns the holder of a replica, 0 being the master, or the zero N.
func (s *Space[N]) Node(replica int, partition uint16) N { return s.replicas[replica][partition] }

// Holds reports whether a node stands anywhere in the map.
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

// Apply returns the map with the claims of a node in it, and the nodes that lost a
// replica to it, whose own claims are therefore out of date. A claim of a lower regime than a
// partition has already seen is ignored. A replica that the node no longer claims stays its own until
// another node claims it: until then it is still the best address, as it forwards commands.
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

// Without returns the map with the given nodes taken out.
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

// replicasWith is the number of replicas that are known of together with a claim; s may be nil. A claim of masters alone says
// nothing of the others, and a mere number takes no memory.
func (s *Space[N]) replicasWith(c *Claim) int {
	if s == nil {
		return len(c.Owned)
	}
	return max(len(c.Owned), min(c.Replicas, len(s.replicas)))
}

// resized returns a copy that has n replicas; s may be nil.
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

// apply writes one claim into a space that nobody else has seen yet.
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
