package wire

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// NewCreateUser returns the request to create a user. The credential is the result of
// [protocol.Credential].
func NewCreateUser(user string, credential []byte, roles []string) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldPassword, credential}, namesField(AdminFieldRoles, roles)}
	return newAdminRequest(AdminCreateUser, fields, checkName("user", user), protocol.CheckNewName("user", user), checkRoles(roles))
}

// NewDropUser returns the request to remove a user.
func NewDropUser(user string) AdminRequest {
	return newAdminRequest(AdminDropUser, []AdminField{textField(AdminFieldUser, user)}, checkName("user", user))
}

// NewSetPassword returns the request to set the password of any user. It needs the privilege
// user-admin.
func NewSetPassword(user string, credential []byte) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldPassword, credential}}
	return newAdminRequest(AdminSetPassword, fields, checkName("user", user))
}

// NewChangePassword returns the request of a user to change the user's own password. old and
// credential are results of [protocol.Credential].
func NewChangePassword(user string, old, credential []byte) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldOldPassword, old}, {AdminFieldPassword, credential}}
	return newAdminRequest(AdminChangePassword, fields, checkName("user", user))
}

// NewGrantRoles returns the request to add roles, at least one, to a user.
func NewGrantRoles(user string, roles []string) AdminRequest {
	return changeRoles(AdminGrantRoles, user, roles)
}

// NewRevokeRoles returns the request to remove roles, at least one, from a user.
func NewRevokeRoles(user string, roles []string) AdminRequest {
	return changeRoles(AdminRevokeRoles, user, roles)
}

func changeRoles(c AdminCommand, user string, roles []string) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), namesField(AdminFieldRoles, roles)}
	return newAdminRequest(c, fields, checkName("user", user), checkSome("role", len(roles)), checkRoles(roles))
}

// NewQueryUsers returns the request to list a user, or all users if the name is "".
func NewQueryUsers(name string) AdminRequest {
	if name == "" {
		return newAdminRequest(AdminQueryUsers, nil)
	}
	return newAdminRequest(AdminQueryUsers, []AdminField{textField(AdminFieldUser, name)}, checkName("user", name))
}

// UserEntry returns a user as an entry of a response.
func UserEntry(u *protocol.User) AdminEntry {
	return AdminEntry{Fields: []AdminField{
		textField(AdminFieldUser, u.Name), namesField(AdminFieldRoles, u.Roles),
		usageField(AdminFieldReadInfo, &u.Read), usageField(AdminFieldWriteInfo, &u.Write), u32Field(AdminFieldConnections, u.Connections),
	}}
}

// usageNumbers is the number of statistics in a Usage. Newer servers may send more.
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

// ParseUser parses the fields of a user in a response. It ignores other fields. Errors wrap
// [protocol.ErrMalformed].
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

// ParseUsers parses the body of one message of the response to [NewQueryUsers]. The result is OK if
// more messages follow, [protocol.SecurityQueryEnd] after the last user, and any other code if the
// request failed. Errors wrap [protocol.ErrMalformed].
func ParseUsers(body []byte) ([]protocol.User, protocol.ResultCode, error) {
	return parseEntries(body, AdminFieldUser, ParseUser)
}
