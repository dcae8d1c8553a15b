package cluster

import (
	"crypto/tls"
	"os"
)

// checkTLS returns an error if the TLS configuration is not safe. It sets the least version.
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
	// CA has the certificates of the authorities that the servers' certificates are verified with;
	// "" for those of the system.
	CA string
	// Certificate and Key are the client's own, where servers ask for one. They are read again when
	// they have changed, so that connections from then on have the new one.
	Certificate, Key string
}

// LoadTLS makes the configuration of Config.TLS from files. The error is ErrConfig and names the
// file.
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
