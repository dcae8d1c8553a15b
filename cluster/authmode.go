package cluster

import (
	"strings"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// AuthMode selects how the client authenticates.
type AuthMode uint8

// The modes.
const (
	// AuthInternal: the cluster knows the password. A hash of it is sent.
	AuthInternal AuthMode = iota
	// AuthExternal: an authority that the cluster asks, such as LDAP. The password travels as it
	// is, so the connection must be a TLS one.
	AuthExternal
	// AuthPKI: the client's TLS certificate names the user, without a password. Needs server 5.7.
	AuthPKI
)

// String returns "internal", "external" or "pki".
func (m AuthMode) String() string { return [...]string{"internal", "external", "pki"}[m%3] }

// method returns what the mode means for connections.
func (m AuthMode) method() link.Method {
	switch m {
	case AuthExternal:
		return link.PlainPassword
	case AuthPKI:
		return link.Certificate
	}
	return link.PasswordHash
}

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
