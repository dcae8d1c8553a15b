package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"sync"
	"time"
)

func certificatePool(pem []byte) *x509.CertPool {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil
	}
	return pool
}

// A rotation is a client's certificate that is replaced on disk from time to time.
type rotation struct {
	files TLSFiles

	// mu guards the fields below. It is held while files are read, so that other callers wait for
	// the new certificate.
	mu      sync.Mutex
	loaded  *tls.Certificate
	version [2]fileVersion
}

// A fileVersion changes when a file is replaced.
type fileVersion struct {
	modified time.Time
	size     int64
}

func versionOf(name string) (fileVersion, error) {
	info, err := os.Stat(name)
	if err != nil {
		return fileVersion{}, err
	}
	return fileVersion{info.ModTime(), info.Size()}, nil
}

// certificate returns the present one. While the files can't be read, or do not belong together
// because one of them has not been replaced yet, the last one serves.
func (r *rotation) certificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	cert, certErr := versionOf(r.files.Certificate)
	key, keyErr := versionOf(r.files.Key)
	version := [2]fileVersion{cert, key}
	if r.loaded != nil && (certErr != nil || keyErr != nil || version == r.version) {
		return r.loaded, nil
	}
	loaded, err := tls.LoadX509KeyPair(r.files.Certificate, r.files.Key)
	switch {
	case err == nil:
		r.loaded, r.version = &loaded, version
	case r.loaded == nil:
		return nil, configError("client certificate %s: %w", r.files.Certificate, err)
	}
	return r.loaded, nil
}
