package link

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"
)

// Options configure how connections are opened and pooled. All nodes of a client share them, and
// they must not change.
type Options struct {
	// Dial opens a connection to "host:port".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS is nil for plain text.
	TLS *tls.Config
	// TLSName is the name in the server's certificate if the address has no TLS name; "" means the
	// host.
	TLSName string
	// ConnectTimeout limits a dial including its TLS handshake. It also limits authentication with
	// a session token.
	ConnectTimeout time.Duration
	// LoginTimeout limits a login.
	LoginTimeout time.Duration
	// MaxConns is the maximum number of connections in a pool. MinConns of them are opened in
	// advance.
	MaxConns, MinConns int
	// IdleTimeout is how long a connection may be idle before it is closed; negative means forever.
	IdleTimeout time.Duration
	// Credentials is nil if the client does not log in.
	Credentials *Credentials
	// Logger must not be nil.
	Logger *slog.Logger
}

// ServerName returns the name that the certificate of the server at an address must contain.
func (o *Options) ServerName(a Address) string {
	switch {
	case a.TLSName != "":
		return a.TLSName
	case o.TLSName != "":
		return o.TLSName
	}
	return a.Host
}
