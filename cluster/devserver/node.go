package devserver

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// firstNodeID is the id of the first node, the others count up from it; a node's name is
// its id in hexadecimal.
const firstNodeID = 0xA1

// A node is one member of the cluster: an address, its connections, and what
// it says about the cluster. The data belong to the namespaces.
type node struct {
	server *Server
	number int // index into the copies of a partition
	id     uint64
	name   string
	host   string
	port   int

	listener net.Listener // nil in memory
	started  time.Time

	partitionGeneration atomic.Int64
	queries             queryManager
	counters            nodeCounters

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil once the node is closed
}

func newNode(s *Server, number int) *node {
	n := &node{server: s, number: number, id: firstNodeID + uint64(number), conns: make(map[net.Conn]struct{})}
	n.name = fmt.Sprintf("%X", n.id)
	n.started = s.options.Clock()
	return n
}

func (n *node) address() string { return net.JoinHostPort(n.host, strconv.Itoa(n.port)) }

func (n *node) listen(host string, port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("devserver: %w", err)
	}
	n.listener = l
	n.host, n.port = host, l.Addr().(*net.TCPAddr).Port
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		// Clients need an address that they can reach.
		n.host = "127.0.0.1"
	}
	return nil
}

// acceptPause is how long a node waits when it could not take a connection.
const acceptPause = 50 * time.Millisecond

// accept takes connections until the listener is closed.
func (n *node) accept() {
	for {
		nc, err := n.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			n.server.options.Logger.Warn("accept", "node", n.name, "error", err)
			// As a rule there are too many open files; some may be closed in a moment.
			select {
			case <-time.After(acceptPause):
				continue
			case <-n.server.closed:
				return
			}
		}
		n.serve(nc)
	}
}

// dial returns the client's end of a connection in memory.
func (n *node) dial() (net.Conn, error) {
	client, server := newPipe(n.address())
	if !n.serve(server) {
		client.Close()
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: ErrClosed}
	}
	return client, nil
}

// serve answers requests on a connection until it ends; it reports false if
// the node takes no more connections.
func (n *node) serve(nc net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conns == nil {
		nc.Close()
		return false
	}
	n.conns[nc] = struct{}{}
	n.server.wg.Go(func() {
		defer n.forget(nc)
		newConn(n, nc).serve()
	})
	return true
}

func (n *node) forget(nc net.Conn) {
	nc.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, nc)
}

func (n *node) connections() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns)
}

func (n *node) close() error {
	var err error
	if n.listener != nil {
		err = n.listener.Close()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for nc := range n.conns {
		nc.Close()
	}
	n.conns = nil
	return err
}
