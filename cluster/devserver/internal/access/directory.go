package access

import (
	"crypto/subtle"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aerosql/aerosql/protocol"
)

// A Directory holds the users and roles of a cluster. Its methods are safe for concurrent use. The
// methods that correspond to commands return the command's result code.
type Directory struct {
	quotas     bool
	generation atomic.Uint64

	// mu guards the fields below.
	mu    sync.Mutex
	users map[string]*user
	roles map[string]*protocol.Role
}

// A user is a user of the directory. The directory's mutex guards its fields.
type user struct {
	credential []byte // nil if an external authority checks the password
	roles      []string
	rights     *Rights // computed on demand, nil if out of date
}

// NewDirectory returns a directory with the predefined roles and no users. quotas reports whether
// roles can have quotas.
func NewDirectory(quotas bool) *Directory {
	return &Directory{quotas: quotas, users: make(map[string]*user), roles: predefined()}
}

// Clone returns a directory with the same users and roles.
func (d *Directory) Clone() *Directory {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := &Directory{quotas: d.quotas, users: make(map[string]*user), roles: make(map[string]*protocol.Role)}
	for name, u := range d.users {
		c.users[name] = &user{credential: u.credential, roles: slices.Clone(u.roles)}
	}
	for name, r := range d.roles {
		role := *r
		role.Privileges = slices.Clone(r.Privileges)
		c.roles[name] = &role
	}
	return c
}

// Generation returns a number that changes whenever the rights of a user may have changed.
func (d *Directory) Generation() uint64 { return d.generation.Load() }

// invalidateRights discards the computed rights of all users. The mutex must be held.
func (d *Directory) invalidateRights() {
	for _, u := range d.users {
		u.rights = nil
	}
	d.generation.Add(1)
}

// Rights returns the rights of a user, or nil if there is no such user.
func (d *Directory) Rights(name string) *Rights {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.users[name]
	if u == nil {
		return nil
	}
	if u.rights == nil {
		var roles []*protocol.Role
		for _, name := range u.roles {
			if role := d.roles[name]; role != nil {
				roles = append(roles, role)
			}
		}
		u.rights = newRights(roles)
	}
	return u.rights
}

// Login checks a user's credential.
func (d *Directory) Login(name string, credential []byte) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch u := d.users[name]; {
	case u == nil:
		return protocol.InvalidUser
	case u.credential == nil || u.byCertificate() || !sameCredential(u.credential, credential):
		return protocol.InvalidCredential
	}
	return protocol.OK
}

// LoginByCertificate checks whether a user may log in with a certificate.
func (d *Directory) LoginByCertificate(name string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch u := d.users[name]; {
	case u == nil:
		return protocol.InvalidUser
	case !u.byCertificate():
		return protocol.InvalidCredential
	}
	return protocol.OK
}

// AddExternal adds or updates a user authenticated by an external authority, with the roles that
// the authority returned. If the directory has a user of that name with a password it returns
// InvalidCredential and changes nothing.
func (d *Directory) AddExternal(name string, roles []string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := d.users[name]
	if known != nil && known.credential != nil {
		return protocol.InvalidCredential
	}
	if known == nil || !slices.Equal(known.roles, sortedSet(roles)) {
		d.users[name] = &user{roles: sortedSet(roles)}
		d.invalidateRights()
	}
	return protocol.OK
}

// byCertificate reports whether the user was created for login with a certificate. Such users have
// a reserved credential that no password matches.
func (u *user) byCertificate() bool { return string(u.credential) == protocol.NoPasswordCredential }

func sameCredential(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// sortedSet returns the sorted names without duplicates.
func sortedSet(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// Users returns one user, or all users sorted by name if name is empty. It does not set the
// counters of a node.
func (d *Directory) Users(name string) ([]protocol.User, protocol.ResultCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if name != "" {
		u := d.users[name]
		if u == nil {
			return nil, protocol.InvalidUser
		}
		return []protocol.User{{Name: name, Roles: slices.Clone(u.roles)}}, protocol.OK
	}
	var list []protocol.User
	for _, name := range slices.Sorted(maps.Keys(d.users)) {
		list = append(list, protocol.User{Name: name, Roles: slices.Clone(d.users[name].roles)})
	}
	return list, protocol.OK
}

// Roles returns one role, or all roles sorted by name if name is empty.
func (d *Directory) Roles(name string) ([]protocol.Role, protocol.ResultCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if name != "" {
		r := d.roles[name]
		if r == nil {
			return nil, protocol.InvalidRole
		}
		return []protocol.Role{*r}, protocol.OK
	}
	var list []protocol.Role
	for _, r := range d.roles {
		list = append(list, *r)
	}
	slices.SortFunc(list, func(a, b protocol.Role) int { return strings.Compare(a.Name, b.Name) })
	return list, protocol.OK
}

// HasRole reports whether a user has a role.
func (d *Directory) HasRole(name, role string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.users[name]
	return u != nil && slices.Contains(u.roles, role)
}
