package devserver

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func (a *admin) createUser() protocol.ResultCode {
	roles, code := a.roles()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.CreateUser(a.user(), a.data(wire.AdminFieldPassword), roles)
}

func (a *admin) dropUser() protocol.ResultCode { return a.guard.directory.DropUser(a.user()) }

func (a *admin) setPassword() protocol.ResultCode {
	return a.guard.directory.SetPassword(a.user(), a.data(wire.AdminFieldPassword))
}

func (a *admin) changePassword() protocol.ResultCode {
	return a.guard.directory.ChangePassword(a.user(), a.data(wire.AdminFieldOldPassword), a.data(wire.AdminFieldPassword))
}

func (a *admin) grantRoles() protocol.ResultCode {
	roles, code := a.roles()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.GrantRoles(a.user(), roles)
}

func (a *admin) revokeRoles() protocol.ResultCode {
	roles, code := a.roles()
	if code != protocol.OK {
		return code
	}
	return a.guard.directory.RevokeRoles(a.user(), roles)
}

// roles parses the role names in a message, none if the field is missing.
func (a *admin) roles() ([]string, protocol.ResultCode) {
	data, ok := a.request.Field(wire.AdminFieldRoles)
	if !ok {
		return nil, protocol.OK
	}
	roles, err := wire.ParseRoleNames(data)
	if err != nil {
		return nil, protocol.SecurityField
	}
	return roles, protocol.OK
}

// queryUsers returns one user or all users, with their activity at this node. The end of the answer
// is sent as a separate part, because clients lose users that are in the same part
// (docs/wire-core.md#9).
func (a *admin) queryUsers() (entries []wire.AdminEntry, code protocol.ResultCode) {
	users, code := a.guard.directory.Users(a.user())
	if code != protocol.OK {
		return nil, code
	}
	for i := range users {
		u := &users[i]
		if rights := a.guard.directory.Rights(u.Name); rights != nil {
			now, does := a.guard.clock(), a.guard.activity(u.Name)
			u.Read, u.Write = does.read.Usage(now, rights.ReadQuota), does.write.Usage(now, rights.WriteQuota)
			u.Connections = uint32(does.connections.Load())
		}
		entries = append(entries, wire.UserEntry(u))
	}
	return entries, protocol.SecurityQueryEnd
}
