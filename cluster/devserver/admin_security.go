package devserver

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
	"github.com/aerosql/aerosql/protocol"
)

// SecurityOptions enables access control (Enterprise). The zero value has the initial state of a
// real server: one user "admin" with the password "admin" and the role user-admin.
type SecurityOptions struct {
	// Users are the initial users. If empty, there is one user, as on a real server.
	Users []UserOptions
	// Roles are the initial roles, in addition to the predefined ones.
	Roles []protocol.Role
	// SessionTTL is how long a login lasts, in whole seconds, by Options.Clock. 0 means 24 hours.
	SessionTTL time.Duration
	// Quotas enforces the roles' quotas (enable-quotas).
	Quotas bool
	// External authenticates users that are not in the server, like an LDAP server. It reports
	// whether the password is right and returns the user's roles. nil means that there is no
	// external authority. It is called on the connection's goroutine.
	External func(user, password string) (roles []string, ok bool)
}

// UserOptions configures a user.
type UserOptions struct {
	Name, Password string
	// Credential is the result of protocol.Credential for Password. Set it to avoid the cost of
	// computing it.
	Credential []byte
	// ByCertificate makes the user log in by a TLS certificate with the user's name, without a
	// password.
	ByCertificate bool
	Roles         []string
}

// defaultSessionTTL is the server's default session-ttl.
const defaultSessionTTL = 24 * time.Hour

func (o *SecurityOptions) withDefaults(e Edition) (*SecurityOptions, error) {
	if o == nil {
		return nil, nil
	}
	all := *o
	if len(all.Users) == 0 {
		all.Users = []UserOptions{{Name: "admin", Password: "admin", Roles: []string{"user-admin"}}}
	}
	if all.SessionTTL == 0 {
		all.SessionTTL = defaultSessionTTL
	}
	switch {
	case e != Enterprise:
		return nil, errors.New("devserver: security needs the Enterprise Edition")
	case all.SessionTTL < time.Second || all.SessionTTL%time.Second != 0:
		return nil, fmt.Errorf("devserver: SessionTTL is %v: it must be a positive number of whole seconds", all.SessionTTL)
	}
	return &all, nil
}

// security is the access control state that all nodes of a cluster share.
type security struct {
	options   *SecurityOptions
	directory *access.Directory
	clock     func() time.Time
}

// newSecurity returns nil if access control is off.
func newSecurity(o *Options) (*security, error) {
	if o.Security == nil {
		return nil, nil
	}
	s := &security{options: o.Security, directory: access.NewDirectory(o.Security.Quotas), clock: o.Clock}
	for _, r := range o.Security.Roles {
		if code := s.directory.CreateRole(r); code != protocol.OK {
			return nil, fmt.Errorf("devserver: role %q: %w", r.Name, code)
		}
	}
	for _, u := range o.Security.Users {
		if err := s.add(u); err != nil {
			return nil, fmt.Errorf("devserver: user %q: %w", u.Name, err)
		}
	}
	return s, nil
}

func (s *security) add(u UserOptions) error {
	credential := u.Credential
	switch {
	case u.ByCertificate:
		credential = []byte(protocol.NoPasswordCredential)
	case credential == nil:
		var err error
		if credential, err = protocol.Credential(u.Password); err != nil {
			return err
		}
	}
	if code := s.directory.CreateUser(u.Name, credential, u.Roles); code != protocol.OK {
		return code
	}
	return nil
}

// securityConfig returns the security configuration, "" if access control is off.
func (r *infoRequest) securityConfig() string {
	s := r.server.security
	if s == nil {
		return ""
	}
	return fmt.Sprintf("enable-quotas=%t;privilege-refresh-period=0;session-ttl=%d;tps-weight=2", s.options.Quotas, s.options.SessionTTL/time.Second)
}

// A guard holds the sessions at one node for one run of the node. A restarted node has no sessions.
type guard struct {
	*security
	sessions *access.Sessions

	// mu guards activities.
	mu         sync.Mutex
	activities map[string]*activity
}

// An activity counts what a user does at a node.
type activity struct {
	read, write access.Meter
	connections atomic.Int32
}

// newGuard returns nil if access control is off.
func (s *security) newGuard() *guard {
	if s == nil {
		return nil
	}
	return &guard{security: s, sessions: access.NewSessions(s.options.SessionTTL), activities: make(map[string]*activity)}
}

// activity returns the user's activity, which is the same for the whole run of the node.
func (g *guard) activity(user string) *activity {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.activities[user]
	if u == nil {
		u = new(activity)
		g.activities[user] = u
	}
	return u
}

// ExpireSessions expires all sessions at all nodes. Connections are no longer authenticated, and
// tokens of earlier logins fail with ExpiredSession.
func (s *Server) ExpireSessions() {
	for _, n := range s.nodes() {
		if g := n.process.guard; g != nil {
			g.sessions.Expire()
		}
	}
}
