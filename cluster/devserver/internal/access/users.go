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
	d.invalidateRights()
	return protocol.OK
}

// DropUser removes a user. A user that does not exist is not an error; the tests of the official
// client rely on it.
func (d *Directory) DropUser(name string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !validName(name) {
		return protocol.InvalidUser
	}
	if d.users[name] != nil {
		delete(d.users, name)
		d.invalidateRights()
	}
	return protocol.OK
}

// SetPassword changes a user's password.
func (d *Directory) SetPassword(name string, credential []byte) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.setPassword(name, credential)
}

// ChangePassword changes a user's password if the old one is correct.
func (d *Directory) ChangePassword(name string, old, credential []byte) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if u := d.users[name]; u != nil && u.credential != nil && !u.byCertificate() && !sameCredential(u.credential, old) {
		return protocol.InvalidPassword
	}
	return d.setPassword(name, credential)
}

// setPassword is SetPassword with the mutex held. It fails for users without a password in the
// directory: external users and users that log in with a certificate.
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

// GrantRoles adds roles to a user.
func (d *Directory) GrantRoles(name string, roles []string) protocol.ResultCode {
	return d.changeRoles(name, roles, func(has []string) []string { return append(has, roles...) })
}

// RevokeRoles removes roles from a user. Roles that the user does not have are ignored.
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
	d.invalidateRights()
	return protocol.OK
}

// known reports whether all the roles exist. The mutex must be held.
func (d *Directory) known(roles []string) bool {
	return !slices.ContainsFunc(roles, func(name string) bool { return d.roles[name] == nil })
}

// maxEntries is the largest number of roles of a user, and of privileges of a role: a message has
// one byte for the count.
const maxEntries = 255

func validName(name string) bool { return name != "" && len(name) <= protocol.MaxUserLen }
