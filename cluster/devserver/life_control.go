package devserver

import (
	"fmt"
	"net"
	"slices"
	"strconv"
)

// NodeNames returns the names of all nodes, in the order of Seeds, also of those that are not running.
func (s *Server) NodeNames() []string {
	var names []string
	for _, n := range s.nodes() {
		names = append(names, n.name)
	}
	return names
}

// node returns the node of a name.
func (s *Server) node(name string) (*node, error) {
	nodes := s.nodes()
	i := slices.IndexFunc(nodes, func(n *node) bool { return n.name == name })
	if i < 0 {
		return nil, fmt.Errorf("devserver: no node %q, NodeNames tells which there are", name)
	}
	return nodes[i], nil
}

// AddNode starts a node that the cluster did not have, and returns its name. It joins the cluster, becomes the
// master and a replica of the partitions that the succession gives it, and gets their records.
func (s *Server) AddNode() (name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nodes := s.nodes()
	switch {
	case s.isClosed():
		return "", ErrClosed
	case len(nodes) == maxNodes:
		return "", errTooManyNodes
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

// KillNode ends a node as a crash does: its connections break, what was under way is either executed or never
// will be, and its address refuses connections. The others go on without it: replicas become masters, and what only this
// node had is lost. KillNode returns when nothing of the node runs any more, so an [Interceptor] or
// an Action's Edit must not call it. Killing a node that has ended does nothing.
func (s *Server) KillNode(name string) error { return s.endNode(name, reset) }

// StopNode ends a node in order, which closes its connections instead of breaking them. For the
// cluster it is the same as KillNode.
func (s *Server) StopNode(name string) error { return s.endNode(name, closeQuietly) }

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

// A RestartOption says how a node is started again.
type RestartOption func(*restart)

type restart struct {
	empty   bool
	address string
}

// Empty starts a node without the records that it had when it ended, as one whose namespaces are in memory. Without it a node comes
// back with them, as one that has a device: those that nobody else has are there again, deletes that
// left no tombstone or not.
func Empty() RestartOption { return func(r *restart) { r.empty = true } }

// At starts a node at another address, "host:port". In memory it may be any that no other node has; by TCP, with port 0,
// the node takes a port of its own.
func At(address string) RestartOption { return func(r *restart) { r.address = address } }

// RestartNode starts a node that has ended again, under its old name. It joins the cluster as in AddNode.
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

// forgetKept forgets what a node had that is away.
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

// forgetKept forgets the copy of a node that is away. The lock must be held.
func (ns *namespace) forgetKept(p *partition, node int) {
	before := p.owners.Load()
	next := before.Forget(node)
	if x := p.kept[node]; x != nil && next.Dead && !before.Dead {
		ns.noteLost(p, x, nil) // it was the last complete one
	}
	p.owners.Store(&next)
	delete(p.kept, node)
}

// FreezeNode stops a node as SIGSTOP does: it accepts connections and requests and answers nothing. What it is executing at
// this moment it may complete. Requests that come meanwhile are executed after [Server.ThawNode], also
// those whose client has given up. The others still count on it: after a few seconds a real cluster would not, which is for
// [Server.LoseNode] to say. Freezing a node that is frozen or has ended does nothing.
func (s *Server) FreezeNode(name string) error {
	n, err := s.node(name)
	if err == nil {
		n.process.freeze()
	}
	return err
}

// LoseNode has the others lose sight of a frozen node and go on without it, until it is thawed.
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

// ThawNode lets a frozen node go on. If the others have lost it, it joins them again with its data first.
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

// HoldCluster keeps the cluster as it is until the returned function is called: nodes that end are still
// counted on and stand in lists and maps, and nodes that start stand alone, as during the seconds that a real
// cluster takes to notice.
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

// splitAddress takes "host:port" apart.
func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("devserver: %w", err)
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("devserver: address %q: the port is no number up to 65535", address)
	}
	return host, int(number), nil
}
