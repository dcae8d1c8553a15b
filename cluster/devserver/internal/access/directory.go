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

// A Directory holds the users and roles of a cluster. Its methods may be called from any
// goroutine; those that are commands return a command's result code.
type Directory struct {
	quotas     bool
	generation atomic.Uint64

	// mu guards what follows.
	mu    sync.Mutex
	users map[string]*user
	roles map[string]*protocol.Role
}

// A user is known to the directory; its fields are guarded by the directory's mutex.
type user struct {
	credential []byte // nil if an external authority knows the password
	roles      []string
	rights     *Rights // nil until they are asked for
}

// NewDirectory makes a directory that has the predefined roles and no users. Quotas says whether
// roles can have some.
func NewDirectory(quotas bool) *Directory {
	return &Directory{quotas: quotas, users: make(map[string]*user), roles: predefined()}
}

// Generation changes whenever anybody's rights may have changed.
func (d *Directory) Generation() uint64 { return d.generation.Load() }

// changed forgets all rights. The mutex is held.
func (d *Directory) changed() {
	for _, u := range d.users {
		u.rights = nil
	}
	d.generation.Add(1)
}

// Rights returns what a user may do, nil if there is no such user.
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

// Login checks the credential with which a user logs in.
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

// LoginByCertificate checks that a user may log in by a certificate.
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

// Adopt takes in a user whom an external authority has let in, with the roles that it gives. A user whom
// the directory knows by a password of its own is not touched: it is InvalidCredential.
func (d *Directory) Adopt(name string, roles []string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := d.users[name]
	if known != nil && known.credential != nil {
		return protocol.InvalidCredential
	}
	if known == nil || !slices.Equal(known.roles, sortedSet(roles)) {
		d.users[name] = &user{roles: sortedSet(roles)}
		d.changed()
	}
	return protocol.OK
}

// byCertificate reports whether the user was made for logging in by certificate: such users have a password
// that is none.
func (u *user) byCertificate() bool { return string(u.credential) == protocol.NoPasswordCredential }

func sameCredential(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// sortedSet returns the names in order, each once.
func sortedSet(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// Users returns a user, or all of them in the order of their names if the name is empty. What they do at a node is not filled in.
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

// Roles returns a role, or all of them in the order of their names if the name is empty.
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
