package devserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// A Server is a running cluster. Its methods may be called from any goroutine.
type Server struct {
	options Options
	nodes   []*node
	clock   clock
	cluster uint64 // cluster key

	// namespaces is replaced as a whole, so that commands read it without a lock.
	namespaces atomic.Pointer[namespaceList]
	indexes    indexRegistry
	modules    moduleRegistry
	settings   settings
	faults     faults
	history    *history // nil if it is not kept

	shippingFilters shippingFilters

	mu     sync.Mutex // serialises changes of namespaces and closing
	closed chan struct{}
	wg     sync.WaitGroup // every goroutine that belongs to no node's process
}

// ErrClosed is returned by methods of a server that was closed.
var ErrClosed = errors.New("devserver: closed")

// Start returns a running cluster. Close must be called to end it.
func Start(options Options) (*Server, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{options: options, closed: make(chan struct{})}
	s.clock.now = options.Clock
	s.namespaces.Store(&namespaceList{})
	if options.History {
		s.history = new(history)
	}
	for i := range options.Nodes {
		s.nodes = append(s.nodes, newNode(s, i))
	}
	s.cluster = clusterKey(options.ClusterName, s.nodes)
	for _, ns := range options.Namespaces {
		if err := s.AddNamespace(ns); err != nil {
			return nil, err
		}
	}
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// memoryAddress is that of the first node of a cluster without sockets.
const memoryAddress = "127.0.0.1:3000"

// listen gives every node its address and, unless the cluster lives in memory alone, a listener.
func (s *Server) listen() error {
	listen := s.options.Listen
	if listen == "" {
		listen = memoryAddress
	}
	host, portText, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return fmt.Errorf("devserver: port %q", portText)
	}
	for i, n := range s.nodes {
		p := int(port)
		if p != 0 {
			p += portStep * i
		}
		if err := n.start(host, p); err != nil {
			return err
		}
	}
	return nil
}

// AddNamespace adds a namespace to the running cluster. Clients learn of it
// when they next look at the partition map. A namespace of the same name is an error.
func (s *Server) AddNamespace(options NamespaceOptions) error {
	options, err := options.withDefaults(len(s.nodes), s.options.Edition)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.namespaces.Load()
	if old.byName[options.Name] != nil {
		return fmt.Errorf("devserver: namespace %q exists", options.Name)
	}
	s.namespaces.Store(old.with(newNamespace(s, options)))
	s.indexes.adopt(s, options.Name)
	if len(old.list) > 0 {
		for _, n := range s.nodes {
			n.partitionGeneration.Add(1)
		}
	}
	return nil
}

// Seeds returns the addresses of all nodes, "host:port".
func (s *Server) Seeds() []string {
	seeds := make([]string, len(s.nodes))
	for i, n := range s.nodes {
		seeds[i] = n.address()
	}
	return seeds
}

// Dial connects to the node of an address that Seeds or another node named. Its
// signature is that of a client's dial function; network is not looked at.
func (s *Server) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	if s.options.Listen != "" {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", address)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.isClosed() {
		return nil, &net.OpError{Op: "dial", Net: "memory", Err: ErrClosed}
	}
	i := slices.IndexFunc(s.nodes, func(n *node) bool { return n.address() == address })
	if i < 0 {
		return nil, refused()
	}
	return s.nodes[i].dial(ctx)
}

// Close ends all nodes and their connections and waits until nothing of them
// runs any more. A second call does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.isClosed() {
		s.mu.Unlock()
		return nil
	}
	close(s.closed)
	s.mu.Unlock()
	var errs []error
	for _, n := range s.nodes {
		if p := n.process.Load(); p != nil {
			errs = append(errs, p.end(closeQuietly))
		}
	}
	s.wg.Wait()
	return errors.Join(errs...)
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

func closeQuietly(nc net.Conn) { _ = nc.Close() }

// namespace returns the namespace of a name, nil if there is none.
func (s *Server) namespace(name []byte) *namespace { return s.namespaces.Load().byName[string(name)] }
