package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// appendAdminCode appends an administration answer with a result code and no fields.
func appendAdminCode(dst []byte, code protocol.ResultCode) []byte {
	dst = wire.ProtoHeader{Type: wire.ProtoAdmin, Size: wire.AdminHeaderSize}.AppendTo(dst)
	var head [wire.AdminHeaderSize]byte
	head[1] = byte(code)
	return append(dst, head[:]...)
}

// An admin is an administration message while it is executed (docs/wire-core.md#9).
type admin struct {
	conn    *conn
	guard   *guard
	request wire.AdminRequest
}

// An adminCommand executes a message. run returns entries of the answer, or a result code.
type adminCommand struct {
	run func(*admin) ([]wire.AdminEntry, protocol.ResultCode)
	// open commands need no login, because they log in.
	open bool
	// own reports whether the message is about its own user, who may send it without the user-admin
	// privilege.
	own func(*admin) bool
}

var adminCommands = map[wire.AdminCommand]adminCommand{
	wire.AdminLogin:            {run: (*admin).login, open: true},
	wire.AdminAuthenticate:     {run: (*admin).authenticate, open: true},
	wire.AdminCreateUser:       {run: verdict((*admin).createUser)},
	wire.AdminDropUser:         {run: verdict((*admin).dropUser)},
	wire.AdminSetPassword:      {run: verdict((*admin).setPassword)},
	wire.AdminChangePassword:   {run: verdict((*admin).changePassword), own: (*admin).aboutOwnUser},
	wire.AdminGrantRoles:       {run: verdict((*admin).grantRoles)},
	wire.AdminRevokeRoles:      {run: verdict((*admin).revokeRoles)},
	wire.AdminQueryUsers:       {run: (*admin).queryUsers, own: (*admin).aboutOwnUser},
	wire.AdminCreateRole:       {run: verdict((*admin).createRole)},
	wire.AdminDropRole:         {run: verdict((*admin).dropRole)},
	wire.AdminGrantPrivileges:  {run: verdict((*admin).grantPrivileges)},
	wire.AdminRevokePrivileges: {run: verdict((*admin).revokePrivileges)},
	wire.AdminSetAllowlist:     {run: verdict((*admin).setAllowlist)},
	wire.AdminSetQuotas:        {run: verdict((*admin).setQuotas)},
	wire.AdminQueryRoles:       {run: (*admin).queryRoles, own: (*admin).aboutOwnRole},
}

// verdict adapts a command that answers only with a result code. Such commands change users or
// roles.
func verdict(run func(*admin) protocol.ResultCode) func(*admin) ([]wire.AdminEntry, protocol.ResultCode) {
	return func(a *admin) ([]wire.AdminEntry, protocol.ResultCode) {
		code := run(a)
		if code == protocol.OK {
			a.conn.node.server.keepUsers()
		}
		return nil, code
	}
}

// answerAdmin executes an administration message and appends its answer to dst.
func (c *conn) answerAdmin(dst, body []byte) []byte {
	guard := c.process.guard
	switch {
	case c.node.server.options.Edition != Enterprise:
		return appendAdminCode(dst, protocol.SecurityNotSupported)
	case guard == nil:
		return appendAdminCode(dst, protocol.SecurityNotEnabled)
	case len(body) > 0 && body[0] != 0:
		return appendAdminCode(dst, protocol.SecurityScheme)
	}
	request, err := wire.ParseAdminRequest(body)
	if err != nil {
		return appendAdminCode(dst, protocol.SecurityField)
	}
	command, ok := adminCommands[request.Command]
	if !ok {
		return appendAdminCode(dst, protocol.SecurityCommand)
	}
	a := &admin{c, guard, request}
	if code := a.permitted(&command); code != protocol.OK {
		return appendAdminCode(dst, code)
	}
	entries, code := command.run(a)
	if len(entries) > 0 {
		if dst, err = wire.AppendAdminAnswer(dst, entries...); err != nil {
			return appendAdminCode(dst, protocol.ServerError)
		}
	}
	if code != protocol.OK || len(entries) == 0 {
		dst = appendAdminCode(dst, code)
	}
	return dst
}

// permitted returns OK if the client may execute the command.
func (a *admin) permitted(command *adminCommand) protocol.ResultCode {
	who := &a.conn.identity
	if command.open {
		return protocol.OK
	}
	if code := who.authenticated(); code != protocol.OK {
		return code
	}
	if command.own != nil && command.own(a) {
		return protocol.OK
	}
	return who.allows(access.UserAdmin, "", "")
}

func (a *admin) text(id wire.AdminFieldID) string {
	data, _ := a.request.Field(id)
	return string(data)
}

func (a *admin) data(id wire.AdminFieldID) []byte {
	data, _ := a.request.Field(id)
	return data
}

func (a *admin) user() string { return a.text(wire.AdminFieldUser) }

func (a *admin) aboutOwnUser() bool { return a.user() == a.conn.identity.user }

func (a *admin) aboutOwnRole() bool {
	return a.guard.directory.HasRole(a.conn.identity.user, a.text(wire.AdminFieldRole))
}
