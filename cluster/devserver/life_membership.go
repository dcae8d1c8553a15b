package devserver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// recluster forms a cluster of all nodes that are running and not lost, and rebalances the
// partitions. It does nothing while membership is held. The server's lock must be held.
func (s *Server) recluster() {
	if s.holds > 0 {
		return
	}
	var members []*node
	for _, n := range s.nodes() {
		if n.process.isUp() && !n.lost {
			members = append(members, n)
		}
	}
	before := s.members()
	if slices.Equal(members, before) {
		return
	}
	// A node that restarted while membership was held counts as having left and joined.
	stayed := slices.DeleteFunc(slices.Clone(before), func(n *node) bool { return !slices.Contains(members, n) })
	if len(stayed) < len(before) && len(stayed) < len(members) {
		s.form(stayed)
	}
	for _, n := range members {
		if n.empty && !slices.Contains(stayed, n) {
			s.forgetKept(n.number)
		}
	}
	s.form(members)
	s.startMigrating()
}

// reform forms the cluster again with the same nodes, which rebalances the partitions. The server's
// lock must be held.
func (s *Server) reform() {
	if s.holds == 0 {
		s.form(s.members())
		s.startMigrating()
	}
}

// form makes the given nodes the cluster. The server's lock must be held.
func (s *Server) form(members []*node) {
	s.epoch++
	s.cluster.Store(&formation{members: members, key: clusterKey(s.options.ClusterName, s.epoch, members)})
	s.forgetPending()
	for _, ns := range s.namespaces.Load().list {
		ns.rebalance()
	}
	for _, n := range members {
		n.updatePeers(members)
		n.partitionGeneration.Add(1)
		n.rebalanceGeneration.Add(1)
	}
}

// forgetPending discards migrations that a cluster change made obsolete. The server's lock must be
// held.
func (s *Server) forgetPending() {
	for _, next := range s.pending {
		next.ns.partitions[next.pid].queued = false
	}
	s.pending = nil
}

// A formation is the cluster between two changes. It is immutable.
type formation struct {
	members []*node // by number
	key     uint64
}

// members returns the nodes in the cluster.
func (s *Server) members() []*node { return s.cluster.Load().members }

// belongs reports whether the node is in the cluster. A node that has just started or that was lost
// is not.
func (n *node) belongs() bool { return slices.Contains(n.server.members(), n) }

// MemberNames returns the names of the nodes currently in the cluster, in the order of NodeNames.
func (s *Server) MemberNames() []string {
	var names []string
	for _, n := range s.members() {
		names = append(names, n.name)
	}
	return names
}

// A peerBook is what a node knows about the other nodes. It is immutable; updates replace it.
type peerBook struct {
	generation int
	peers      []peer // by number
}

// A peer is another node, present or departed.
type peer struct {
	node       *node
	present    bool
	generation int // generation of the book at the last change
}

// updatePeers updates the node's peer book. A node that left counts as one change. A node that
// joined counts as two: its arrival, and its addresses.
func (n *node) updatePeers(members []*node) {
	next := peerBook{generation: n.peers.Load().generation}
	for _, p := range n.peers.Load().peers {
		if p.present && !slices.Contains(members, p.node) {
			next.generation++
			p.present, p.generation = false, next.generation
		}
		next.peers = append(next.peers, p)
	}
	for _, m := range members {
		if m != n {
			next.add(m)
		}
	}
	n.peers.Store(&next)
}

func (b *peerBook) add(m *node) {
	i := slices.IndexFunc(b.peers, func(p peer) bool { return p.node.number >= m.number })
	if i < 0 {
		i = len(b.peers)
	}
	known := i < len(b.peers) && b.peers[i].node.number == m.number
	if known && b.peers[i].present {
		return
	}
	b.generation += 2
	p := peer{m, true, b.generation}
	if known {
		b.peers[i] = p
	} else {
		b.peers = slices.Insert(b.peers, i, p)
	}
}

// A peerForm selects the addresses in a peer list.
type peerForm struct {
	port    int    // port that the list leaves out
	tlsName string // TLS name of all nodes
	address func(*node) string
}

// list returns the peers that have changed since a generation, or all present peers if since is 0.
// Departed peers have no address.
func (b *peerBook) list(since int, form peerForm) string {
	var list []string
	for _, p := range b.peers {
		switch {
		case p.present && p.generation > since:
			list = append(list, fmt.Sprintf("[%s,%s,[%s]]", p.node.name, form.tlsName, form.text(p.node)))
		case since > 0 && p.generation > since:
			list = append(list, "["+p.node.name+",,]")
		}
	}
	return fmt.Sprintf("%d,%d,[%s]", b.generation, form.port, strings.Join(list, ","))
}

// text returns a node's address without the port that the list leaves out.
func (f *peerForm) text(n *node) string {
	return strings.TrimSuffix(f.address(n), ":"+strconv.Itoa(f.port))
}
