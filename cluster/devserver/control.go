package devserver

import (
	"fmt"
	"slices"
)

// NodeNames returns the names of the nodes, in the order of Seeds.
func (s *Server) NodeNames() []string {
	names := make([]string, len(s.nodes))
	for i, n := range s.nodes {
		names[i] = n.name
	}
	return names
}

// node returns the node of a name.
func (s *Server) node(name string) (*node, error) {
	i := slices.IndexFunc(s.nodes, func(n *node) bool { return n.name == name })
	if i < 0 {
		return nil, fmt.Errorf("devserver: no node %q, NodeNames tells which there are", name)
	}
	return s.nodes[i], nil
}

// KillNode ends a node as a crash does: its connections break, what was under way is either executed or never
// will be, and its address refuses connections. It returns when nothing of the node runs any more, so an [Interceptor]
// or an Action's Edit must not call it.
func (s *Server) KillNode(name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return n.process.Load().end(reset)
}

// RestartNode starts a node that was killed again, under the same address and with its data.
func (s *Server) RestartNode(name string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.isClosed():
		return ErrClosed
	case n.process.Load().isUp():
		return fmt.Errorf("devserver: node %s is running", name)
	}
	return n.start(n.host, n.port)
}

// FreezeNode stops a node as SIGSTOP does: it accepts connections and requests and answers nothing. What it is executing at
// this moment it may complete. Requests that come meanwhile are executed after [Server.ThawNode], also
// those whose client has given up. Freezing a node that is frozen or has ended does nothing.
func (s *Server) FreezeNode(name string) error {
	n, err := s.node(name)
	if err == nil {
		n.process.Load().freeze()
	}
	return err
}

// ThawNode lets a frozen node go on.
func (s *Server) ThawNode(name string) error {
	n, err := s.node(name)
	if err == nil {
		n.process.Load().thaw()
	}
	return err
}
