package access

import (
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// CreateRole adds a role.
func (d *Directory) CreateRole(r protocol.Role) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !validName(r.Name) {
		return protocol.InvalidRole
	}
	if d.roles[r.Name] != nil {
		return protocol.RoleExists
	}
	if code := checkPrivileges(r.Privileges); code != protocol.OK {
		return code
	}
	if _, code := parseAllowlist(r.Allowlist); code != protocol.OK {
		return code
	}
	if !d.quotas && (r.ReadQuota > 0 || r.WriteQuota > 0) {
		return protocol.QuotasNotEnabled
	}
	r.Privileges, r.Allowlist = addPrivileges(nil, r.Privileges), slices.Clone(r.Allowlist)
	d.roles[r.Name] = &r
	d.changed()
	return protocol.OK
}

// DropRole removes a role, and takes it from its users.
func (d *Directory) DropRole(name string) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.changeable(name) {
		return protocol.InvalidRole
	}
	delete(d.roles, name)
	for _, u := range d.users {
		u.roles = slices.DeleteFunc(slices.Clone(u.roles), func(role string) bool { return role == name })
	}
	d.changed()
	return protocol.OK
}

// changeable reports whether there is a role of the name that is not predefined. The mutex is held.
func (d *Directory) changeable(name string) bool {
	_, fixed := predefinedRoles[name]
	return d.roles[name] != nil && !fixed
}

var predefinedRoles = predefined()

// GrantPrivileges gives a role privileges.
func (d *Directory) GrantPrivileges(name string, list []protocol.Privilege) protocol.ResultCode {
	return d.changePrivileges(name, list, addPrivileges)
}

// RevokePrivileges takes privileges from a role. Taking one that it does not have succeeds.
func (d *Directory) RevokePrivileges(name string, list []protocol.Privilege) protocol.ResultCode {
	return d.changePrivileges(name, list, func(has, list []protocol.Privilege) []protocol.Privilege {
		return slices.DeleteFunc(slices.Clone(has), func(p protocol.Privilege) bool { return slices.Contains(list, p) })
	})
}

func (d *Directory) changePrivileges(name string, list []protocol.Privilege, change func(has, list []protocol.Privilege) []protocol.Privilege) protocol.ResultCode {
	if len(list) == 0 {
		return protocol.InvalidPrivilege
	}
	if code := checkPrivileges(list); code != protocol.OK {
		return code
	}
	return d.changeRole(name, func(r *protocol.Role) protocol.ResultCode {
		r.Privileges = change(r.Privileges, list)
		if len(r.Privileges) > maxEntries {
			return protocol.InvalidPrivilege
		}
		return protocol.OK
	})
}

// SetAllowlist sets the addresses from which a role's users may come.
func (d *Directory) SetAllowlist(name string, addresses []string) protocol.ResultCode {
	if _, code := parseAllowlist(addresses); code != protocol.OK {
		return code
	}
	return d.changeRole(name, func(r *protocol.Role) protocol.ResultCode {
		r.Allowlist = slices.Clone(addresses)
		return protocol.OK
	})
}

// KeepQuota in place of a quota leaves it as it is: -1 in the C and Python clients.
const KeepQuota = math.MaxUint32

// SetQuotas sets a role's quotas.
func (d *Directory) SetQuotas(name string, read, write uint32) protocol.ResultCode {
	if !d.quotas {
		return protocol.QuotasNotEnabled
	}
	return d.changeRole(name, func(r *protocol.Role) protocol.ResultCode {
		if read != KeepQuota {
			r.ReadQuota = read
		}
		if write != KeepQuota {
			r.WriteQuota = write
		}
		return protocol.OK
	})
}

// changeRole replaces a role by a changed one, unless the change is refused: others may be reading it.
func (d *Directory) changeRole(name string, change func(*protocol.Role) protocol.ResultCode) protocol.ResultCode {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.changeable(name) {
		return protocol.InvalidRole
	}
	r := *d.roles[name]
	if code := change(&r); code != protocol.OK {
		return code
	}
	d.roles[name] = &r
	d.changed()
	return protocol.OK
}

// addPrivileges adds those that are not there yet, into memory of their own.
func addPrivileges(has, list []protocol.Privilege) []protocol.Privilege {
	has = slices.Clone(has)
	for _, p := range list {
		if !slices.Contains(has, p) {
			has = append(has, p)
		}
	}
	return has
}

// checkPrivileges refuses unknown privileges and scopes that they can't have.
func checkPrivileges(list []protocol.Privilege) protocol.ResultCode {
	for _, p := range list {
		if !p.Code.Known() || p.Set != "" && p.Namespace == "" ||
			len(p.Namespace) > protocol.MaxNamespaceLen || len(p.Set) > protocol.MaxSetLen {
			return protocol.InvalidPrivilege
		}
	}
	return protocol.OK
}
