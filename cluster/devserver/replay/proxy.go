package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol/wire"
)

// ProxyOptions configures a [Proxy].
type ProxyOptions struct {
	// Listen is the address, "host:port", that stands for the node at Upstream. The other nodes get
	// port+10, port+20 and so on, or free ports if the port is 0 or theirs is in use.
	Listen string
	// Upstream is the address of a node of the cluster, "host:port", without TLS.
	Upstream string
	// Record receives the recording, line by line.
	Record io.Writer
	// Redact replaces values, keys and digests in the recording.
	Redact bool
	// Logger receives log messages. nil discards them.
	Logger *slog.Logger
	// Dial connects to a node. nil means TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// A Proxy stands between clients and a cluster and records what they say. See the package
// documentation.
type Proxy struct {
	options ProxyOptions
	record  *writer
	number  atomic.Int64 // of the last request

	running context.Context
	stop    context.CancelFunc
	serving sync.WaitGroup

	mu     sync.Mutex
	nodes  []*proxyNode
	conns  map[net.Conn]struct{}
	closed bool
}

// A proxyNode stands for a node of the cluster.
type proxyNode struct {
	proxy    *Proxy
	number   int
	address  string // that clients use
	listener net.Listener
	conns    atomic.Int64

	// Guarded by the proxy's lock.
	name     string
	upstream string
	aliases  []string // addresses that the node reports as its own
}

// portStep is the distance between the ports of nodes.
const portStep = 10

// StartProxy starts a proxy. It connects to the upstream node to see whether it is there. The
// caller must call Close.
func StartProxy(ctx context.Context, o ProxyOptions) (*Proxy, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if _, _, err := net.SplitHostPort(o.Upstream); err != nil {
		return nil, fmt.Errorf("proxy: upstream: %w", err)
	}
	nc, err := o.Dial(ctx, "tcp", o.Upstream)
	if err != nil {
		return nil, fmt.Errorf("proxy: upstream: %w", err)
	}
	nc.Close()
	p := &Proxy{options: o, record: newWriter(o.Record, time.Now(), o.Redact), conns: make(map[net.Conn]struct{})}
	p.running, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := p.record.failed(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.add("", o.Upstream); err != nil {
		p.stop()
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return p, nil
}

// Addresses returns the addresses that clients use, one for each node that is known so far. The
// first is that of the upstream node.
func (p *Proxy) Addresses() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.nodes {
		list = append(list, n.address)
	}
	return list
}

// Close closes all connections. It returns the first error of writing the recording.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	for _, n := range p.nodes {
		n.listener.Close()
	}
	for nc := range p.conns {
		nc.Close()
	}
	p.mu.Unlock()
	p.stop()
	p.serving.Wait()
	return p.record.failed()
}

// add adds a node. The lock must be held.
func (p *Proxy) add(name, upstream string) (*proxyNode, error) {
	if p.closed {
		return nil, net.ErrClosed
	}
	n := &proxyNode{proxy: p, number: len(p.nodes), name: name, upstream: upstream}
	host, port, err := net.SplitHostPort(p.options.Listen)
	if err != nil {
		return nil, err
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("port %q is not a number", port)
	}
	if first != 0 {
		first += portStep * n.number
	}
	n.listener, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(first)))
	if err != nil && n.number > 0 {
		n.listener, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return nil, err
	}
	n.address = n.listener.Addr().String()
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		n.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(n.listener.Addr().(*net.TCPAddr).Port))
	}
	p.nodes = append(p.nodes, n)
	p.record.node(n.number, Node{n.name, n.address})
	p.options.Logger.Info("node", "name", name, "address", n.address, "upstream", upstream)
	p.serving.Go(n.accept)
	return n, nil
}

// track remembers a connection, so that Close closes it. It returns false if the proxy is closed.
func (p *Proxy) track(nc net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		nc.Close()
		return false
	}
	p.conns[nc] = struct{}{}
	return true
}

func (p *Proxy) forget(nc net.Conn) {
	nc.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, nc)
}

// accept accepts clients until the proxy is closed.
func (n *proxyNode) accept() {
	for {
		nc, err := n.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			n.proxy.options.Logger.Warn("accept", "error", err)
			select {
			case <-time.After(50 * time.Millisecond):
				continue
			case <-n.proxy.running.Done():
				return
			}
		}
		if n.proxy.track(nc) {
			n.proxy.serving.Go(func() {
				defer n.proxy.forget(nc)
				n.serve(nc)
			})
		}
	}
}

// own returns the address of the node that answers.
func (n *proxyNode) own(reported string) string {
	n.proxy.mu.Lock()
	defer n.proxy.mu.Unlock()
	for address := range strings.SplitSeq(reported, ";") {
		if !slices.Contains(n.aliases, address) {
			n.aliases = append(n.aliases, address)
		}
	}
	return n.address
}

// is reports whether one of the addresses is that of the node. The proxy's lock must be held.
func (n *proxyNode) is(addresses ...string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool { return a == n.upstream || slices.Contains(n.aliases, a) })
}

// named returns the address of the node with a name. A node that is new gets one. A node that has
// moved is dialed at its new address.
func (n *proxyNode) named(name string, reported []string) string {
	p := n.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.nodes {
		if other.name == name || other.name == "" && other.is(reported...) {
			other.rename(name)
			if !other.is(reported...) {
				other.aliases = reported
				if other.number > 0 {
					other.upstream = reported[0]
				}
			}
			return other.address
		}
	}
	return p.addressOfNew(name, reported[0])
}

// listed returns the address of the node with a reported address.
func (n *proxyNode) listed(reported string) string {
	p := n.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.nodes {
		if other.is(reported) {
			return other.address
		}
	}
	return p.addressOfNew("", reported)
}

// addressOfNew adds a node and returns its address. If that fails, clients get the node's own
// address. The lock must be held.
func (p *Proxy) addressOfNew(name, upstream string) string {
	n, err := p.add(name, upstream)
	if err != nil {
		p.options.Logger.Error("no address for a node", "name", name, "upstream", upstream, "error", err)
		return upstream
	}
	return n.address
}

// rename sets the node's name when it becomes known. The proxy's lock must be held.
func (n *proxyNode) rename(name string) {
	if n.name != name {
		n.name = name
		n.proxy.record.node(n.number, Node{name, n.address})
	}
}

// learnName reads the node's name from its answer to an info request.
func (n *proxyNode) learnName(f frame) {
	for line := range bytes.Lines(f.body()) {
		if name, ok := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\n")), []byte("node\t")); ok && f.proto() == wire.ProtoInfo {
			n.proxy.mu.Lock()
			n.rename(string(name))
			n.proxy.mu.Unlock()
		}
	}
}
