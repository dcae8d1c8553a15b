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

// SecurityOptions turn users and roles on (Enterprise). The zero value is how a real server begins: with the
// one user "admin", password "admin", who has the role user-admin.
type SecurityOptions struct {
	// Users are there from the start; if empty, the one that a real server begins with.
	Users []UserOptions
	// Roles are there from the start, beside the predefined ones.
	Roles []protocol.Role
	// SessionTTL is how long a login lasts by Options.Clock, in whole seconds; 24 hours if zero.
	SessionTTL time.Duration
	// Quotas enforces the quotas of roles (enable-quotas).
	Quotas bool
	// External stands for an authority that knows further users, as an LDAP server does: it says whether a password is
	// right and which roles the user has. nil is none. It is called on the connection's goroutine.
	External func(user, password string) (roles []string, ok bool)
}

// UserOptions describe a user.
type UserOptions struct {
	Name, Password string
	// Credential is what protocol.Credential makes of Password, for who has it already: that takes its time.
	Credential []byte
	// ByCertificate makes a user who logs in by a TLS certificate of that name; such users have no password.
	ByCertificate bool
	Roles         []string
}

// defaultSessionTTL is the server's session-ttl.
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
		return nil, errors.New("devserver: security needs the edition Enterprise")
	case all.SessionTTL < time.Second || all.SessionTTL%time.Second != 0:
		return nil, fmt.Errorf("devserver: session TTL %v, it is whole seconds", all.SessionTTL)
	}
	return &all, nil
}

// security is what all nodes of a cluster share of its users.
type security struct {
	options   *SecurityOptions
	directory *access.Directory
	clock     func() time.Time
}

// newSecurity returns nil if the cluster has no security.
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

// securityConfig tells the configuration, which is empty where there is no security.
func (r *infoRequest) securityConfig() string {
	s := r.server.security
	if s == nil {
		return ""
	}
	return fmt.Sprintf("enable-quotas=%t;privilege-refresh-period=0;session-ttl=%d;tps-weight=2", s.options.Quotas, s.options.SessionTTL/time.Second)
}

// A guard lets clients in at one node, for one of its lives: a node that starts again has forgotten all sessions.
type guard struct {
	*security
	sessions *access.Sessions

	// mu guards activities.
	mu         sync.Mutex
	activities map[string]*activity
}

// An activity is what a user does at a node.
type activity struct {
	read, write access.Meter
	connections atomic.Int32
}

// newGuard returns nil if the cluster has no security.
func (s *security) newGuard() *guard {
	if s == nil {
		return nil
	}
	return &guard{security: s, sessions: access.NewSessions(s.options.SessionTTL), activities: make(map[string]*activity)}
}

// activity returns that of a user, which stays the same for the life of the node.
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

// ExpireSessions ends every session at every node, as if all had been given out too long ago: connections are
// not authenticated any more, and the tokens of earlier logins are answered with ExpiredSession.
func (s *Server) ExpireSessions() {
	for _, n := range s.nodes() {
		if g := n.process.guard; g != nil {
			g.sessions.Expire()
		}
	}
}
