package wire

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Session is what a server gives to who has logged in: the token with which further connections are
// authenticated, and how long that is possible.
type Session struct {
	Token []byte
	// TTL is 0 where the server did not say.
	TTL time.Duration
}

// Format writes how long the session lasts under every verb: the token is a secret.
func (s Session) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "session of %v", s.TTL) }

var _ fmt.Formatter = Session{}

// NewLogin makes the request to log in with a password that the server knows.
func NewLogin(user string, credential []byte) AdminRequest {
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldCredential, credential}}
	return newAdminRequest(AdminLogin, fields, checkName("user", user))
}

// NewExternalLogin makes the request to log in with a password that an external authority of the server knows,
// such as LDAP. The password travels as it is: the connection must be a TLS one.
func NewExternalLogin(user string, credential []byte, password string) AdminRequest {
	r := NewLogin(user, credential)
	if r.err == nil {
		r.Fields = append(r.Fields, textField(AdminFieldClearPassword, password))
	}
	return r
}

// NewCertificateLogin makes the request to log in as the user that the connection's TLS certificate names (server 5.7).
func NewCertificateLogin() AdminRequest { return newAdminRequest(AdminLogin, nil) }

// NewAuthenticate makes the request to authenticate a connection by a session. The user is "" where a certificate names it.
func NewAuthenticate(user string, token []byte) AdminRequest {
	if user == "" {
		return newAdminRequest(AdminAuthenticate, []AdminField{{AdminFieldSessionToken, token}})
	}
	fields := []AdminField{textField(AdminFieldUser, user), {AdminFieldSessionToken, token}}
	return newAdminRequest(AdminAuthenticate, fields, checkName("user", user))
}

// SessionEntry returns a session as the answer to a login.
func SessionEntry(s *Session) AdminEntry {
	return AdminEntry{Fields: []AdminField{
		{AdminFieldSessionToken, s.Token}, u32Field(AdminFieldSessionTTL, uint32(s.TTL/time.Second)),
	}}
}

// ParseSession reads the answer to a login. A session comes with the result OK only; one without a token gives [protocol.ErrMalformed].
func ParseSession(body []byte) (s Session, result protocol.ResultCode, err error) {
	e, rest, err := ParseAdminEntry(body)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes follow the answer to a login", protocol.ErrMalformed, len(rest))
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
		return Session{}, protocol.OK, fmt.Errorf("%w: an answer to a login without a session", protocol.ErrMalformed)
	}
	return s, protocol.OK, nil
}
