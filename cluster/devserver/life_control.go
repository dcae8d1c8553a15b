package devserver

import (
	"fmt"
	"net"
	"slices"
	"strconv"
)

// NodeNames returns the names of all nodes in the order of Seeds, including nodes that are not
// running.
func (s *Server) NodeNames() []string {
	var names []string
	for _, n := range s.nodes() {
		names = append(names, n.name)
	}
	return names
}

// node returns the node with the given name.
func (s *Server) node(name string) (*node, error) {
	nodes := s.nodes()
	i := slices.IndexFunc(nodes, func(n *node) bool { return n.name == name })
	if i < 0 {
		return nil, fmt.Errorf("devserver: %w %q, see NodeNames", ErrNoNode, name)
	}
	return nodes[i], nil
}

// AddNode starts a new node and returns its name. The node joins the cluster and receives the
// records of the partitions that it is to own as master or replica.
func (s *Server) AddNode() (name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nodes := s.nodes()
	if s.isClosed() {
		return "", ErrClosed
	}
	if err := s.options.checkNodes(len(nodes) + 1); err != nil {
		return "", err
	}
	n := newNode(s, len(nodes))
	if err := n.start(s.addressOf(n.number)); err != nil {
		return "", err
	}
	nodes = append(slices.Clone(nodes), n)
	s.list.Store(&nodes)
	s.recluster()
	return n.name, nil
}

// KillNode ends a node as a crash does. Its connections are reset, requests in progress are either
// executed or never will be, and its address refuses connections. Replicas become masters; records
// that only this node had are lost. KillNode waits until all of the node's goroutines have ended,
// so an [Interceptor] or an Action's Edit must not call it. If the node has already ended, KillNode
// does nothing.
func (s *Server) KillNode(name string) error { return s.endNode(name, reset) }

// StopNode shuts a node down. It closes the node's connections instead of resetting them. For the
// cluster it is the same as KillNode.
func (s *Server) StopNode(name string) error { return s.endNode(name, closeQuietly) }

// endNode ends a node and closes its connections with closeConn. It waits for the node's goroutines
// while it holds the server's lock, so they must not acquire it.
func (s *Server) endNode(name string, closeConn func(net.Conn)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.node(name)
	if err != nil {
		return err
	}
	if err := n.process.end(closeConn); err != nil {
		return err
	}
	s.recluster()
	return nil
}

// A RestartOption changes how RestartNode starts a node.
type RestartOption func(*restart)

type restart struct {
	empty   bool
	address string
}

// Empty starts the node without its old records, as if its namespaces were in memory. By default
// the node returns with them, as if they were on a device. Records that no other node has then
// exist again, even if they were deleted without a tombstone.
func Empty() RestartOption { return func(r *restart) { r.empty = true } }

// At starts the node at another address, "host:port". In memory it can be any address that no other
// node uses. On TCP, port 0 selects a free port.
func At(address string) RestartOption { return func(r *restart) { r.address = address } }

// RestartNode starts a node that has ended, under its old name. The node joins the cluster as with
// AddNode.
func (s *Server) RestartNode(name string, options ...RestartOption) error {
	var how restart
	for _, o := range options {
		o(&how)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.node(name)
	switch {
	case err != nil:
		return err
	case s.isClosed():
		return ErrClosed
	case old.process.isUp():
		return fmt.Errorf("devserver: node %s is running", name)
	}
	host, port := old.host, old.port
	if how.address != "" {
		if host, port, err = splitAddress(how.address); err != nil {
			return err
		}
	}
	n := newNode(s, old.number)
	n.empty = how.empty
	if how.address == "" {
		n.tlsPort = old.tlsPort
	}
	if err := n.start(host, port); err != nil {
		return err
	}
	nodes := slices.Clone(s.nodes())
	nodes[n.number] = n
	s.list.Store(&nodes)
	s.recluster()
	return nil
}

// forgetKept discards the copies that an absent node had.
func (s *Server) forgetKept(node int) {
	for _, ns := range s.namespaces.Load().list {
		for pid := range ns.partitions {
			p := &ns.partitions[pid]
			p.mu.Lock()
			ns.forgetKept(p, node)
			p.mu.Unlock()
		}
	}
}

// forgetKept discards the copy of an absent node. The partition's lock must be held.
func (ns *namespace) forgetKept(p *partition, node int) {
	before := p.owners.Load()
	next := before.Forget(node)
	if x := p.kept[node]; x != nil && next.Dead && !before.Dead {
		ns.noteLost(p, x, nil) // it was the last complete copy
	}
	p.owners.Store(&next)
	delete(p.kept, node)
}

// FreezeNode stops a node as SIGSTOP does: it accepts connections and requests but answers nothing.
// Requests that it is executing may complete. Requests that arrive later are executed after
// [Server.ThawNode], even if their clients have given up. The node remains a member of the cluster;
// a real cluster would drop it after a few seconds, which [Server.LoseNode] does. If the node is
// frozen or has ended, FreezeNode does nothing.
func (s *Server) FreezeNode(name string) error {
	n, err := s.node(name)
	if err == nil {
		n.process.freeze()
	}
	return err
}

// LoseNode removes a frozen node from the cluster until it is thawed.
func (s *Server) LoseNode(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.node(name)
	switch {
	case err != nil:
		return err
	case !n.process.isUp() || n.process.frozen.Load() == nil:
		return fmt.Errorf("devserver: node %s is not frozen", name)
	}
	n.lost = true
	s.recluster()
	return nil
}

// ThawNode resumes a frozen node. If it was removed from the cluster, it first joins again with its
// data.
func (s *Server) ThawNode(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.node(name)
	if err != nil {
		return err
	}
	n.lost = false
	s.recluster()
	n.process.thaw()
	return nil
}

// HoldCluster keeps the cluster's membership unchanged until release is called. Nodes that end
// remain in peer lists and partition maps, and nodes that start do not join, as during the seconds
// that a real cluster needs to notice a change.
func (s *Server) HoldCluster() (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds++
	released := false
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !released {
			released = true
			s.holds--
			s.recluster()
		}
	}
}

// splitAddress splits "host:port".
func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("devserver: %w", err)
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("devserver: address %q: the port is not a number from 0 to 65535", address)
	}
	return host, int(number), nil
}
