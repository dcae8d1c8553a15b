package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
)

// defaultPort is that of a seed without a port.
const defaultPort = "3000"

// splitSeed returns the parts of "host", "host:port" or "host:tls-name:port".
func splitSeed(seed string) (host, name, port string) {
	if host, port, err := net.SplitHostPort(seed); err == nil {
		return host, "", port
	}
	if parts := strings.Split(seed, ":"); len(parts) == 3 {
		return parts[0], parts[1], parts[2]
	}
	return strings.Trim(seed, "[]"), "", defaultPort
}

// checkSeeds resolves and dials the seeds, and examines their certificates.
func (r *Report) checkSeeds(ctx context.Context, cfg driver.Config) {
	for _, seed := range cfg.Seeds {
		host, name, port := splitSeed(seed)
		addresses, err := lookup(ctx, cfg, host)
		if err != nil {
			r.add("dns", Problem, seed, "correct the name in the data source name, or the DNS or hosts file of this machine", "the host %s has no address: %v", host, err)
			continue
		}
		if net.ParseIP(host) == nil {
			r.add("dns", OK, seed, "", "%s is %s", host, strings.Join(addresses, ", "))
		}
		for _, address := range addresses {
			r.checkAddress(ctx, cfg, seed, net.JoinHostPort(address, port), firstOf(name, cfg.TLSName, host))
		}
	}
}

func lookup(ctx context.Context, cfg driver.Config, host string) ([]string, error) {
	switch {
	case net.ParseIP(host) != nil:
		return []string{host}, nil
	case cfg.LookupHost != nil:
		return cfg.LookupHost(ctx, host)
	case cfg.Dial != nil:
		return []string{host}, nil
	}
	return net.DefaultResolver.LookupHost(ctx, host)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// checkAddress dials an address of a seed.
func (r *Report) checkAddress(ctx context.Context, cfg driver.Config, seed, address, name string) {
	start := time.Now()
	conn, err := dial(ctx, cfg, address)
	if err != nil {
		r.add("dial", Problem, seed, "check that the server runs and listens there, and that no firewall is in between", "%s does not accept connections: %v", address, err)
		return
	}
	defer conn.Close()
	r.add("dial", OK, seed, "", "%s accepts connections after %v", address, time.Since(start).Round(10*time.Microsecond))
	if cfg.TLS {
		r.checkCertificate(ctx, cfg, conn, seed, name)
	}
}

const (
	// tlsTimeout limits a handshake.
	tlsTimeout = 5 * time.Second
	// expiryWarning is the time before the end of a certificate from which it is a warning.
	expiryWarning = 30 * 24 * time.Hour
)

// checkCertificate makes a TLS handshake for a TLS name.
func (r *Report) checkCertificate(ctx context.Context, cfg driver.Config, conn net.Conn, seed, name string) {
	config, err := cluster.LoadTLS(cfg.TLSFiles)
	if err != nil {
		r.add("tls", Problem, seed, "correct the files of certificates in the data source name", "the TLS configuration can't be loaded: %v", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	config = config.Clone()
	config.ServerName, config.InsecureSkipVerify = name, true // the checks below verify
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		r.add("tls", Problem, seed, "check that the port is the TLS port of the server, often 4333, and that the server accepts this client's certificate", "the TLS handshake failed: %v", err)
		return
	}
	certificates := secure.ConnectionState().PeerCertificates
	own := certificates[0]
	if err := own.VerifyHostname(name); err != nil {
		r.add("tls", Problem, seed, "put the TLS name into the seed, as in host:tls-name:port, or set tls_name; or give the server a certificate for this name",
			"the certificate is not for the name %s but for %s", name, strings.Join(append(own.DNSNames, own.Subject.CommonName), ", "))
		return
	}
	options := x509.VerifyOptions{DNSName: name, Roots: config.RootCAs, Intermediates: x509.NewCertPool()}
	for _, c := range certificates[1:] {
		options.Intermediates.AddCert(c)
	}
	if _, err := own.Verify(options); err != nil && !cfg.TLSTrustAnyServer {
		r.add("tls", Problem, seed, "give the certificate of the authority with tls_ca, or renew the server's certificate", "the certificate can't be verified: %v", err)
		return
	}
	if left := time.Until(own.NotAfter); left < expiryWarning {
		r.add("tls", Warning, seed, "renew the server's certificate", "the certificate ends on %s", own.NotAfter.UTC().Format(time.DateOnly))
		return
	}
	r.add("tls", OK, seed, "", "the certificate is valid for %s until %s", name, own.NotAfter.UTC().Format(time.DateOnly))
}

// connectRemedy returns what to do about an error of opening the cluster.
func connectRemedy(err error) string {
	switch {
	case errors.Is(err, cluster.ErrLogin):
		return "check user and password; security needs a user that exists on the cluster"
	case errors.Is(err, cluster.ErrTLS):
		return "see the findings about tls"
	case errors.Is(err, cluster.ErrClusterName):
		return "correct cluster_name in the data source name, or the seeds, which belong to another cluster"
	}
	return "see the findings about dns and dial; with TLS on the servers use tls=true and the TLS port"
}

// checkPeers dials the nodes that the cluster reports but the client is not connected to.
func (p *patient) checkPeers(ctx context.Context, r *Report) {
	if p.cfg.TLS || len(p.answers) == 0 {
		return
	}
	connected := make(map[string]bool)
	for _, n := range p.sample.Nodes {
		connected[n.Name] = true
	}
	plain, alternate := p.peers("peers-clear-std"), p.peers("peers-clear-alt")
	used := plain
	if p.cfg.AlternateAddresses {
		used = alternate
	}
	missing := 0
	for name := range plain {
		if connected[name] {
			continue
		}
		missing++
		address := used[name]
		remedy := "check the access-address of the node, the network between this machine and it, and firewalls"
		if other := alternate[name]; !p.cfg.AlternateAddresses && other != "" && p.reachable(ctx, other) {
			remedy = "set alternate_addresses=true in the data source name: the node's alternate address " + other + " can be reached"
		}
		switch {
		case address == "":
			r.add("peers", Problem, name, "give the node an alternate-access-address, or leave out alternate_addresses", "the node has no alternate address")
		case !p.reachable(ctx, address):
			r.add("peers", Problem, name, remedy, "the cluster reports the node at %s, which can't be reached from here", address)
		default:
			r.add("peers", Warning, name, "run the check again; a node that has just joined is connected within a second", "the node at %s can be reached, but the client is not connected to it", address)
		}
	}
	if missing == 0 {
		r.add("peers", OK, "", "", "all nodes that the cluster reports can be reached")
	}
}

func (p *patient) reachable(ctx context.Context, address string) bool {
	conn, err := dial(ctx, p.cfg, address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// peers returns the first address of each node that a command of the nodes reports.
func (p *patient) peers(command string) map[string]string {
	peers := make(map[string]string)
	for _, values := range p.answers {
		for name, address := range parsePeers(values[command]) {
			if address != "" || peers[name] == "" {
				peers[name] = address
			}
		}
	}
	return peers
}

// parsePeers parses generation,port,[[node,tls-name,[address,...]],...]. An address without a port
// has the one in front.
func parsePeers(text string) map[string]string {
	peers := make(map[string]string)
	head, list, _ := strings.Cut(text, ",[")
	_, port, _ := strings.Cut(head, ",")
	for entry := range strings.SplitSeq(list, "]],") {
		entry = strings.Trim(entry, "[]")
		name, rest, ok := strings.Cut(entry, ",")
		if !ok {
			continue
		}
		_, addresses, _ := strings.Cut(rest, ",[")
		peers[name] = firstAddress(addresses, port)
	}
	return peers
}

// firstAddress returns the first address of a list with its port. An address of IPv6 stands in
// brackets.
func firstAddress(list, port string) string {
	if strings.HasPrefix(list, "[") {
		host, rest, _ := strings.Cut(list[1:], "]")
		own, _, _ := strings.Cut(strings.TrimPrefix(rest, ":"), ",")
		return net.JoinHostPort(host, firstOf(own, port))
	}
	address, _, _ := strings.Cut(list, ",")
	if address == "" {
		return ""
	}
	if host, own, err := net.SplitHostPort(address); err == nil {
		return net.JoinHostPort(host, own)
	}
	return net.JoinHostPort(address, port)
}
