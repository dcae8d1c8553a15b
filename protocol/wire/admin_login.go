package wire

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Session is the result of a login: a token that authenticates further connections, and the time
// for which it is valid.
type Session struct {
	Token []byte
	// TTL is 0 if the server did not send it.
	TTL time.Duration
}

// Format writes the TTL for all verbs. The token is a secret.
func (s Session) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "session of %v", s.TTL) }

var _ fmt.Formatter = Session{}

// NewLogin returns the request to log in with the credential of a password, see
// [protocol.Credential].
func NewLogin(user string, credential []byte) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldCredential, credential}}
	return newAdminRequest(AdminLogin, fields, checkName("user", user))
}

// NewExternalLogin returns the request to log in with a password that the server checks with an
// external authority such as LDAP. The request has the password in clear text, so the connection
// must use TLS.
func NewExternalLogin(user string, credential []byte, password string) AdminRequest {
	r := NewLogin(user, credential)
	if r.err == nil {
		r.Fields = append(r.Fields, textField(AdminFieldClearPassword, password))
	}
	return r
}

// NewCertificateLogin returns the request to log in as the user named in the TLS certificate of the
// connection. Needs server 5.7.
func NewCertificateLogin() AdminRequest { return newAdminRequest(AdminLogin, nil) }

// NewAuthenticate returns the request to authenticate a connection with the token of a [Session].
// user is "" if the TLS certificate names the user.
func NewAuthenticate(user string, token []byte) AdminRequest {
	if user == "" {
		return newAdminRequest(AdminAuthenticate, []AdminField{{AdminFieldSessionToken, token}})
	}
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldSessionToken, token}}
	return newAdminRequest(AdminAuthenticate, fields, checkName("user", user))
}

// SessionEntry returns the response to a login.
func SessionEntry(s *Session) AdminEntry {
	return AdminEntry{Fields: []AdminField{
		{AdminFieldSessionToken, s.Token}, u32Field(AdminFieldSessionTTL, uint32(s.TTL/time.Second)),
	}}
}

// ParseSession parses the response to a login. The session is valid only if the result is OK and
// err is nil. Errors wrap [protocol.ErrMalformed], also if the result is OK and there is no token.
func ParseSession(body []byte) (s Session, result protocol.ResultCode, err error) {
	e, rest, err := ParseAdminEntry(body)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes after the end of a login response", protocol.ErrMalformed, len(rest))
	}
	if err != nil || e.Result != protocol.OK {
		return Session{}, e.Result, err
	}
	for _, f := range e.Fields {
		switch f.ID {
		case AdminFieldSessionToken:
			s.Token = append([]byte(nil), f.Data...)
		case AdminFieldSessionTTL:
			var seconds uint32
			if seconds, err = f.u32(); err != nil {
				return Session{}, protocol.OK, err
			}
			s.TTL = time.Duration(seconds) * time.Second
		}
	}
	if len(s.Token) == 0 {
		return Session{}, protocol.OK, fmt.Errorf("%w: a login response without a session", protocol.ErrMalformed)
	}
	return s, protocol.OK, nil
}
