package devserver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// TLSOptions adds a TLS address to every node (Enterprise). It offers the same functions as the
// plain address.
type TLSOptions struct {
	// Config has the certificate of the nodes and the policy for client certificates. Login by
	// certificate needs tls.RequireAndVerifyClientCert or tls.VerifyClientCertIfGiven. The server
	// retains it; it must not be modified.
	Config *tls.Config
	// Name is the TLS name that the nodes report to clients (tls-name). Clients verify the
	// certificate against it. "" means that no name is reported.
	Name string
}

// TLS ports. A node's TLS port has the same distance from its plain port as the default ports have.
const (
	defaultTLSPort = 4333
	tlsPortOffset  = defaultTLSPort - defaultPort
)

func (o *TLSOptions) check(e Edition) error {
	switch {
	case o == nil:
		return nil
	case e != Enterprise:
		return errors.New("devserver: TLS needs the Enterprise Edition")
	case o.Config == nil || len(o.Config.Certificates) == 0 && o.Config.GetCertificate == nil && o.Config.GetConfigForClient == nil:
		return errors.New("devserver: Options.TLS has no certificate")
	}
	return nil
}

// startTLS accepts TLS clients, in addition to plain clients at host and port.
func (n *node) startTLS(host string, port int) error {
	if n.server.options.TLS == nil {
		return nil
	}
	if n.tlsPort == 0 && port != 0 {
		n.tlsPort = port + tlsPortOffset
	}
	if n.server.options.Listen == "" {
		return nil
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(n.tlsPort)))
	if err != nil {
		return fmt.Errorf("devserver: %w", err)
	}
	n.tlsPort = l.Addr().(*net.TCPAddr).Port
	n.process.listeners = append(n.process.listeners, l)
	n.process.handlers.Go(func() { n.accept(n.process, l, n.secured) })
	return nil
}

// secured returns the server's end of a TLS connection. The handshake happens at the first read.
func (n *node) secured(nc net.Conn) net.Conn { return tls.Server(nc, n.server.options.TLS.Config) }

// tlsAddress returns the node's TLS address, "" if it has none.
func (n *node) tlsAddress() string {
	if n.tlsPort == 0 {
		return ""
	}
	return net.JoinHostPort(n.host, strconv.Itoa(n.tlsPort))
}

// TLSSeeds returns the TLS addresses of all nodes, in the form "host:tls-name:port", or "host:port"
// if there is no TLS name. Without Options.TLS it returns nil.
func (s *Server) TLSSeeds() (seeds []string) {
	for _, n := range s.nodes() {
		switch o := s.options.TLS; {
		case o == nil:
		case o.Name == "":
			seeds = append(seeds, n.tlsAddress())
		default:
			seeds = append(seeds, n.host+":"+o.Name+":"+strconv.Itoa(n.tlsPort))
		}
	}
	return seeds
}

// tlsCommands are the info commands about TLS addresses (docs/wire-core.md#8.3 and 10.1).
var tlsCommands = map[string]func(*infoRequest) string{
	"service-tls-std": (*infoRequest).tlsService,
	"service-tls-alt": fixed(""),
	"peers-tls-std":   (*infoRequest).tlsPeers,
	"peers-tls-alt":   (*infoRequest).noTLSPeers,
	"alumni-tls-std":  (*infoRequest).tlsPeers,
	"alumni-tls-alt":  (*infoRequest).noTLSPeers,
}

func (r *infoRequest) tlsService() string { return r.node.tlsAddress() }

func (r *infoRequest) tlsPeers() string {
	name := ""
	if o := r.server.options.TLS; o != nil {
		name = o.Name
	}
	return r.peerBook().list(r.since(), peerForm{defaultTLSPort, name, (*node).tlsAddress})
}

// noTLSPeers returns the peers without addresses: alternate networks have no TLS addresses.
func (r *infoRequest) noTLSPeers() string {
	return r.peerBook().list(r.since(), peerForm{port: defaultTLSPort, address: func(*node) string { return "" }})
}
