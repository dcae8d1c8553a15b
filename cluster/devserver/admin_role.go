package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// role parses the role in a message.
func (a *admin) role() (protocol.Role, protocol.ResultCode) {
	r, err := wire.ParseRole(a.request.Fields)
	if err != nil {
		return r, protocol.SecurityField
	}
	return r, protocol.OK
}

func (a *admin) createRole() protocol.ResultCode {
	r, code := a.role()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.CreateRole(r)
}

func (a *admin) dropRole() protocol.ResultCode {
	return a.guard.directory.DropRole(a.text(wire.AdminFieldRole))
}

func (a *admin) grantPrivileges() protocol.ResultCode {
	r, code := a.role()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.GrantPrivileges(r.Name, r.Privileges)
}

func (a *admin) revokePrivileges() protocol.ResultCode {
	r, code := a.role()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.RevokePrivileges(r.Name, r.Privileges)
}

func (a *admin) setAllowlist() protocol.ResultCode {
	r, code := a.role()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.SetAllowlist(r.Name, r.Allowlist)
}

func (a *admin) setQuotas() protocol.ResultCode {
	r, code := a.role()
	if code != protocol.OK {
		return code
	}
	if _, ok := a.request.Field(wire.AdminFieldReadQuota); !ok {
		r.ReadQuota = access.KeepQuota
	}
	if _, ok := a.request.Field(wire.AdminFieldWriteQuota); !ok {
		r.WriteQuota = access.KeepQuota
	}
	return a.guard.directory.SetQuotas(r.Name, r.ReadQuota, r.WriteQuota)
}

// queryRoles returns one role or all roles, in the form of queryUsers.
func (a *admin) queryRoles() (entries []wire.AdminEntry, code protocol.ResultCode) {
	roles, code := a.guard.directory.Roles(a.text(wire.AdminFieldRole))
	if code != protocol.OK {
		return nil, code
	}
	for i := range roles {
		entries = append(entries, wire.RoleEntry(&roles[i]))
	}
	return entries, protocol.SecurityQueryEnd
}
