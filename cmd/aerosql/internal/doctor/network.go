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

// checkCertificate makes a TLS handshake for a TLS name. The subject is a seed or a node. It
// reports whether a client would accept the certificate.
func (r *Report) checkCertificate(ctx context.Context, cfg driver.Config, conn net.Conn, subject, name string) bool {
	config, err := cluster.LoadTLS(cfg.TLSFiles)
	if err != nil {
		r.add("tls", Problem, subject, "correct the files of certificates in the data source name", "the TLS configuration can't be loaded: %v", err)
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	config = config.Clone()
	config.ServerName, config.InsecureSkipVerify = name, true // the checks below verify
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		r.add("tls", Problem, subject, "check that the port is the TLS port of the server, often 4333, and that the server accepts this client's certificate", "the TLS handshake failed: %v", err)
		return false
	}
	certificates := secure.ConnectionState().PeerCertificates
	own := certificates[0]
	if err := own.VerifyHostname(name); err != nil {
		r.add("tls", Problem, subject, "put the TLS name into the subject, as in host:tls-name:port, or set tls_name; or give the server a certificate for this name",
			"the certificate is not for the name %s but for %s", name, strings.Join(append(own.DNSNames, own.Subject.CommonName), ", "))
		return false
	}
	options := x509.VerifyOptions{DNSName: name, Roots: config.RootCAs, Intermediates: x509.NewCertPool()}
	for _, c := range certificates[1:] {
		options.Intermediates.AddCert(c)
	}
	if _, err := own.Verify(options); err != nil && !cfg.TLSTrustAnyServer {
		r.add("tls", Problem, subject, "give the certificate of the authority with tls_ca, or renew the server's certificate", "the certificate can't be verified: %v", err)
		return false
	}
	if left := time.Until(own.NotAfter); left < expiryWarning {
		r.add("tls", Warning, subject, "renew the server's certificate", "the certificate ends on %s", own.NotAfter.UTC().Format(time.DateOnly))
		return true
	}
	r.add("tls", OK, subject, "", "the certificate is valid for %s until %s", name, own.NotAfter.UTC().Format(time.DateOnly))
	return true
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
