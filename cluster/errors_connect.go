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

// ErrLogin means that a node refused the login. Use errors.As to get the *LoginError.
var ErrLogin = errors.New("login refused")

// A LoginError means that a node refused the login. errors.Is reports it as ErrLogin, and as Code.
type LoginError struct {
	User string // "" if the certificate names the user
	// Code is the node's result code, such as InvalidUser, InvalidCredential or NotAllowlisted.
	Code protocol.ResultCode
}

// Error returns one line of text.
func (e *LoginError) Error() string { return e.text() + ": " + e.Code.Error() }

// Is reports whether target is ErrLogin or e.Code.
func (e *LoginError) Is(target error) bool { return target == ErrLogin || target == error(e.Code) }

// text returns what failed, and which settings to check.
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

// A PoolExhaustedError means that all connections to a node were in use until the timeout.
// errors.Is reports it as ErrPoolExhausted and ErrTimeout.
type PoolExhaustedError struct {
	Waited time.Duration // how long the caller waited for a connection
	Max    int           // maximum number of connections to the node
}

// Error returns one line of text.
func (e *PoolExhaustedError) Error() string {
	return fmt.Sprintf("%v: waited %v for one of %d", ErrPoolExhausted, e.Waited.Round(time.Microsecond), e.Max)
}

// Is reports whether target is ErrPoolExhausted or ErrTimeout.
func (e *PoolExhaustedError) Is(target error) bool {
	return target == ErrPoolExhausted || target == ErrTimeout
}

// A ClusterNameError means that a node belongs to another cluster. The client does not use the node
// and sends it no commands. errors.Is reports it as ErrClusterName.
type ClusterNameError struct {
	Want, Got string // Config.ClusterName, and the name that the node reported
}

// Error returns one line of text.
func (e *ClusterNameError) Error() string {
	return fmt.Sprintf("%v: it is %q, not %q as Config.ClusterName says", ErrClusterName, e.Got, e.Want)
}

// Is reports whether target is ErrClusterName.
func (e *ClusterNameError) Is(target error) bool { return target == ErrClusterName }

// linkError converts errors of package link to the exported errors of this package.
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

// ErrTLS means that a TLS handshake failed because one side did not accept the other. Use errors.As
// to get the *TLSError.
var ErrTLS = errors.New("TLS connection refused")

// A TLSError means that a TLS handshake failed because one side did not accept the other. Nothing
// was sent, in particular no credentials. errors.Is reports it as ErrTLS.
type TLSError struct {
	Address string // "host:port"
	// Name is the TLS name that the server's certificate must have.
	Name string
	// Err is the cause, an error of crypto/tls, of crypto/x509 or of the connection.
	Err error
}

// Error returns one line of text. If the server's certificate is the cause, the text describes it.
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
