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

// firstNodeID is the id of the first node, the others count up from it; a node's name is
// its id in hexadecimal.
const firstNodeID = 0xA1

// A node is one life of a member of the cluster, from its start to its end: an address, its connections, and what
// it says about the cluster. The data belong to the namespaces.
type node struct {
	server *Server
	number int // index into the copies of a partition
	id     uint64
	name   string
	host   string
	port   int
	// tlsPort is that of the address for TLS, 0 if there is none. A node that is started again has it before it starts.
	tlsPort int
	// alternate is the address for clients of another network, "" if there is none.
	alternate string
	process   *process
	started   time.Time
	empty     bool // it has begun without the data of its last life
	lost      bool // the others don't see it; guarded by the server's lock

	partitionGeneration atomic.Int64
	rebalanceGeneration atomic.Int64
	book                atomic.Pointer[peerBook]
	queries             queryManager
	counters            nodeCounters
}

func newNode(s *Server, number int) *node {
	n := &node{server: s, number: number, id: firstNodeID + uint64(number), process: newProcess(s.security)}
	n.name = fmt.Sprintf("%X", n.id)
	if list := s.options.AlternateAddresses; number < len(list) {
		n.alternate = list[number]
	}
	n.started = s.options.Clock()
	n.partitionGeneration.Store(-1) // until it belongs to a cluster
	n.book.Store(new(peerBook))
	return n
}

func (n *node) address() string { return net.JoinHostPort(n.host, strconv.Itoa(n.port)) }

// start lets clients connect. On TCP the node listens at host and port, which may be 0 for any; in memory the
// address stands for no socket.
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
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		// Clients need an address that they can reach.
		n.host = "127.0.0.1"
	}
	n.process.listeners = append(n.process.listeners, l)
	n.process.handlers.Go(func() { n.accept(n.process, l, inClear) })
	return n.startTLS(host, port)
}

// inClear is the server's end of a connection without TLS.
func inClear(nc net.Conn) net.Conn { return nc }

// acceptPause is how long a node waits when it could not take a connection.
const acceptPause = 50 * time.Millisecond

// accept takes connections until the listener is closed. end is what the server has of one.
func (n *node) accept(p *process, l net.Listener, end func(net.Conn) net.Conn) {
	<-n.server.opened
	for {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			n.server.options.Logger.Warn("accept", "node", n.name, "error", err)
			// As a rule there are too many open files; some may be closed in a moment.
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
				n.converse(p, end(nc), number, &a)
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
	err := p.serve(server, n.server.limits.max.Load(), func() { n.converse(p, end(server), number, &a) })
	if err != nil && !errors.Is(err, errTooManyConns) {
		client.Close()
		return nil, refused()
	}
	return client, nil
}

// converse serves a connection of the process; opening is what interceptors want of it.
func (n *node) converse(p *process, nc net.Conn, number int, opening *Action) {
	c := newConn(n, nc)
	c.process, c.number = p, number
	c.serve(opening)
}

func refused() error { return &net.OpError{Op: "dial", Net: "memory", Err: syscall.ECONNREFUSED} }

func (n *node) connections() int { return n.process.connections() }
