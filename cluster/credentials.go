package cluster

import (
	"strings"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An AuthMode says who knows the user's password.
type AuthMode uint8

// The modes.
const (
	// AuthInternal: the cluster does. What travels is a hash of the password.
	AuthInternal AuthMode = iota
	// AuthExternal: an authority that the cluster asks, such as LDAP. The password travels as it is, so the connection
	// must be a TLS one.
	AuthExternal
	// AuthPKI: nobody; the client's TLS certificate names the user (server 5.7).
	AuthPKI
)

// String returns "internal", "external" or "pki".
func (m AuthMode) String() string { return [...]string{"internal", "external", "pki"}[m%3] }

// authenticates reports whether the client logs in.
func (cfg *Config) authenticates() bool { return cfg.User != "" || cfg.AuthMode == AuthPKI }

// checkUser reports fields about the user that contradict each other. No error shows the password.
func (cfg *Config) checkUser() error {
	switch {
	case cfg.AuthMode > AuthPKI:
		return configError("AuthMode is %d, not one of the modes", cfg.AuthMode)
	case cfg.AuthMode == AuthPKI && (cfg.User != "" || cfg.Password != ""):
		return configError("AuthMode is AuthPKI, where the certificate names the user, and User or Password is set")
	case cfg.AuthMode == AuthExternal && cfg.User == "":
		return configError("AuthMode is AuthExternal and User is empty")
	case cfg.Password != "" && cfg.User == "":
		return configError("Password is set and User is empty")
	case len(cfg.User) > protocol.MaxUserLen:
		return configError("User has %d bytes, at most %d are possible", len(cfg.User), protocol.MaxUserLen)
	case strings.Contains(string(cfg.Password), "\x00"):
		return configError("Password has a zero byte, which no password can")
	case len(cfg.Password) > protocol.MaxPasswordLen && cfg.AuthMode != AuthExternal:
		return configError("Password has %d bytes, at most %d are possible", len(cfg.Password), protocol.MaxPasswordLen)
	}
	return nil
}

// credentials are who the client is, at all nodes.
type credentials struct {
	mode AuthMode
	user string

	// mu guards what follows.
	mu      sync.Mutex
	secret  func() secret // a function, so that nothing that prints this can reach it
	backoff session.Backoff
}

// A secret is what a user knows.
type secret struct {
	hash     []byte // of the password
	password Password
}

// newCredentials takes the password out of the configuration, so that it is in one place. It returns nil if the client does not log
// in.
func newCredentials(cfg *Config) (*credentials, error) {
	if !cfg.authenticates() || cfg.credentials != nil {
		return cfg.credentials, nil
	}
	c := &credentials{mode: cfg.AuthMode, user: cfg.User}
	if c.mode != AuthPKI {
		// An external authority may know longer passwords. It does not look at the hash.
		hash, err := protocol.Credential(string(cfg.Password[:min(len(cfg.Password), protocol.MaxPasswordLen)]))
		if err != nil {
			return nil, configError("Password: %w", err)
		}
		c.keep(hash, cfg.Password)
	}
	cfg.Password = ""
	return c, nil
}

// keep keeps what is needed of a password for further logins. The caller holds the mutex, or has the only reference.
func (c *credentials) keep(hash []byte, password Password) {
	s := secret{hash: hash}
	if c.mode == AuthExternal {
		s.password = password
	}
	c.secret = func() secret { return s }
}

// login is the message that logs in.
func (c *credentials) login() wire.AdminRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.mode {
	case AuthExternal:
		return wire.NewExternalLogin(c.user, c.secret().hash, string(c.secret().password))
	case AuthPKI:
		return wire.NewCertificateLogin()
	}
	return wire.NewLogin(c.user, c.secret().hash)
}

// replace takes over a password that the cluster has taken over.
func (c *credentials) replace(hash []byte, password Password) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(hash, password)
	c.backoff.Accepted()
}

// hash returns the present one.
func (c *credentials) hash() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secret().hash
}

// refusal is why logging in must not be tried now, nil if it may.
func (c *credentials) refusal(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.backoff.Err(now)
}

func (c *credentials) refused(err error, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backoff.Refused(err, now)
}

func (c *credentials) accepted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backoff.Accepted()
}
