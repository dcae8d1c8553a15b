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
	d.invalidateRights()
	return protocol.OK
}

// DropRole removes a role, also from the users that have it.
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
	d.invalidateRights()
	return protocol.OK
}

// changeable reports whether the role exists and is not predefined. The mutex must be held.
func (d *Directory) changeable(name string) bool {
	_, fixed := predefinedRoles[name]
	return d.roles[name] != nil && !fixed
}

var predefinedRoles = predefined()

// GrantPrivileges adds privileges to a role.
func (d *Directory) GrantPrivileges(name string, list []protocol.Privilege) protocol.ResultCode {
	return d.changePrivileges(name, list, addPrivileges)
}

// RevokePrivileges removes privileges from a role. Privileges that the role does not have are
// ignored.
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

// SetAllowlist sets the addresses from which a role's users may connect.
func (d *Directory) SetAllowlist(name string, addresses []string) protocol.ResultCode {
	if _, code := parseAllowlist(addresses); code != protocol.OK {
		return code
	}
	return d.changeRole(name, func(r *protocol.Role) protocol.ResultCode {
		r.Allowlist = slices.Clone(addresses)
		return protocol.OK
	})
}

// KeepQuota, as a quota, leaves the current quota unchanged. The C and Python clients send it as
// -1.
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

// changeRole replaces a role with a changed copy, because others may be reading the old one. It
// does nothing if change returns an error code.
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
	d.invalidateRights()
	return protocol.OK
}

// addPrivileges returns a new list of both without duplicates.
func addPrivileges(has, list []protocol.Privilege) []protocol.Privilege {
	has = slices.Clone(has)
	for _, p := range list {
		if !slices.Contains(has, p) {
			has = append(has, p)
		}
	}
	return has
}

// checkPrivileges returns an error code for unknown privileges and for invalid scopes.
func checkPrivileges(list []protocol.Privilege) protocol.ResultCode {
	for _, p := range list {
		if !p.Code.Known() || p.Set != "" && p.Namespace == "" ||
			len(p.Namespace) > protocol.MaxNamespaceLen || len(p.Set) > protocol.MaxSetLen {
			return protocol.InvalidPrivilege
		}
	}
	return protocol.OK
}
