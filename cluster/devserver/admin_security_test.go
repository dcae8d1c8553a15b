package devserver

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// secured returns options of a cluster with security. The user "me" has the password "me" and the
// given roles.
func secured(roles ...string) Options {
	return Options{Edition: Enterprise, Security: &SecurityOptions{Quotas: true, Users: []UserOptions{
		{Name: "admin", Credential: mustHash("admin"), Roles: []string{"superuser"}}, {Name: "me", Credential: mustHash("me"), Roles: roles},
	}}}
}

// admin sends an administration message and returns the entries of the answer, up to the result
// code.
func (c *client) admin(r wire.AdminRequest) (entries []wire.AdminEntry, code protocol.ResultCode) {
	c.t.Helper()
	message, err := r.AppendMessage(nil)
	require.NoError(c.t, err)
	c.send(message)
	for {
		kind, body := c.receive()
		require.Equal(c.t, wire.ProtoAdmin, kind)
		for len(body) > 0 {
			var e wire.AdminEntry
			e, body, err = wire.ParseAdminEntry(body)
			require.NoError(c.t, err)
			if e.Result != protocol.OK || len(e.Fields) == 0 {
				require.Empty(c.t, body)
				return entries, e.Result
			}
			entries = append(entries, e)
			if r.Command == wire.AdminLogin {
				return entries, protocol.OK
			}
		}
	}
}

// verdict is like admin, for messages that are answered only with a result code.
func (c *client) verdict(r wire.AdminRequest) protocol.ResultCode {
	c.t.Helper()
	entries, code := c.admin(r)
	require.Empty(c.t, entries)
	return code
}

// hashes caches credentials, because they are slow to compute.
var hashes sync.Map

func mustHash(password string) []byte {
	if credential, ok := hashes.Load(password); ok {
		return credential.([]byte)
	}
	credential, err := protocol.Credential(password)
	if err != nil {
		panic(err)
	}
	hashes.Store(password, credential)
	return credential
}

// login logs in with the user's name as password and returns the session.
func (c *client) login(user string) (wire.Session, protocol.ResultCode) {
	c.t.Helper()
	entries, code := c.admin(wire.NewLogin(user, mustHash(user)))
	if code != protocol.OK {
		return wire.Session{}, code
	}
	answer, err := wire.AppendAdminAnswer(nil, entries...)
	require.NoError(c.t, err)
	session, _, err := wire.ParseSession(answer[wire.ProtoHeaderSize:])
	require.NoError(c.t, err)
	return session, protocol.OK
}

// loggedIn connects and logs in.
func loggedIn(t testing.TB, s *Server, user string) *client {
	t.Helper()
	c := connect(t, s, 0)
	_, code := c.login(user)
	require.Equal(t, protocol.OK, code)
	return c
}

// queryCode sends a query and returns its result code.
func (c *client) queryCode(q wire.Query) protocol.ResultCode {
	c.t.Helper()
	message, err := q.AppendMessage(nil)
	require.NoError(c.t, err)
	c.send(message)
	for {
		_, body := c.receive()
		for len(body) > 0 {
			r, rest, err := wire.ParseResponse(body)
			require.NoError(c.t, err)
			if body = rest; r.Last() || r.ResultCode != protocol.OK {
				return r.ResultCode
			}
		}
	}
}

// batchRows executes commands as a batch and returns the codes of its rows.
func (c *client) batchRows(commands ...wire.Command) (codes []protocol.ResultCode, last protocol.ResultCode) {
	c.t.Helper()
	var rows []wire.BatchRow
	for i := range commands {
		rows = append(rows, wire.BatchRow{Index: uint32(i), Command: &commands[i]})
	}
	message, err := (&wire.Batch{Flags: wire.BatchInline | wire.BatchRespondAll}).AppendMessage(nil, rows, 0)
	require.NoError(c.t, err)
	c.send(message)
	answers, end := c.responses()
	for i := range answers {
		codes = append(codes, answers[i].ResultCode)
	}
	return codes, end.ResultCode
}

func TestSecurityOptionsAreChecked(t *testing.T) {
	for want, o := range map[string]Options{
		"security needs the Enterprise Edition":      {Security: &SecurityOptions{}},
		"must be a positive number of whole sec":     {Edition: Enterprise, Security: &SecurityOptions{SessionTTL: time.Millisecond}},
		`user "u": INVALID_ROLE`:                     {Edition: Enterprise, Security: &SecurityOptions{Users: []UserOptions{{Name: "u", Roles: []string{"x"}}}}},
		`role "read": ROLE_EXISTS`:                   {Edition: Enterprise, Security: &SecurityOptions{Roles: []protocol.Role{{Name: "read"}}}},
		"invalid value: a password with a zero byte": {Edition: Enterprise, Security: &SecurityOptions{Users: []UserOptions{{Name: "u", Password: "\x00"}}}},
	} {
		_, err := Start(o)
		require.ErrorContains(t, err, want)
	}
}

func TestEditionsWithoutSecurity(t *testing.T) {
	request := wire.NewLogin("admin", []byte("x"))
	require.Equal(t, protocol.SecurityNotSupported, connect(t, start(t, Options{}), 0).verdict(request))
	c := connect(t, start(t, Options{Edition: Enterprise}), 0)
	require.Equal(t, protocol.SecurityNotEnabled, c.verdict(request))
	require.Equal(t, protocol.SecurityNotEnabled, c.verdict(wire.NewQueryUsers("")))
	require.Empty(t, c.info("get-config:context=security"))
}

func TestInitialUser(t *testing.T) {
	c := loggedIn(t, start(t, Options{Edition: Enterprise, Security: &SecurityOptions{}}), "admin")
	require.Equal(t, "enable-quotas=false;privilege-refresh-period=0;session-ttl=86400;tps-weight=2", c.info("get-config:context=security"))
	require.Equal(t, protocol.RoleViolation, c.do(put(key(1), one(1))).ResultCode)
	require.Equal(t, protocol.OK, c.verdict(wire.NewGrantRoles("admin", []string{"read-write"})))
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
}

func TestNothingIsAnsweredBeforeLogin(t *testing.T) {
	c := connect(t, start(t, secured()), 0)
	scan := wire.Query{Scan: wire.Scan{Namespace: "test", Partitions: []uint16{1}}}
	for range 2 {
		require.Equal(t, protocol.NotAuthenticated, c.do(put(key(1), one(1))).ResultCode)
		_, code := c.batchRows(put(key(1), one(1)))
		require.Equal(t, protocol.NotAuthenticated, code)
		require.Equal(t, protocol.NotAuthenticated, c.queryCode(scan))
		require.Equal(t, protocol.NotAuthenticated, c.verdict(wire.NewQueryUsers("")))
		request, err := wire.AppendInfo(nil, "build", "namespaces")
		require.NoError(t, err)
		c.send(request)
		_, body := c.receive()
		require.Equal(t, "ERROR:80:not authenticated\n", string(body))
		_, code = c.login("nobody")
		require.Equal(t, protocol.InvalidUser, code)
		require.Equal(t, protocol.InvalidCredential, c.verdict(wire.NewLogin("me", mustHash("you"))))
		require.Equal(t, protocol.InvalidCredential, c.verdict(wire.NewAuthenticate("me", []byte("token"))))
		require.Equal(t, protocol.InvalidUser, c.verdict(wire.NewCertificateLogin()))
	}
	for want, bad := range map[protocol.ResultCode][]byte{
		protocol.SecurityScheme:  {1, 0, 9, 0},
		protocol.SecurityCommand: {0, 0, 77, 0},
		protocol.SecurityField:   {0, 0, 9, 0, 13: 0, 15: 0, 19: 9},
	} {
		body := make([]byte, max(len(bad), wire.AdminHeaderSize))
		copy(body, bad)
		c.send(append(wire.ProtoHeader{Type: wire.ProtoAdmin, Size: len(body)}.AppendTo(nil), body...))
		_, answer := c.receive()
		got, err := wire.ParseAdminResult(answer)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestSessionsEndByTheServersClock(t *testing.T) {
	clock, o := newTestClock(), secured("read-write")
	o.Clock, o.Security.SessionTTL = clock.Now, time.Minute
	s := start(t, o)
	first := connect(t, s, 0)
	session, code := first.login("me")
	require.Equal(t, protocol.OK, code)
	require.Equal(t, time.Minute, session.TTL)
	require.Equal(t, protocol.OK, first.do(put(key(1), one(1))).ResultCode, "a login also authenticates the connection")

	second := connect(t, s, 0)
	require.Equal(t, protocol.InvalidCredential, second.verdict(wire.NewAuthenticate("admin", session.Token)), "another user's")
	require.Equal(t, protocol.OK, second.verdict(wire.NewAuthenticate("me", session.Token)))
	require.Equal(t, protocol.OK, second.do(put(key(1), one(1))).ResultCode)
	clock.advance(time.Minute)
	require.Equal(t, protocol.ExpiredSession, connect(t, s, 0).verdict(wire.NewAuthenticate("me", session.Token)))
	require.Equal(t, protocol.OK, second.do(put(key(1), one(1))).ResultCode, "the connection was authenticated in time")

	session, code = first.login("me")
	require.Equal(t, protocol.OK, code, "logging in again renews the session")
	s.ExpireSessions()
	require.Equal(t, protocol.NotAuthenticated, first.do(put(key(1), one(1))).ResultCode)
	require.Equal(t, protocol.ExpiredSession, first.verdict(wire.NewAuthenticate("me", session.Token)))
	session, _ = first.login("me")
	require.Equal(t, protocol.OK, first.do(put(key(1), one(1))).ResultCode)
	require.Equal(t, protocol.OK, loggedIn(t, s, "admin").verdict(wire.NewDropUser("me")))
	require.Equal(t, protocol.NotAuthenticated, first.do(put(key(1), one(1))).ResultCode, "the failed login cleared the user")
	require.Equal(t, protocol.InvalidUser, connect(t, s, 0).verdict(wire.NewAuthenticate("me", session.Token)))
}

func TestUsersChangeTheirOwnPassword(t *testing.T) {
	s := start(t, secured())
	c := loggedIn(t, s, "me")
	require.Equal(t, protocol.RoleViolation, c.verdict(wire.NewSetPassword("me", mustHash("new"))))
	require.Equal(t, protocol.RoleViolation, c.verdict(wire.NewChangePassword("admin", mustHash("admin"), mustHash("new"))))
	require.Equal(t, protocol.InvalidPassword, c.verdict(wire.NewChangePassword("me", mustHash("wrong"), mustHash("new"))))
	require.Equal(t, protocol.OK, c.verdict(wire.NewChangePassword("me", mustHash("me"), mustHash("new"))))
	_, code := c.login("me")
	require.Equal(t, protocol.InvalidCredential, code)
	_, code = c.admin(wire.NewLogin("me", mustHash("new")))
	require.Equal(t, protocol.OK, code)
	require.Equal(t, protocol.OK, loggedIn(t, s, "admin").verdict(wire.NewSetPassword("me", mustHash("me"))))
	loggedIn(t, s, "me")
}

func TestUsersQueryThemselves(t *testing.T) {
	s := start(t, secured("read"))
	c := loggedIn(t, s, "me")
	for request, want := range map[*wire.AdminRequest]protocol.ResultCode{
		ptr(wire.NewQueryUsers("")):      protocol.RoleViolation,
		ptr(wire.NewQueryUsers("admin")): protocol.RoleViolation,
		ptr(wire.NewQueryUsers("me")):    protocol.SecurityQueryEnd,
		ptr(wire.NewQueryRoles("")):      protocol.RoleViolation,
		ptr(wire.NewQueryRoles("write")): protocol.RoleViolation,
		ptr(wire.NewQueryRoles("read")):  protocol.SecurityQueryEnd,
		ptr(wire.NewDropUser("me")):      protocol.RoleViolation,
	} {
		entries, code := c.admin(*request)
		require.Equal(t, want, code, "%v", request)
		require.Equal(t, want == protocol.SecurityQueryEnd, len(entries) == 1)
	}
	admin := loggedIn(t, s, "admin")
	_, code := admin.admin(wire.NewQueryUsers("nobody"))
	require.Equal(t, protocol.InvalidUser, code)
	_, code = admin.admin(wire.NewQueryRoles("nothing"))
	require.Equal(t, protocol.InvalidRole, code)
}

func ptr[T any](v T) *T { return &v }

func TestExternalUsers(t *testing.T) {
	o := secured()
	o.Security.External = func(user, password string) ([]string, bool) { return []string{"read-write"}, password == "ldap" }
	s := start(t, o)
	c := connect(t, s, 0)
	require.Equal(t, protocol.LDAPAuthentication, c.verdict(wire.NewExternalLogin("far", mustHash("x"), "x")))
	require.Equal(t, protocol.InvalidCredential, c.verdict(wire.NewExternalLogin("me", mustHash("ldap"), "ldap")), "the external authority does not know the server's users")
	_, code := c.admin(wire.NewExternalLogin("far", mustHash("ldap"), "ldap"))
	require.Equal(t, protocol.OK, code)
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
	_, code = c.admin(wire.NewExternalLogin("me", mustHash("me"), "me"))
	require.Equal(t, protocol.OK, code, "the server's users are checked first")
	c = connect(t, start(t, secured()), 0)
	require.Equal(t, protocol.LDAPNotConfigured, c.verdict(wire.NewExternalLogin("far", mustHash("ldap"), "ldap")))
}
