package devserver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// TLSOptions give every node a second address, which speaks TLS (Enterprise). What can be done there is the same.
type TLSOptions struct {
	// Config has the certificate of the nodes, and says whether clients must show one: users who log in by certificate need
	// tls.RequireAndVerifyClientCert or tls.VerifyClientCertIfGiven. It must not be changed any more.
	Config *tls.Config
	// Name is the name in the certificate that the nodes tell their clients (tls-name), so that these can verify it; "" tells none.
	Name string
}

// The ports for TLS: that of a node is as far from its other one as the usual ones are.
const (
	defaultTLSPort = 4333
	tlsPortOffset  = defaultTLSPort - defaultPort
)

func (o *TLSOptions) check(e Edition) error {
	switch {
	case o == nil:
		return nil
	case e != Enterprise:
		return errors.New("devserver: TLS needs the edition Enterprise")
	case o.Config == nil || len(o.Config.Certificates) == 0 && o.Config.GetCertificate == nil && o.Config.GetConfigForClient == nil:
		return errors.New("devserver: TLS without a certificate")
	}
	return nil
}

// startTLS lets clients connect by TLS, beside the address in clear at host and port.
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

// secured is the server's end of a TLS connection. The handshake is made when something is read.
func (n *node) secured(nc net.Conn) net.Conn { return tls.Server(nc, n.server.options.TLS.Config) }

// tlsAddress is the node's address for TLS, "" if it has none.
func (n *node) tlsAddress() string {
	if n.tlsPort == 0 {
		return ""
	}
	return net.JoinHostPort(n.host, strconv.Itoa(n.tlsPort))
}

// TLSSeeds returns the addresses of all nodes for TLS, "host:tls-name:port", or "host:port" if there is no name; without Options.TLS
// there are none.
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

// tlsCommands are those about addresses for TLS (docs/wire-core.md#8.3 and 10.1).
var tlsCommands = map[string]func(*infoRequest) string{
	"service-tls-std": (*infoRequest).tlsService,
	"service-tls-alt": fixed(""),
	"peers-tls-std":   (*infoRequest).tlsPeers,
	"peers-tls-alt":   (*infoRequest).noTLSPeers,
	"alumni-tls-std":  (*infoRequest).tlsPeers,
	"alumni-tls-alt":  (*infoRequest).noTLSPeers,
	"admin-tls-std":   fixed(""),
}

func (r *infoRequest) tlsService() string { return r.node.tlsAddress() }

func (r *infoRequest) tlsPeers() string {
	name := ""
	if o := r.server.options.TLS; o != nil {
		name = o.Name
	}
	return r.book().list(r.since(), peerForm{defaultTLSPort, name, (*node).tlsAddress})
}

// noTLSPeers: other networks have no addresses for TLS.
func (r *infoRequest) noTLSPeers() string {
	return r.book().list(r.since(), peerForm{port: defaultTLSPort, address: func(*node) string { return "" }})
}
