package devserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// firstNodeID is the id of the first node. The ids of the others follow. A node's name is its id in
// hexadecimal.
const firstNodeID = 0xA1

// A node is one run of a member of the cluster, from start to end: its address, its connections and
// its view of the cluster. The records belong to the namespaces.
type node struct {
	server *Server
	number int // index into the copies of a partition
	id     uint64
	name   string
	host   string
	port   int
	// tlsPort is the port of the TLS address, 0 if there is none. It is set before start if the
	// node restarts.
	tlsPort int
	// alternate is the alternate address, "" if there is none.
	alternate string
	process   *process
	started   time.Time
	empty     bool // started without the data of its previous run
	lost      bool // removed from the cluster while frozen; guarded by the server's lock

	partitionGeneration atomic.Int64
	rebalanceGeneration atomic.Int64
	peers               atomic.Pointer[peerBook]
	queries             queryManager
	counters            nodeCounters
	latency             latencyMeter
	agents              userAgents
	levels              settings // of the log, by context
	tips                settings // addresses for heartbeats
}

func newNode(s *Server, number int) *node {
	n := &node{server: s, number: number, id: firstNodeID + uint64(number), process: newProcess(s.security)}
	n.name = fmt.Sprintf("%X", n.id)
	if list := s.options.AlternateAddresses; number < len(list) {
		n.alternate = list[number]
	}
	n.started = s.Now()
	n.latency.at = n.started
	n.partitionGeneration.Store(-1) // until it joins a cluster
	n.peers.Store(new(peerBook))
	return n
}

func (n *node) address() string { return net.JoinHostPort(n.host, strconv.Itoa(n.port)) }

// start accepts clients. On TCP the node listens on host and port; port 0 selects a free one. In
// memory no socket is opened.
func (n *node) start(host string, port int) error {
	n.host, n.port = host, port
	if n.server.options.Listen == "" {
		return n.startTLS(host, port)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("devserver: %w", err)
	}
	n.port = l.Addr().(*net.TCPAddr).Port
	if n.server.options.Advertise != "" {
		n.host = n.server.options.Advertise
	} else if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		// Clients need an address that they can connect to.
		n.host = "127.0.0.1"
	}
	n.process.listeners = append(n.process.listeners, l)
	n.process.handlers.Go(func() { n.accept(n.process, l, inClear) })
	return n.startTLS(host, port)
}

// inClear returns the server's end of a connection without TLS.
func inClear(nc net.Conn) net.Conn { return nc }

// acceptPause is how long a node waits after accepting a connection failed.
const acceptPause = 50 * time.Millisecond

// accept accepts connections until the listener is closed. end wraps the server's end of a
// connection.
func (n *node) accept(p *process, l net.Listener, end func(net.Conn) net.Conn) {
	<-n.server.opened
	for {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			n.server.options.Logger.Warn("accept", "node", n.name, "error", err)
			// Usually there are too many open files. Some may be closed soon.
			if p.wait(acceptPause, nil) != nil {
				return
			}
			continue
		}
		number := p.nextNumber()
		err = p.serve(nc, n.server.limits.max.Load(), func() {
			if a := n.connecting(number); a.refuses() {
				reset(nc)
			} else if p.wait(a.Delay, a.Hold) == nil {
				n.serveConn(p, end(nc), number, &a)
			}
		})
		if errors.Is(err, errTooManyConns) {
			n.server.options.Logger.Warn("refusing client connection", "node", n.name, "error", err)
		}
	}
}

// dial returns the client's end of a connection in memory.
func (n *node) dial(ctx context.Context, end func(net.Conn) net.Conn) (net.Conn, error) {
	p := n.process
	number := p.nextNumber()
	a := n.connecting(number)
	if !p.isUp() || a.refuses() {
		return nil, refused()
	}
	if err := a.waitDialing(ctx); err != nil {
		return nil, err
	}
	client, server := newPipe(n.address())
	if a.CutNext != 0 {
		server.(*pipeConn).cutInput(a.CutNext) // before the client can write
	}
	err := p.serve(server, n.server.limits.max.Load(), func() { n.serveConn(p, end(server), number, &a) })
	if err != nil && !errors.Is(err, errTooManyConns) {
		client.Close()
		return nil, refused()
	}
	return client, nil
}

// serveConn serves one connection of the process. opening is the action for its opening.
func (n *node) serveConn(p *process, nc net.Conn, number int, opening *Action) {
	c := newConn(n, nc)
	c.process, c.number = p, number
	c.serve(opening)
}

func refused() error { return &net.OpError{Op: "dial", Net: "memory", Err: syscall.ECONNREFUSED} }

func (n *node) connections() int { return n.process.connections() }
