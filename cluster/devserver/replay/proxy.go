package replay

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
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

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol/wire"
)

// ProxyOptions configures a [Proxy].
type ProxyOptions struct {
	// Listen is the address, "host:port", that stands for the node at Upstream. The other nodes get
	// port+10, port+20 and so on, or free ports if the port is 0 or theirs is in use.
	Listen string
	// Upstream is the address of a node of the cluster, "host:port".
	Upstream string
	// UpstreamTLS is the configuration of connections to the nodes, whose addresses then are those
	// with TLS. If it has no ServerName, the certificates are verified against the TLS names that
	// the nodes report, and that of Upstream against its host. nil means no TLS.
	UpstreamTLS *tls.Config
	// TLS gives every node of the proxy a second address for clients with TLS, on port+1333. Its
	// Name is the TLS name that clients get for all nodes. nil means no TLS.
	TLS *devserver.TLSOptions
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
	listen []net.Listener
	closed bool
}

// A proxyNode stands for a node of the cluster.
type proxyNode struct {
	proxy   *Proxy
	number  int
	address string // that clients use
	secure  string // that clients with TLS use, "" if there is none
	conns   atomic.Int64

	// Guarded by the proxy's lock.
	name     string
	tlsName  string // that the node reports
	upstream string
	aliases  []string // addresses that the node reports as its own
}

const (
	portStep      = 10   // distance between the ports of nodes
	tlsPortOffset = 1333 // distance of a node's TLS port from its other port
)

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
	p := &Proxy{options: o, record: newWriter(o.Record, time.Now(), o.Redact), conns: make(map[net.Conn]struct{})}
	if err := p.probe(ctx); err != nil {
		return nil, fmt.Errorf("proxy: upstream: %w", err)
	}
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

// TLSAddresses returns the addresses for clients with TLS, in the form of
// [devserver.Server.TLSSeeds]. Without ProxyOptions.TLS it returns nil.
func (p *Proxy) TLSAddresses() (list []string) {
	o := p.options.TLS
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.nodes {
		switch {
		case o == nil:
		case o.Name == "":
			list = append(list, n.secure)
		default:
			host, port, _ := net.SplitHostPort(n.secure)
			list = append(list, host+":"+o.Name+":"+port)
		}
	}
	return list
}

// probeTimeout is how long the upstream node may take for its first answer.
const probeTimeout = 10 * time.Second

// probe checks that the upstream node answers an info request.
func (p *Proxy) probe(ctx context.Context) error {
	nc, err := p.dial(ctx, p.options.Upstream, "")
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the port closes the connection as one without TLS does", err)
	}
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := nc.SetDeadline(time.Now().Add(probeTimeout)); err != nil {
		return err
	}
	_, err = nc.Write(newFrame(wire.ProtoInfo, []byte("node\n")))
	if err == nil {
		_, err = readFrame(bufio.NewReader(nc))
	}
	if err != nil {
		return fmt.Errorf("%s does not answer an info request, perhaps because one side uses TLS and the other does not: %w", p.options.Upstream, err)
	}
	return nil
}

// Close closes all connections. It returns the first error of writing the recording.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	for _, l := range p.listen {
		l.Close()
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
	var err error
	if n.address, err = n.open(0, nil); err != nil {
		return nil, err
	}
	if o := p.options.TLS; o != nil {
		if n.secure, err = n.open(tlsPortOffset, o.Config); err != nil {
			return nil, err
		}
	}
	p.nodes = append(p.nodes, n)
	p.record.node(n.number, n.recorded())
	p.options.Logger.Info("node", "name", name, "address", n.address, "upstream", upstream)
	return n, nil
}

// recorded returns what the recording has about the node.
func (n *proxyNode) recorded() Node { return Node{n.name, n.address, n.secure} }

// open listens on the port of the node plus an offset, and returns the address for clients. config
// is nil for clients without TLS.
func (n *proxyNode) open(offset int, config *tls.Config) (address string, err error) {
	p := n.proxy
	host, text, err := net.SplitHostPort(p.options.Listen)
	if err != nil {
		return "", err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return "", fmt.Errorf("port %q is not a number", text)
	}
	if port != 0 {
		port += portStep*n.number + offset
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil && n.number > 0 {
		l, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return "", err
	}
	address = l.Addr().String()
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		address = net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	p.listen = append(p.listen, l)
	p.serving.Go(func() { n.accept(l, config) })
	return address, nil
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
func (n *proxyNode) accept(l net.Listener, config *tls.Config) {
	for {
		nc, err := l.Accept()
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
		if config != nil {
			nc = tls.Server(nc, config)
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
func (n *proxyNode) own(reported string, secure bool) string {
	n.proxy.mu.Lock()
	defer n.proxy.mu.Unlock()
	for address := range strings.SplitSeq(reported, ";") {
		if !slices.Contains(n.aliases, address) {
			n.aliases = append(n.aliases, address)
		}
	}
	return n.of(secure)
}

// of returns the address of one kind.
func (n *proxyNode) of(secure bool) string {
	if secure {
		return n.secure
	}
	return n.address
}

// tls returns the TLS name that clients get.
func (n *proxyNode) tls() (name string, ok bool) {
	if o := n.proxy.options.TLS; o != nil {
		return o.Name, true
	}
	return "", false
}

// is reports whether one of the addresses is that of the node. The proxy's lock must be held.
func (n *proxyNode) is(addresses ...string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool { return a == n.upstream || slices.Contains(n.aliases, a) })
}

// named returns the address of the node with a name. A node that is new gets one. A node that has
// moved is dialed at its new address.
func (n *proxyNode) named(name, tlsName string, reported []string, secure bool) string {
	p := n.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.nodes {
		if other.name == name || other.name == "" && other.is(reported...) {
			other.rename(name)
			other.tlsName = tlsName
			if !other.is(reported...) {
				other.aliases = reported
				if other.number > 0 {
					other.upstream = reported[0]
				}
			}
			return other.of(secure)
		}
	}
	return p.addressOfNew(name, tlsName, reported[0], secure)
}

// listed returns the address of the node with a reported address.
func (n *proxyNode) listed(reported string, secure bool) string {
	p := n.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.nodes {
		if other.is(reported) {
			return other.of(secure)
		}
	}
	return p.addressOfNew("", "", reported, secure)
}

// addressOfNew adds a node and returns its address. If that fails, clients get the node's own
// address. The lock must be held.
func (p *Proxy) addressOfNew(name, tlsName, upstream string, secure bool) string {
	n, err := p.add(name, upstream)
	if err != nil {
		p.options.Logger.Error("no address for a node", "name", name, "upstream", upstream, "error", err)
		return upstream
	}
	n.tlsName = tlsName
	return n.of(secure)
}

// rename sets the node's name when it becomes known. The proxy's lock must be held.
func (n *proxyNode) rename(name string) {
	if n.name != name {
		n.name = name
		n.proxy.record.node(n.number, n.recorded())
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
