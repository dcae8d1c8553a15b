package devserver

import (
	"crypto/tls"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// login logs in a user by password or, if the message has no user, by TLS certificate. The
// connection then belongs to the user. The returned session can authenticate further connections.
func (a *admin) login() ([]wire.AdminEntry, protocol.ResultCode) {
	user, code := a.verifyUser()
	if code == protocol.OK {
		code = a.conn.identity.setUser(user)
	}
	if code != protocol.OK {
		a.conn.identity.clearUser()
		return nil, code
	}
	session := a.guard.sessions.Begin(user, a.guard.clock())
	return []wire.AdminEntry{wire.SessionEntry(&session)}, protocol.OK
}

// verifyUser returns the user after verifying its credentials.
func (a *admin) verifyUser() (string, protocol.ResultCode) {
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

// authenticate logs in a further connection of the user by a session token.
func (a *admin) authenticate() ([]wire.AdminEntry, protocol.ResultCode) {
	who := &a.conn.identity
	user, code := a.guard.sessions.Check(a.data(wire.AdminFieldSessionToken), a.guard.clock())
	if named, ok := a.request.Field(wire.AdminFieldUser); ok && code == protocol.OK && string(named) != user {
		code = protocol.InvalidCredential
	}
	if code == protocol.OK {
		code = who.setUser(user)
	}
	if code != protocol.OK {
		who.clearUser()
	}
	return nil, code
}

// certificateName returns the common name of the client's certificate, "" if the client sent none.
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
