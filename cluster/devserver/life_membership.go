package devserver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// recluster makes a cluster of all nodes that are up and have not been lost, and rebalances the partitions. While
// membership is held it does nothing. The server's lock must be held.
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
	// Who has been started again while nobody looked has left before it comes.
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

// reform makes the same nodes a cluster again, which rebalances the partitions. The server's lock must be held.
func (s *Server) reform() {
	if s.holds == 0 {
		s.form(s.members())
		s.startMigrating()
	}
}

// form makes the nodes the cluster.
func (s *Server) form(members []*node) {
	s.epoch++
	s.cluster.Store(&formation{members: members, key: clusterKey(s.options.ClusterName, s.epoch, members)})
	s.forgetPending()
	for _, ns := range s.namespaces.Load().list {
		ns.rebalance()
	}
	for _, n := range members {
		n.meet(members)
		n.partitionGeneration.Add(1)
		n.rebalanceGeneration.Add(1)
	}
}

// forgetPending forgets migrations that a change of the cluster has overtaken. The server's lock must be held.
func (s *Server) forgetPending() {
	for _, next := range s.pending {
		next.ns.partitions[next.pid].queued = false
	}
	s.pending = nil
}

// A formation is a cluster between two changes; it is never changed itself.
type formation struct {
	members []*node // by their numbers
	key     uint64
}

// members returns the nodes of the cluster.
func (s *Server) members() []*node { return s.cluster.Load().members }

// belongs reports whether the node is one of the cluster's. One that has just been started, or that the others have
// lost, is not.
func (n *node) belongs() bool { return slices.Contains(n.server.members(), n) }

// MemberNames returns the names of the nodes that make up the cluster now, in the order of NodeNames.
func (s *Server) MemberNames() []string {
	var names []string
	for _, n := range s.members() {
		names = append(names, n.name)
	}
	return names
}

// A peerBook is what a node knows of the others. It is never changed, only replaced.
type peerBook struct {
	generation int
	peers      []peer // by their numbers
}

// A peer is another node, present or departed.
type peer struct {
	node       *node
	present    bool
	generation int // of the last change
}

// meet brings the node's book up to date. Each node that has left is a change, and each that has come is two: that it is
// there, and that it has told its addresses.
func (n *node) meet(members []*node) {
	next := peerBook{generation: n.book.Load().generation}
	for _, p := range n.book.Load().peers {
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
	n.book.Store(&next)
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

// A peerForm says which addresses a list of peers has.
type peerForm struct {
	port    int    // that the list leaves out
	tlsName string // of all nodes
	address func(*node) string
}

// list tells the peers that have changed since a generation, 0 for those that are there; departed ones without
// an address.
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

// text is a node's address as the list has it, without the port that it leaves out.
func (f *peerForm) text(n *node) string {
	return strings.TrimSuffix(f.address(n), ":"+strconv.Itoa(f.port))
}
