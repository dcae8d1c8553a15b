package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
	"github.com/aerosql/aerosql/protocol"
)

// appendAdminCode answers an administration message with a result code and no fields.
func appendAdminCode(dst []byte, code protocol.ResultCode) []byte {
	dst = protocol.ProtoHeader{Type: protocol.ProtoAdmin, Size: protocol.AdminHeaderSize}.AppendTo(dst)
	var head [protocol.AdminHeaderSize]byte
	head[1] = byte(code)
	return append(dst, head[:]...)
}

// An admin is an administration message while it is executed (wire-core.md 9).
type admin struct {
	conn    *conn
	guard   *guard
	request protocol.AdminRequest
}

// An adminCommand executes a message. It returns parts of an answer, or a result code.
type adminCommand struct {
	run func(*admin) ([]protocol.AdminEntry, protocol.ResultCode)
	// open commands are for everybody: they log in.
	open bool
	// own reports whether the message is about its own user, who may then send it without being a user administrator.
	own func(*admin) bool
}

var adminCommands = map[protocol.AdminCommand]adminCommand{
	protocol.AdminLogin:            {run: (*admin).login, open: true},
	protocol.AdminAuthenticate:     {run: (*admin).authenticate, open: true},
	protocol.AdminCreateUser:       {run: verdict((*admin).createUser)},
	protocol.AdminDropUser:         {run: verdict((*admin).dropUser)},
	protocol.AdminSetPassword:      {run: verdict((*admin).setPassword)},
	protocol.AdminChangePassword:   {run: verdict((*admin).changePassword), own: (*admin).aboutItself},
	protocol.AdminGrantRoles:       {run: verdict((*admin).grantRoles)},
	protocol.AdminRevokeRoles:      {run: verdict((*admin).revokeRoles)},
	protocol.AdminQueryUsers:       {run: (*admin).queryUsers, own: (*admin).aboutItself},
	protocol.AdminCreateRole:       {run: verdict((*admin).createRole)},
	protocol.AdminDropRole:         {run: verdict((*admin).dropRole)},
	protocol.AdminGrantPrivileges:  {run: verdict((*admin).grantPrivileges)},
	protocol.AdminRevokePrivileges: {run: verdict((*admin).revokePrivileges)},
	protocol.AdminSetAllowlist:     {run: verdict((*admin).setAllowlist)},
	protocol.AdminSetQuotas:        {run: verdict((*admin).setQuotas)},
	protocol.AdminQueryRoles:       {run: (*admin).queryRoles, own: (*admin).aboutItsRole},
}

// verdict makes a command of one that answers with a result code alone.
func verdict(run func(*admin) protocol.ResultCode) func(*admin) ([]protocol.AdminEntry, protocol.ResultCode) {
	return func(a *admin) ([]protocol.AdminEntry, protocol.ResultCode) { return nil, run(a) }
}

// answerAdmin executes an administration message.
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
	request, err := protocol.ParseAdminRequest(body)
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
		if dst, err = protocol.AppendAdminAnswer(dst, entries...); err != nil {
			return appendAdminCode(dst, protocol.ServerError)
		}
	}
	if code != protocol.OK || len(entries) == 0 {
		dst = appendAdminCode(dst, code)
	}
	return dst
}

// permitted reports whether the client may have the command executed.
func (a *admin) permitted(command *adminCommand) protocol.ResultCode {
	who := &a.conn.who
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

func (a *admin) text(id protocol.AdminFieldID) string {
	data, _ := a.request.Field(id)
	return string(data)
}

func (a *admin) data(id protocol.AdminFieldID) []byte {
	data, _ := a.request.Field(id)
	return data
}

func (a *admin) user() string { return a.text(protocol.AdminFieldUser) }

func (a *admin) aboutItself() bool { return a.user() == a.conn.who.user }

func (a *admin) aboutItsRole() bool {
	return a.guard.directory.HasRole(a.conn.who.user, a.text(protocol.AdminFieldRole))
}
