package link

import (
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Method is an authentication method.
type Method uint8

// The methods.
const (
	PasswordHash  Method = iota // a hash of the password is sent
	PlainPassword               // the password is sent as it is
	Certificate                 // the client's TLS certificate names the user
)

// Credentials are a client's credentials, used for all nodes.
type Credentials struct {
	Method Method
	User   string

	// mu guards what follows.
	mu      sync.Mutex
	secret  func() secret // a function, so that printing the Credentials can't reveal the secret
	backoff session.Backoff
}

// A secret holds what is needed of a password to log in.
type secret struct {
	hash     []byte // of the password
	password string // only for PlainPassword
}

// NewCredentials returns the credentials of a user. The password is not used with Certificate.
func NewCredentials(method Method, user, password string) (*Credentials, error) {
	c := &Credentials{Method: method, User: user}
	if method == Certificate {
		return c, nil
	}
	// An external authority may accept longer passwords. It ignores the hash.
	hash, err := protocol.Credential(password[:min(len(password), protocol.MaxPasswordLen)])
	if err != nil {
		return nil, err
	}
	c.keep(hash, password)
	return c, nil
}

// HashedCredentials returns the credentials of a user whose password has been hashed already.
func HashedCredentials(method Method, user string, hash []byte) *Credentials {
	c := &Credentials{Method: method, User: user}
	c.keep(hash, "")
	return c
}

// keep stores what later logins need of a password. The caller holds the mutex or has the only
// reference.
func (c *Credentials) keep(hash []byte, password string) {
	s := secret{hash: hash}
	if c.Method == PlainPassword {
		s.password = password
	}
	c.secret = func() secret { return s }
}

// login returns the login message.
func (c *Credentials) login() wire.AdminRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.Method {
	case PlainPassword:
		return wire.NewExternalLogin(c.User, c.secret().hash, c.secret().password)
	case Certificate:
		return wire.NewCertificateLogin()
	}
	return wire.NewLogin(c.User, c.secret().hash)
}

// Replace replaces the password after the cluster has accepted a new one.
func (c *Credentials) Replace(hash []byte, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(hash, password)
	c.backoff.Accepted()
}

// Hash returns the hash of the current password.
func (c *Credentials) Hash() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secret().hash
}

// refusal returns the error of an earlier login if no login may be tried yet, or nil.
func (c *Credentials) refusal(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.backoff.Err(now)
}

func (c *Credentials) refused(err error, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backoff.Refused(err, now)
}

func (c *Credentials) accepted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backoff.Accepted()
}
