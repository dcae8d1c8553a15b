package cluster

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// ErrLogin means that a node does not let the client's user in; errors.As gives a *LoginError.
var ErrLogin = errors.New("login refused")

// A LoginError is a node's refusal to let the client's user in. It is ErrLogin.
type LoginError struct {
	User string // "" where a certificate names it
	// Code is the node's verdict: InvalidUser, InvalidCredential, NotAllowlisted and the like.
	Code protocol.ResultCode
}

// Error gives one line.
func (e *LoginError) Error() string { return e.text() + ": " + e.Code.Error() }

// Is reports whether target is ErrLogin or the verdict.
func (e *LoginError) Is(target error) bool { return target == ErrLogin || target == error(e.Code) }

// text says what to do.
func (e *LoginError) text() string {
	who := fmt.Sprintf("login of user %q refused", e.User)
	if e.User == "" {
		who = "login by certificate refused"
	}
	if e.Code == protocol.SecurityNotSupported {
		return who + ", as the server's edition has no users: leave Config.User empty"
	}
	return who + ", see Config.User and Config.Password"
}

// A PoolExhaustedError means that all connections to a node were in use until the time was over. It
// is ErrPoolExhausted and ErrTimeout.
type PoolExhaustedError struct {
	Waited time.Duration
	Max    int // connections that the pool may have
}

// Error gives one line.
func (e *PoolExhaustedError) Error() string {
	return fmt.Sprintf("%v: waited %v for one of %d", ErrPoolExhausted, e.Waited.Round(time.Microsecond), e.Max)
}

// Is reports whether target is ErrPoolExhausted or ErrTimeout.
func (e *PoolExhaustedError) Is(target error) bool {
	return target == ErrPoolExhausted || target == ErrTimeout
}

// A ClusterNameError means that a node belongs to another cluster. Only its name was asked. It is
// ErrClusterName.
type ClusterNameError struct {
	Want, Got string
}

// Error gives one line.
func (e *ClusterNameError) Error() string {
	return fmt.Sprintf("%v: it is %q, not %q as Config.ClusterName says", ErrClusterName, e.Got, e.Want)
}

// Is reports whether target is ErrClusterName.
func (e *ClusterNameError) Is(target error) bool { return target == ErrClusterName }

// linkError turns the errors of package link into those that users know.
func linkError(err error) error {
	switch e := err.(type) {
	case *link.RefusedError:
		return &LoginError{User: e.User, Code: e.Code}
	case *link.TLSRefusedError:
		return &TLSError{Address: e.Address.String(), Name: e.Name, Err: e.Err}
	case *link.ExhaustedError:
		return fmt.Errorf("%w: %w", &PoolExhaustedError{Waited: e.Waited, Max: e.Max}, e.Err)
	}
	return err
}

// ErrTLS means that no TLS connection could be made because one side did not accept the other;
// errors.As gives a *TLSError.
var ErrTLS = errors.New("TLS connection refused")

// A TLSError means that a TLS connection was not made because one side did not accept the other. It
// is ErrTLS. Nothing was sent, in particular no credentials.
type TLSError struct {
	Address string
	// Name is the TLS name that the server's certificate must be for.
	Name string
	// Err is the cause: of crypto/tls, of crypto/x509, or of the connection.
	Err error
}

// Error gives one line, with what the server's certificate is where that is the cause.
func (e *TLSError) Error() string {
	text := fmt.Sprintf("TLS connection to %s under the TLS name %q: %v", e.Address, e.Name, e.Err)
	var verification *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	switch {
	case errors.As(e.Err, &verification) && len(verification.UnverifiedCertificates) > 0:
		c := verification.UnverifiedCertificates[0]
		text += fmt.Sprintf(" (the certificate of %.100q, issued by %.100q, valid until %s)", c.Subject, c.Issuer, c.NotAfter.UTC().Format(time.RFC3339))
	case errors.As(e.Err, &header), errors.Is(e.Err, io.EOF):
		text += " (this may not be the server's port for TLS)"
	}
	return text
}

// Is reports whether target is ErrTLS.
func (e *TLSError) Is(target error) bool { return target == ErrTLS }

// Unwrap returns the cause.
func (e *TLSError) Unwrap() error { return e.Err }
