package devserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
)

// A Server is a running cluster. Its methods may be called from any goroutine.
type Server struct {
	options Options
	clock   clock
	list    atomic.Pointer[[]*node] // all nodes by their numbers, in their present or last life
	cluster atomic.Pointer[formation]

	// namespaces is replaced as a whole, so that commands read it without a lock.
	namespaces atomic.Pointer[namespaceList]
	indexes    indexRegistry
	modules    moduleRegistry
	settings   settings
	limits     connLimits
	buffers    buffers
	faults     faults
	history    *history  // nil if it is not kept
	security   *security // nil if there is none

	shippingFilters shippingFilters

	mu        sync.Mutex // serialises changes of the cluster and its namespaces, migrations, and closing
	epoch     uint64     // counts the changes of the cluster
	holds     int        // that keep the cluster as it is
	pending   []pendingPartition
	migrating bool // a goroutine makes what is pending

	// opened is closed when all nodes of the beginning have their addresses, of which each tells: none takes connections before.
	opened chan struct{}
	closed chan struct{}
	wg     sync.WaitGroup // every goroutine that belongs to no node's process
}

// ErrClosed is returned by methods of a server that was closed.
var ErrClosed = errors.New("devserver: closed")

// ErrNamespaceExists is the error of adding a namespace whose name another one has.
var ErrNamespaceExists = errors.New("devserver: the namespace exists")

// Start returns a running cluster. Close must be called to end it.
func Start(options Options) (*Server, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{options: options, closed: make(chan struct{}), opened: make(chan struct{})}
	if s.security, err = newSecurity(&options); err != nil {
		return nil, err
	}
	s.clock.now = options.Clock
	s.limits.begin(&options)
	s.namespaces.Store(&namespaceList{})
	if options.History {
		s.history = new(history)
	}
	var nodes []*node
	for i := range options.Nodes {
		nodes = append(nodes, newNode(s, i))
	}
	s.list.Store(&nodes)
	s.cluster.Store(new(formation))
	s.mu.Lock()
	s.recluster()
	s.mu.Unlock()
	for _, ns := range options.Namespaces {
		if err := s.addNamespace(ns); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	for _, n := range nodes {
		if err := n.start(s.addressOf(n.number)); err != nil {
			close(s.opened)
			return nil, errors.Join(err, s.Close())
		}
	}
	close(s.opened)
	return s, nil
}

// memoryAddress is that of the first node of a cluster without sockets.
const memoryAddress = "127.0.0.1:3000"

// addressOf is where a node listens, or the address that it has in memory.
func (s *Server) addressOf(number int) (host string, port int) {
	listen := s.options.Listen
	if listen == "" {
		listen = memoryAddress
	}
	host, port, _ = splitAddress(listen) // the options were checked
	if port != 0 {
		port += portStep * number
	}
	return host, port
}

// nodes returns all nodes by their numbers.
func (s *Server) nodes() []*node { return *s.list.Load() }

// AddNamespace adds a namespace to the running cluster. Clients learn of it
// when they next look at the partition map. A namespace of the same name is ErrNamespaceExists.
func (s *Server) AddNamespace(options NamespaceOptions) error {
	if err := s.addNamespace(options); err != nil {
		return err
	}
	for _, n := range s.members() {
		n.partitionGeneration.Add(1)
	}
	return nil
}

func (s *Server) addNamespace(options NamespaceOptions) error {
	options, err := options.withDefaults(s.options.Edition)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return ErrClosed
	}
	old := s.namespaces.Load()
	if old.byName[options.Name] != nil {
		return fmt.Errorf("%w: %q", ErrNamespaceExists, options.Name)
	}
	ns := newNamespace(s, options)
	ns.rebalance()
	s.namespaces.Store(old.with(ns))
	s.indexes.adopt(s, options.Name)
	s.wg.Go(ns.supervise)
	return nil
}

// Seeds returns the addresses of all nodes, "host:port".
func (s *Server) Seeds() []string {
	var seeds []string
	for _, n := range s.nodes() {
		seeds = append(seeds, n.address())
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
	nodes := s.nodes()
	i := slices.IndexFunc(nodes, func(n *node) bool {
		return (n.address() == address || n.alternate == address || n.tlsAddress() == address) && n.process.isUp()
	})
	switch {
	case i < 0:
		return nil, refused()
	case nodes[i].tlsAddress() == address:
		return nodes[i].dial(ctx, nodes[i].secured)
	}
	return nodes[i].dial(ctx, inClear)
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
	for _, n := range s.nodes() {
		errs = append(errs, n.process.end(closeQuietly))
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
