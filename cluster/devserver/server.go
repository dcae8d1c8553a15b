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

// A Server is a running cluster. Its methods are safe for concurrent use.
type Server struct {
	options Options
	clock   clock
	list    atomic.Pointer[[]*node] // all nodes by number, running or ended
	cluster atomic.Pointer[formation]

	// namespaces is replaced as a whole, so commands read it without a lock.
	namespaces atomic.Pointer[namespaceList]
	indexes    indexRegistry
	modules    moduleRegistry
	settings   settings
	metadata   metadata
	limits     connLimits
	buffers    buffers
	faults     faults
	journal    *journal // nil unless Options.DataDir is set
	kept       keptState
	history    *history  // nil unless Options.History is set
	security   *security // nil without Options.Security

	shippingFilters shippingFilters

	mu        sync.Mutex // guards cluster changes, migrations and closing; see doc.go for the lock order
	epoch     uint64     // number of cluster changes
	holds     int        // number of HoldCluster calls in effect
	pending   []pendingPartition
	migrating bool // whether migrateEvery is running

	// opened is closed when all initial nodes have addresses. No node accepts connections before,
	// because every node reports the addresses of all.
	opened chan struct{}
	closed chan struct{}
	wg     sync.WaitGroup // goroutines that do not belong to one node's process
}

// ErrClosed is the error of calls on a closed server.
var ErrClosed = errors.New("devserver: closed")

// ErrNamespaceExists is the error of AddNamespace if the name is in use.
var ErrNamespaceExists = errors.New("devserver: namespace exists")

// Errors of methods that name a node or a namespace which does not exist wrap one of these.
var (
	ErrNoNode      = errors.New("no node")
	ErrNoNamespace = errors.New("no namespace")
)

// Start starts a cluster. The caller must call Close when done.
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
	s.limits.init(&options)
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
	if options.DataDir != "" {
		if s.journal, err = newJournal(options.DataDir); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	for _, ns := range options.Namespaces {
		if err := s.addNamespace(ns); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if s.journal != nil {
		if err := s.journal.open(s); err != nil {
			close(s.opened)
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

// memoryAddress is the address of the first node if there are no sockets.
const memoryAddress = "127.0.0.1:3000"

// addressOf returns the address that a node listens on, or the address that stands for it in
// memory.
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

// nodes returns all nodes by number.
func (s *Server) nodes() []*node { return *s.list.Load() }

// AddNamespace adds a namespace to the running cluster. Clients see it when they next refresh the
// partition map. If the name is in use the error is ErrNamespaceExists.
func (s *Server) AddNamespace(options NamespaceOptions) error {
	if err := s.addNamespace(options); err != nil {
		return err
	}
	for _, n := range s.members() {
		n.partitionGeneration.Add(1)
	}
	s.journal.add(func(buf []byte) []byte { return namespaceEntry(buf, &options) })
	return s.acknowledge()
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
	if s.options.Answer != nil {
		return errors.New("devserver: a server with Options.Answer has no namespaces")
	}
	old := s.namespaces.Load()
	if old.byName[options.Name] != nil {
		return fmt.Errorf("%w: %q", ErrNamespaceExists, options.Name)
	}
	ns := newNamespace(s, options)
	ns.rebalance()
	s.namespaces.Store(old.with(ns))
	s.indexes.openFor(s, options.Name)
	s.wg.Go(ns.supervise)
	return nil
}

// Seeds returns the addresses of all nodes, "host:port", in node order.
func (s *Server) Seeds() []string {
	var seeds []string
	for _, n := range s.nodes() {
		seeds = append(seeds, n.address())
	}
	return seeds
}

// Dial connects to the node at address, which is one that Seeds or another node returned. It has
// the signature of a client's dial function and ignores the network.
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

// Close stops all nodes, closes their connections and waits for all goroutines to end. Further
// calls do nothing.
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
	errs = append(errs, s.journal.close())
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

// namespace returns the namespace with the given name, nil if there is none.
func (s *Server) namespace(name []byte) *namespace { return s.namespaces.Load().byName[string(name)] }
