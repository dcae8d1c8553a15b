package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"
)

// A TLSRefusedError means that a TLS connection was not made because one side did not accept the
// other. Nothing was sent.
type TLSRefusedError struct {
	Address Address
	Name    string // the TLS name that the server's certificate must be for
	Err     error
}

// Error returns a one-line message.
func (e *TLSRefusedError) Error() string {
	return fmt.Sprintf("TLS connection to %v under the TLS name %q: %v", e.Address, e.Name, e.Err)
}

// Unwrap returns the cause.
func (e *TLSRefusedError) Unwrap() error { return e.Err }

// Dial opens a connection within ConnectTimeout and authenticates it.
func Dial(ctx context.Context, o *Options, a Address, auth *Authenticator) (*Conn, error) {
	c, err := Connect(ctx, o, a, auth)
	if err != nil {
		return nil, err
	}
	if err := auth.Authenticate(ctx, c); err != nil {
		err = RefusedCertificate(o, a, c, err)
		c.Close()
		return nil, err
	}
	return c, nil
}

// Connect opens a connection within ConnectTimeout, but does not authenticate it.
func Connect(ctx context.Context, o *Options, a Address, auth *Authenticator) (*Conn, error) {
	limited, cancel := context.WithTimeout(ctx, o.ConnectTimeout)
	defer cancel()
	raw, err := o.Dial(limited, "tcp", a.String())
	if err == nil && o.TLS != nil {
		raw, err = handshake(limited, o, raw, a)
	}
	switch {
	case err == nil:
		c := NewConn(raw)
		c.auth = auth
		return c, nil
	case ctx.Err() != nil:
		err = ContextError(ctx)
	case limited.Err() != nil:
		err = ErrConnectTimeout
	}
	return nil, err
}

// handshake performs the TLS handshake with the server at an address. It closes the connection on
// an error.
func handshake(ctx context.Context, o *Options, raw net.Conn, a Address) (net.Conn, error) {
	config := o.TLS.Clone()
	config.ServerName = o.ServerName(a)
	c := tls.Client(raw, config)
	err := c.HandshakeContext(ctx)
	if err == nil {
		return c, nil
	}
	raw.Close()
	if timeout := net.Error(nil); ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
		return nil, err
	}
	return nil, &TLSRefusedError{Address: a, Name: config.ServerName, Err: err}
}

// RefusedCertificate returns a TLSRefusedError if the first messages on a connection failed with a
// TLS alert, and err otherwise. A server that does not accept the client's certificate reports that
// only after the handshake.
func RefusedCertificate(o *Options, a Address, c *Conn, err error) error {
	if o.TLS == nil {
		return err
	}
	alert := err
	if !isAlert(err) {
		// The alert may have arrived while we were writing.
		c.raw.SetReadDeadline(time.Now().Add(tlsMessageTime))
		var b [1]byte
		if _, alert = c.raw.Read(b[:]); !isAlert(alert) {
			return err
		}
	}
	return &TLSRefusedError{Address: a, Name: o.ServerName(a), Err: alert}
}

// isAlert reports whether an error is a TLS alert from the peer.
func isAlert(err error) bool {
	var e *net.OpError
	return errors.As(err, &e) && e.Op == "remote error"
}

// tlsMessageTime limits the wait for the rest of a TLS message that has begun to arrive.
const tlsMessageTime = time.Millisecond
