package cluster

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrTLS means that no TLS connection could be made because one side did not accept the other; errors.As gives a *TLSError.
var ErrTLS = errors.New("TLS connection refused")

// A TLSError tells why a TLS connection was not made. It is ErrTLS. Nothing was sent, credentials least of all.
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

// checkTLS makes the configuration a safe one, or tells what is not.
func (cfg *Config) checkTLS() error {
	if cfg.TLS == nil {
		switch {
		case cfg.AuthMode != AuthInternal:
			return configError("AuthMode is %v, which must not travel in clear: TLS is needed", cfg.AuthMode)
		case cfg.TLSName != "":
			return configError("TLSName is set and TLS is nil")
		}
		return nil
	}
	t := cfg.TLS
	certified := len(t.Certificates) > 0 || t.GetClientCertificate != nil
	unverified := t.InsecureSkipVerify && t.VerifyConnection == nil && t.VerifyPeerCertificate == nil
	switch {
	case t.MinVersion != 0 && t.MinVersion < tls.VersionTLS12, t.MaxVersion != 0 && t.MaxVersion < tls.VersionTLS12:
		return configError("TLS.MinVersion or TLS.MaxVersion is below TLS 1.2")
	case cfg.AuthMode == AuthPKI && !certified:
		return configError("AuthMode is pki and TLS has no certificate of the client: Certificates or GetClientCertificate is needed")
	case cfg.AuthMode == AuthExternal && unverified:
		return configError("AuthMode is external, and TLS.InsecureSkipVerify would send the password to anybody")
	}
	cfg.TLS = t.Clone()
	cfg.TLS.MinVersion = max(t.MinVersion, tls.VersionTLS12)
	return nil
}

// TLSFiles names the PEM files of a TLS configuration.
type TLSFiles struct {
	// CA has the certificates of the authorities that the servers' certificates are verified with; "" for those of the system.
	CA string
	// Certificate and Key are the client's own, where servers ask for one. They are read again when they have changed, so that
	// connections from then on have the new one.
	Certificate, Key string
}

// LoadTLS makes the configuration of Config.TLS from files. The error is ErrConfig and names the file.
func LoadTLS(f TLSFiles) (*tls.Config, error) {
	config, err := loadTLS(f)
	if err != nil {
		return nil, clientError(err)
	}
	return config, nil
}

func loadTLS(f TLSFiles) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, configError("CA file: %w", err)
		}
		if config.RootCAs = certificatePool(pem); config.RootCAs == nil {
			return nil, configError("CA file %s has no certificate in PEM form", f.CA)
		}
	}
	switch {
	case f.Certificate == "" && f.Key == "":
		return config, nil
	case f.Certificate == "" || f.Key == "":
		return nil, configError("a certificate needs its key and a key its certificate: files %q and %q", f.Certificate, f.Key)
	}
	r := &rotation{files: f}
	if _, err := r.certificate(nil); err != nil {
		return nil, err
	}
	config.GetClientCertificate = r.certificate
	return config, nil
}
