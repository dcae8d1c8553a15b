package wire

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// NewCreateUser makes the request for a new user. The credential is that of [protocol.Credential].
func NewCreateUser(user string, credential []byte, roles []string) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldPassword, credential}, namesField(AdminFieldRoles, roles)}
	return newAdminRequest(AdminCreateUser, fields, checkName("user", user), protocol.CheckNewName("user", user), checkRoles(roles))
}

// NewDropUser makes the request to remove a user.
func NewDropUser(user string) AdminRequest {
	return newAdminRequest(AdminDropUser, []AdminField{textField(AdminFieldUser, user)}, checkName("user", user))
}

// NewSetPassword makes the request of a user administrator to give a user another password.
func NewSetPassword(user string, credential []byte) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldPassword, credential}}
	return newAdminRequest(AdminSetPassword, fields, checkName("user", user))
}

// NewChangePassword makes the request of a user to have another password.
func NewChangePassword(user string, old, credential []byte) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldOldPassword, old}, {AdminFieldPassword, credential}}
	return newAdminRequest(AdminChangePassword, fields, checkName("user", user))
}

// NewGrantRoles makes the request to give a user roles, at least one.
func NewGrantRoles(user string, roles []string) AdminRequest {
	return changeRoles(AdminGrantRoles, user, roles)
}

// NewRevokeRoles makes the request to take roles, at least one, from a user.
func NewRevokeRoles(user string, roles []string) AdminRequest {
	return changeRoles(AdminRevokeRoles, user, roles)
}

func changeRoles(c AdminCommand, user string, roles []string) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), namesField(AdminFieldRoles, roles)}
	return newAdminRequest(c, fields, checkName("user", user), checkSome("role", len(roles)), checkRoles(roles))
}

// NewQueryUsers makes the request for a user, or for all if the name is empty.
func NewQueryUsers(name string) AdminRequest {
	if name == "" {
		return newAdminRequest(AdminQueryUsers, nil)
	}
	return newAdminRequest(AdminQueryUsers, []AdminField{textField(AdminFieldUser, name)}, checkName("user", name))
}

// UserEntry returns a user as a part of an answer.
func UserEntry(u *protocol.User) AdminEntry {
	return AdminEntry{Fields: []AdminField{
		textField(AdminFieldUser, u.Name), namesField(AdminFieldRoles, u.Roles),
		usageField(AdminFieldReadInfo, &u.Read), usageField(AdminFieldWriteInfo, &u.Write), u32Field(AdminFieldConnections, u.Connections),
	}}
}

// usageNumbers is how many numbers of a usage are known; newer servers may send more.
const usageNumbers = 4

func usageField(id AdminFieldID, u *protocol.Usage) AdminField {
	data := []byte{usageNumbers}
	for _, n := range [usageNumbers]uint32{u.Quota, u.TPS, u.QueryRPS, u.Limitless} {
		data = binary.BigEndian.AppendUint32(data, n)
	}
	return AdminField{id, data}
}

func parseUsage(data []byte) (u protocol.Usage, err error) {
	rd := reader{buf: data}
	n := rd.count(int(rd.u8("number of statistics")), 4, "statistics")
	for i := range n {
		value := rd.u32("statistic")
		if known := []*uint32{&u.Quota, &u.TPS, &u.QueryRPS, &u.Limitless}; i < len(known) {
			*known[i] = value
		}
	}
	return u, rd.end("statistics")
}

// ParseUser reads the fields of a user. Fields of other things are passed over.
func ParseUser(fields []AdminField) (u protocol.User, err error) {
	for _, f := range fields {
		switch f.ID {
		case AdminFieldUser:
			u.Name = string(f.Data)
		case AdminFieldRoles:
			u.Roles, err = ParseRoleNames(f.Data)
		case AdminFieldReadInfo:
			u.Read, err = parseUsage(f.Data)
		case AdminFieldWriteInfo:
			u.Write, err = parseUsage(f.Data)
		case AdminFieldConnections:
			u.Connections, err = f.u32()
		}
		if err != nil {
			return protocol.User{}, err
		}
	}
	return u, nil
}

// ParseUsers reads the body of one part of the answer to a request for users. The result is OK if
// more parts follow, [protocol.SecurityQueryEnd] after the last user, and the server's verdict otherwise.
func ParseUsers(body []byte) ([]protocol.User, protocol.ResultCode, error) {
	return parseEntries(body, AdminFieldUser, ParseUser)
}
