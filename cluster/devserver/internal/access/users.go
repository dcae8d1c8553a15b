package access

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// CreateUser adds a user.
func (d *Directory) CreateUser(name string, credential []byte, roles []string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !validName(name):
		return protocol.InvalidUser
	case d.users[name] != nil:
		return protocol.UserExists
	case len(credential) != protocol.CredentialSize:
		return protocol.InvalidPassword
	case !d.known(roles) || len(roles) > maxEntries:
		return protocol.InvalidRole
	}
	d.users[name] = &user{credential: slices.Clone(credential), roles: sortedSet(roles)}
	d.changed()
	return protocol.OK
}

// DropUser removes a user. Removing one that is not there succeeds, as the official client's own tests expect.
func (d *Directory) DropUser(name string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !validName(name) {
		return protocol.InvalidUser
	}
	if d.users[name] != nil {
		delete(d.users, name)
		d.changed()
	}
	return protocol.OK
}

// SetPassword gives a user another password.
func (d *Directory) SetPassword(name string, credential []byte) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.setPassword(name, credential)
}

// ChangePassword gives a user another password, if the old one is right.
func (d *Directory) ChangePassword(name string, old, credential []byte) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u := d.users[name]; u != nil && u.credential != nil && !u.byCertificate() && !sameCredential(u.credential, old) {
		return protocol.InvalidPassword
	}
	return d.setPassword(name, credential)
}

// setPassword is SetPassword with the mutex held. Passwords that are kept elsewhere, or
// are none, can't be set.
func (d *Directory) setPassword(name string, credential []byte) protocol.ResultCode {
	u := d.users[name]
	switch {
	case u == nil:
		return protocol.InvalidUser
	case u.credential == nil || u.byCertificate():
		return protocol.ForbiddenPassword
	case len(credential) != protocol.CredentialSize:
		return protocol.InvalidPassword
	}
	u.credential = slices.Clone(credential)
	return protocol.OK
}

// GrantRoles gives a user roles.
func (d *Directory) GrantRoles(name string, roles []string) protocol.ResultCode {
	return d.changeRoles(name, roles, func(has []string) []string { return append(has, roles...) })
}

// RevokeRoles takes roles from a user. Taking one that the user does not have succeeds.
func (d *Directory) RevokeRoles(name string, roles []string) protocol.ResultCode {
	return d.changeRoles(name, roles, func(has []string) []string {
		return slices.DeleteFunc(has, func(role string) bool { return slices.Contains(roles, role) })
	})
}

func (d *Directory) changeRoles(name string, roles []string, change func([]string) []string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.users[name]
	switch {
	case u == nil:
		return protocol.InvalidUser
	case len(roles) == 0 || !d.known(roles):
		return protocol.InvalidRole
	}
	changed := sortedSet(change(slices.Clone(u.roles)))
	if len(changed) > maxEntries {
		return protocol.InvalidRole
	}
	u.roles = changed
	d.changed()
	return protocol.OK
}

// known reports whether all the roles exist. The mutex is held.
func (d *Directory) known(roles []string) bool {
	return !slices.ContainsFunc(roles, func(name string) bool { return d.roles[name] == nil })
}

// maxEntries is how many roles a user, or privileges a role, can have: a message counts them in a byte.
const maxEntries = 255

func validName(name string) bool { return name != "" && len(name) <= protocol.MaxUserLen }
