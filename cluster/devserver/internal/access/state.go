package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A State is all users and roles of a directory, for a file. Predefined roles are not included.
type State struct {
	Users []UserState
	Roles []protocol.Role
}

// A UserState is a user of a State. Credential is nil for users of an external authority.
type UserState struct {
	Name       string
	Credential []byte
	Roles      []string
}

// State returns the users and roles, sorted by name.
func (d *Directory) State() (s State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(d.users)) {
		u := d.users[name]
		s.Users = append(s.Users, UserState{name, u.credential, slices.Clone(u.roles)})
	}
	builtIn := predefined()
	for name, r := range d.roles {
		if builtIn[name] == nil {
			role := *r
			role.Privileges = slices.Clone(r.Privileges)
			s.Roles = append(s.Roles, role)
		}
	}
	slices.SortFunc(s.Roles, func(a, b protocol.Role) int { return strings.Compare(a.Name, b.Name) })
	return s
}

// Restore replaces all users and roles.
func (d *Directory) Restore(s State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.users, d.roles = make(map[string]*user), predefined()
	for _, u := range s.Users {
		d.users[u.Name] = &user{credential: u.Credential, roles: u.Roles}
	}
	for i := range s.Roles {
		d.roles[s.Roles[i].Name] = &s.Roles[i]
	}
	d.invalidateRights()
}
