package link

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"
)

// Options say how connections are opened and kept. All nodes of a client share them, and they never
// change.
type Options struct {
	// Dial opens a connection to "host:port".
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS is nil for plain text.
	TLS *tls.Config
	// TLSName is the name of the server's certificate for an address without a TLS name; "" is the
	// host.
	TLSName string
	// ConnectTimeout bounds a dial with its TLS handshake, and the authentication by a session
	// token.
	ConnectTimeout time.Duration
	// LoginTimeout bounds a login.
	LoginTimeout time.Duration
	// MaxConns bounds the connections of a pool. MinConns of them are opened in advance.
	MaxConns, MinConns int
	// IdleTimeout is the age at which an unused connection is closed; negative means never.
	IdleTimeout time.Duration
	// Credentials are nil if the client does not log in.
	Credentials *Credentials
	// Logger must not be nil.
	Logger *slog.Logger
}

// ServerName returns the name that the certificate of the server at an address must be for.
func (o *Options) ServerName(a Address) string {
	switch {
	case a.TLSName != "":
		return a.TLSName
	case o.TLSName != "":
		return o.TLSName
	}
	return a.Host
}
