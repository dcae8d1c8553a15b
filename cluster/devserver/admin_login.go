package devserver

import (
	"crypto/tls"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// login lets a user in who shows a password or, without any field, a certificate. The connection is the
// user's from then on, and the session is for further ones.
func (a *admin) login() ([]wire.AdminEntry, protocol.ResultCode) {
	user, code := a.whoLogsIn()
	if code == protocol.OK {
		code = a.conn.who.enter(user)
	}
	if code != protocol.OK {
		a.conn.who.leave()
		return nil, code
	}
	session := a.guard.sessions.Begin(user, a.guard.clock())
	return []wire.AdminEntry{wire.SessionEntry(&session)}, protocol.OK
}

// whoLogsIn returns the user, who has proved to be it.
func (a *admin) whoLogsIn() (string, protocol.ResultCode) {
	user := a.user()
	if user == "" {
		user = a.conn.certificateName()
		return user, a.guard.directory.LoginByCertificate(user)
	}
	code := a.guard.directory.Login(user, a.data(wire.AdminFieldCredential))
	password, external := a.request.Field(wire.AdminFieldClearPassword)
	if !external || code == protocol.OK {
		return user, code
	}
	authority := a.guard.options.External
	if authority == nil {
		return user, protocol.LDAPNotConfigured
	}
	roles, ok := authority(user, string(password))
	if !ok {
		return user, protocol.LDAPAuthentication
	}
	return user, a.guard.directory.AddExternal(user, roles)
}

// authenticate makes a further connection the user's by the token of a session.
func (a *admin) authenticate() ([]wire.AdminEntry, protocol.ResultCode) {
	who := &a.conn.who
	user, code := a.guard.sessions.Check(a.data(wire.AdminFieldSessionToken), a.guard.clock())
	if named, ok := a.request.Field(wire.AdminFieldUser); ok && code == protocol.OK && string(named) != user {
		code = protocol.InvalidCredential
	}
	if code == protocol.OK {
		code = who.enter(user)
	}
	if code != protocol.OK {
		who.leave()
	}
	return nil, code
}

// certificateName is the common name of the certificate that the client has shown, "" if it has shown none.
func (c *conn) certificateName() string {
	secured, ok := c.nc.(*tls.Conn)
	if !ok {
		return ""
	}
	if chains := secured.ConnectionState().VerifiedChains; len(chains) > 0 {
		return chains[0][0].Subject.CommonName
	}
	return ""
}
