package access

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// credential returns bytes with the length of a credential.
func credential(password string) []byte {
	return []byte(password + strings.Repeat(".", protocol.CredentialSize-len(password)))
}

func privilege(code protocol.PrivilegeCode, scope ...string) protocol.Privilege {
	p := protocol.Privilege{Code: code}
	if len(scope) > 0 {
		p.Namespace = scope[0]
	}
	if len(scope) > 1 {
		p.Set = scope[1]
	}
	return p
}

// newDirectory returns a directory with the user u, whose role r may read test.demo.
func newDirectory(t testing.TB) *Directory {
	d := NewDirectory(true)
	require.Equal(t, protocol.OK, d.CreateRole(protocol.Role{Name: "r", Privileges: []protocol.Privilege{privilege(protocol.PrivilegeRead, "test", "demo")}}))
	require.Equal(t, protocol.OK, d.CreateUser("u", credential("old"), []string{"r"}))
	require.Equal(t, protocol.OK, d.CreateUser("certified", []byte(protocol.NoPasswordCredential), nil))
	require.Equal(t, protocol.OK, d.AddExternal("outside", []string{"read"}))
	return d
}

var (
	long = strings.Repeat("x", protocol.MaxUserLen+1)
	some = []protocol.Privilege{privilege(protocol.PrivilegeWrite)}
)

// commands are the commands of a directory and the expected result codes.
var commands = map[string]struct {
	want protocol.ResultCode
	run  func(d *Directory) protocol.ResultCode
}{
	"login":                      {protocol.OK, func(d *Directory) protocol.ResultCode { return d.Login("u", credential("old")) }},
	"login unknown":              {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.Login("x", credential("old")) }},
	"login wrong":                {protocol.InvalidCredential, func(d *Directory) protocol.ResultCode { return d.Login("u", credential("new")) }},
	"login without a credential": {protocol.InvalidCredential, func(d *Directory) protocol.ResultCode { return d.Login("u", nil) }},
	"login of a certificate user": {protocol.InvalidCredential, func(d *Directory) protocol.ResultCode {
		return d.Login("certified", []byte(protocol.NoPasswordCredential))
	}},
	"login of an external user":      {protocol.InvalidCredential, func(d *Directory) protocol.ResultCode { return d.Login("outside", nil) }},
	"certificate":                    {protocol.OK, func(d *Directory) protocol.ResultCode { return d.LoginByCertificate("certified") }},
	"certificate of a password user": {protocol.InvalidCredential, func(d *Directory) protocol.ResultCode { return d.LoginByCertificate("u") }},
	"certificate unknown":            {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.LoginByCertificate("x") }},
	"update an external user":        {protocol.OK, func(d *Directory) protocol.ResultCode { return d.AddExternal("outside", []string{"write"}) }},
	"external user with a password":  {protocol.InvalidCredential, func(d *Directory) protocol.ResultCode { return d.AddExternal("u", nil) }},
	"create": {protocol.OK, func(d *Directory) protocol.ResultCode {
		return d.CreateUser("v", credential(""), []string{"read", "r"})
	}},
	"create without a name":        {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.CreateUser("", credential(""), nil) }},
	"create long":                  {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.CreateUser(long, credential(""), nil) }},
	"create twice":                 {protocol.UserExists, func(d *Directory) protocol.ResultCode { return d.CreateUser("u", credential(""), nil) }},
	"create with a clear password": {protocol.InvalidPassword, func(d *Directory) protocol.ResultCode { return d.CreateUser("v", []byte("p"), nil) }},
	"create with an unknown role":  {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.CreateUser("v", credential(""), []string{"x"}) }},
	"drop":                         {protocol.OK, func(d *Directory) protocol.ResultCode { return d.DropUser("u") }},
	"drop unknown":                 {protocol.OK, func(d *Directory) protocol.ResultCode { return d.DropUser("x") }},
	"drop without a name":          {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.DropUser("") }},
	"set":                          {protocol.OK, func(d *Directory) protocol.ResultCode { return d.SetPassword("u", credential("new")) }},
	"set unknown":                  {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.SetPassword("x", credential("new")) }},
	"set a clear password":         {protocol.InvalidPassword, func(d *Directory) protocol.ResultCode { return d.SetPassword("u", []byte("new")) }},
	"set for a certificate user":   {protocol.ForbiddenPassword, func(d *Directory) protocol.ResultCode { return d.SetPassword("certified", credential("new")) }},
	"set for an external user":     {protocol.ForbiddenPassword, func(d *Directory) protocol.ResultCode { return d.SetPassword("outside", credential("new")) }},
	"change": {protocol.OK, func(d *Directory) protocol.ResultCode {
		return d.ChangePassword("u", credential("old"), credential("new"))
	}},
	"change wrong": {protocol.InvalidPassword, func(d *Directory) protocol.ResultCode {
		return d.ChangePassword("u", credential("x"), credential("new"))
	}},
	"change for a certificate user": {protocol.ForbiddenPassword, func(d *Directory) protocol.ResultCode { return d.ChangePassword("certified", nil, credential("new")) }},
	"grant role":                    {protocol.OK, func(d *Directory) protocol.ResultCode { return d.GrantRoles("u", []string{"write"}) }},
	"grant unknown role":            {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.GrantRoles("u", []string{"x"}) }},
	"grant no role":                 {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.GrantRoles("u", nil) }},
	"grant role to an unknown user": {protocol.InvalidUser, func(d *Directory) protocol.ResultCode { return d.GrantRoles("x", []string{"write"}) }},
	"revoke role":                   {protocol.OK, func(d *Directory) protocol.ResultCode { return d.RevokeRoles("u", []string{"write", "r"}) }},
	"role":                          {protocol.OK, func(d *Directory) protocol.ResultCode { return d.CreateRole(protocol.Role{Name: "s", ReadQuota: 1}) }},
	"role twice":                    {protocol.RoleExists, func(d *Directory) protocol.ResultCode { return d.CreateRole(protocol.Role{Name: "r"}) }},
	"role predefined":               {protocol.RoleExists, func(d *Directory) protocol.ResultCode { return d.CreateRole(protocol.Role{Name: "read"}) }},
	"role long":                     {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.CreateRole(protocol.Role{Name: long}) }},
	"role with an unknown privilege": {protocol.InvalidPrivilege, func(d *Directory) protocol.ResultCode {
		return d.CreateRole(protocol.Role{Name: "s", Privileges: []protocol.Privilege{privilege(77)}})
	}},
	"role with a set but no namespace": {protocol.InvalidPrivilege, func(d *Directory) protocol.ResultCode {
		return d.CreateRole(protocol.Role{Name: "s", Privileges: []protocol.Privilege{privilege(protocol.PrivilegeRead, "", "demo")}})
	}},
	"role with an invalid allowlist": {protocol.InvalidAllowlist, func(d *Directory) protocol.ResultCode {
		return d.CreateRole(protocol.Role{Name: "s", Allowlist: []string{"10.0.0.1/8"}})
	}},
	"drop role":            {protocol.OK, func(d *Directory) protocol.ResultCode { return d.DropRole("r") }},
	"drop unknown role":    {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.DropRole("x") }},
	"drop predefined role": {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.DropRole("read") }},
	"grant privilege":      {protocol.OK, func(d *Directory) protocol.ResultCode { return d.GrantPrivileges("r", some) }},
	"grant no privilege":   {protocol.InvalidPrivilege, func(d *Directory) protocol.ResultCode { return d.GrantPrivileges("r", nil) }},
	"grant unknown privilege": {protocol.InvalidPrivilege, func(d *Directory) protocol.ResultCode {
		return d.GrantPrivileges("r", []protocol.Privilege{privilege(9)})
	}},
	"grant to predefined":   {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.GrantPrivileges("write", some) }},
	"revoke privilege":      {protocol.OK, func(d *Directory) protocol.ResultCode { return d.RevokePrivileges("r", some) }},
	"revoke from unknown":   {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.RevokePrivileges("x", some) }},
	"allowlist":             {protocol.OK, func(d *Directory) protocol.ResultCode { return d.SetAllowlist("r", []string{"10.0.0.0/8", "::1"}) }},
	"invalid allowlist":     {protocol.InvalidAllowlist, func(d *Directory) protocol.ResultCode { return d.SetAllowlist("r", []string{"here"}) }},
	"allowlist of unknown":  {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.SetAllowlist("x", nil) }},
	"quotas":                {protocol.OK, func(d *Directory) protocol.ResultCode { return d.SetQuotas("r", 1, 2) }},
	"quotas of predefined":  {protocol.InvalidRole, func(d *Directory) protocol.ResultCode { return d.SetQuotas("read", 1, 2) }},
	"quotas without quotas": {protocol.QuotasNotEnabled, func(*Directory) protocol.ResultCode { return NewDirectory(false).SetQuotas("r", 1, 2) }},
	"role with quotas without quotas": {protocol.QuotasNotEnabled, func(*Directory) protocol.ResultCode {
		return NewDirectory(false).CreateRole(protocol.Role{Name: "s", WriteQuota: 1})
	}},
}

func TestCommandCodes(t *testing.T) {
	for name, c := range commands {
		require.Equal(t, c.want, c.run(newDirectory(t)), name)
	}
}

func TestPasswordsChange(t *testing.T) {
	d := newDirectory(t)
	require.Equal(t, protocol.OK, d.ChangePassword("u", credential("old"), credential("new")))
	require.Equal(t, protocol.InvalidCredential, d.Login("u", credential("old")))
	require.Equal(t, protocol.OK, d.Login("u", credential("new")))
	require.Equal(t, protocol.InvalidUser, d.ChangePassword("x", nil, credential("new")))
}

func TestUsersAndRoles(t *testing.T) {
	d := newDirectory(t)
	require.Equal(t, protocol.OK, d.GrantRoles("u", []string{"write", "r", "read"}))
	users, code := d.Users("")
	require.Equal(t, protocol.OK, code)
	require.Equal(t, []protocol.User{{Name: "certified"}, {Name: "outside", Roles: []string{"read"}}, {Name: "u", Roles: []string{"r", "read", "write"}}}, users)
	_, code = d.Users("x")
	require.Equal(t, protocol.InvalidUser, code)

	require.Equal(t, protocol.OK, d.GrantPrivileges("r", []protocol.Privilege{privilege(protocol.PrivilegeWrite, "test"), privilege(protocol.PrivilegeTruncate)}))
	require.Equal(t, protocol.OK, d.RevokePrivileges("r", []protocol.Privilege{privilege(protocol.PrivilegeTruncate), privilege(protocol.PrivilegeRead)}))
	roles, code := d.Roles("r")
	require.Equal(t, protocol.OK, code)
	require.Equal(t, []protocol.Privilege{privilege(protocol.PrivilegeRead, "test", "demo"), privilege(protocol.PrivilegeWrite, "test")}, roles[0].Privileges)
	require.Equal(t, protocol.OK, d.DropRole("r"))
	require.True(t, d.HasRole("u", "read"))
	require.False(t, d.HasRole("u", "r"))
	require.False(t, d.HasRole("x", "r"))
	roles, _ = d.Roles("")
	var names []string
	for _, r := range roles {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{
		"data-admin", "read", "read-write", "read-write-udf", "sindex-admin", "superuser", "sys-admin", "truncate", "udf-admin", "user-admin", "write",
	}, names)
	_, code = d.Roles("r")
	require.Equal(t, protocol.InvalidRole, code)
}

func TestRightsFollowChanges(t *testing.T) {
	d := newDirectory(t)
	before, generation := d.Rights("u"), d.Generation()
	require.True(t, before.Allows(Read|Query, "test", "demo"))
	require.Same(t, before, d.Rights("u"))
	require.Equal(t, protocol.OK, d.SetPassword("u", credential("new")))
	require.Equal(t, generation, d.Generation(), "a password does not change rights")
	require.Equal(t, protocol.OK, d.RevokePrivileges("r", []protocol.Privilege{privilege(protocol.PrivilegeRead, "test", "demo")}))
	require.NotEqual(t, generation, d.Generation())
	require.False(t, d.Rights("u").Allows(Read, "test", "demo"))
	require.True(t, before.Allows(Read, "test", "demo"), "rights are immutable")
	require.Equal(t, protocol.OK, d.DropUser("u"))
	require.Nil(t, d.Rights("u"))
}

// TestPredefinedRoles checks what each predefined role allows in every namespace.
func TestPredefinedRoles(t *testing.T) {
	d := NewDirectory(false)
	for role, want := range map[string]string{
		"read": "read query", "write": "write delete ops-query", "read-write": "read query write delete ops-query",
		"read-write-udf": "read query write delete udf-apply udf-query ops-query", "truncate": "truncate",
		"udf-admin": "udf-admin", "sindex-admin": "sindex-admin", "user-admin": "user-admin",
		"data-admin": "udf-admin sindex-admin query-admin truncate evict-admin record-info",
		"sys-admin":  "udf-admin sindex-admin query-admin truncate evict-admin record-info set-config logging-ctrl service-ctrl xdr-set-filter masking-admin",
		"superuser":  strings.Join(permissionNames[:], " "),
	} {
		require.Equal(t, protocol.OK, d.CreateUser(role, credential(""), []string{role}))
		var got []string
		for i := range permissionNames {
			if p := Permission(1) << i; d.Rights(role).Allows(p, "ns", "set") {
				got = append(got, p.String())
			}
		}
		require.Equal(t, want, strings.Join(got, " "), role)
	}
	require.Equal(t, "none", Permission(0).String())
}

// TestRightsAreTheSumOfPrivileges compares Rights with a search through all privileges of all
// roles, for each permission on its own.
func TestRightsAreTheSumOfPrivileges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"", "a", "b"})
		d := NewDirectory(true)
		var all []protocol.Privilege
		var roles []string
		for _, role := range []string{"r1", "r2"} {
			list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) protocol.Privilege {
				p := privilege(rapid.SampledFrom([]protocol.PrivilegeCode{0, 2, 10, 11, 13, 14}).Draw(t, "code"))
				if p.Code.Scoped() {
					if p.Namespace = names.Draw(t, "ns"); p.Namespace != "" {
						p.Set = names.Draw(t, "set")
					}
				}
				return p
			}), 0, 4).Draw(t, "privileges")
			require.Equal(t, protocol.OK, d.CreateRole(protocol.Role{Name: role, Privileges: list}))
			all, roles = append(all, list...), append(roles, role)
		}
		require.Equal(t, protocol.OK, d.CreateUser("u", credential(""), roles))
		ns, set := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "namespace"), names.Draw(t, "of set")
		wanted := Permission(rapid.Uint32Range(1, 1<<len(permissionNames)-1).Draw(t, "permissions"))
		allowed := true
		for i := range permissionNames {
			one, found := wanted&(1<<i), false
			for _, p := range all {
				found = found || granted[p.Code]&one == one && (p.Namespace == "" || p.Namespace == ns && (p.Set == "" || p.Set == set))
			}
			allowed = allowed && found
		}
		require.Equal(t, allowed, d.Rights("u").Allows(wanted, ns, set))
	})
}

func TestAllowlistsAndQuotasOfSeveralRoles(t *testing.T) {
	d := newDirectory(t)
	require.True(t, d.Rights("u").AllowsFrom(netip.MustParseAddr("192.168.0.1")))
	require.Equal(t, protocol.OK, d.CreateRole(protocol.Role{Name: "far", Allowlist: []string{"10.0.0.0/8", "2001:db8::/32", "127.0.0.1"}, ReadQuota: 10}))
	require.Equal(t, protocol.OK, d.CreateRole(protocol.Role{Name: "near", Allowlist: []string{"192.168.0.0/16"}, ReadQuota: 5, WriteQuota: 7}))
	require.Equal(t, protocol.OK, d.GrantRoles("u", []string{"far", "near"}))
	r := d.Rights("u")
	for address, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "192.168.9.9": true, "127.0.0.1": true, "2001:db8::1": true, "127.0.0.2": false, "::1": false,
	} {
		require.Equal(t, want, r.AllowsFrom(netip.MustParseAddr(address)), address)
	}
	require.EqualValues(t, 10, r.ReadQuota)
	require.EqualValues(t, 7, r.WriteQuota)
}

func TestSessions(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := NewSessions(time.Minute)
	session := s.Begin("me", now)
	require.Equal(t, time.Minute, session.TTL)
	user, code := s.Check(session.Token, now.Add(time.Minute-1))
	require.Equal(t, protocol.OK, code)
	require.Equal(t, "me", user)
	_, code = s.Check(session.Token, now.Add(time.Minute))
	require.Equal(t, protocol.ExpiredSession, code)
	_, code = NewSessions(time.Minute).Check(session.Token, now)
	require.Equal(t, protocol.InvalidCredential, code, "token of another node")
	for i := range session.Token {
		forged := append([]byte(nil), session.Token...)
		forged[i] ^= 1
		_, code = s.Check(forged, now)
		require.Equal(t, protocol.InvalidCredential, code, "%d", i)
		_, code = s.Check(session.Token[:i], now)
		require.Equal(t, protocol.InvalidCredential, code, "%d", i)
	}
	s.Expire()
	_, code = s.Check(session.Token, now)
	require.Equal(t, protocol.ExpiredSession, code)
	_, code = s.Check(s.Begin("me", now).Token, now)
	require.Equal(t, protocol.OK, code)
}

func TestMeterEnforcesTheQuota(t *testing.T) {
	var m Meter
	now := time.Unix(1000, 0)
	for range 3 {
		require.Equal(t, protocol.OK, m.Count(now, 3))
	}
	require.Equal(t, protocol.QuotaExceeded, m.Count(now, 3))
	require.Equal(t, protocol.OK, m.Count(now, 0), "no quota")
	now = now.Add(time.Second)
	require.Equal(t, protocol.Usage{Quota: 3, TPS: 4}, m.Usage(now, 3))
	require.Equal(t, protocol.OK, m.Begin(2, 3))
	require.Equal(t, protocol.QuotaExceeded, m.Begin(2, 3))
	require.Equal(t, protocol.QuotaExceeded, m.Begin(0, 3), "a query without a limit would take any quota")
	require.Equal(t, protocol.OK, m.Count(now, 3))
	require.Equal(t, protocol.QuotaExceeded, m.Count(now, 3), "the query has reserved the rest")
	m.End(2)
	require.Equal(t, protocol.OK, m.Count(now, 3))
	require.Equal(t, protocol.OK, m.Begin(0, 0))
	require.Equal(t, protocol.Usage{Limitless: 1}, m.Usage(now.Add(time.Hour), 0))
	m.End(0)
	require.Equal(t, protocol.Usage{}, m.Usage(now.Add(time.Hour), 0))
}

// TestMeterNeverExceedsTheQuota checks that the commands of one second never exceed the quota minus
// the rate reserved by queries.
func TestMeterNeverExceedsTheQuota(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Meter
		quota := rapid.Uint32Range(1, 8).Draw(t, "quota")
		now := time.Unix(1000, 0)
		var passed uint32
		var running []uint32
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				now = now.Add(time.Second)
				passed = 0
			case 1:
				rate := rapid.Uint32Range(0, 9).Draw(t, "rate")
				if m.Begin(rate, quota) == protocol.OK {
					require.NotZero(t, rate)
					running = append(running, rate)
				}
			case 2:
				if len(running) > 0 {
					m.End(running[0])
					running = running[1:]
				}
			default:
				reserved := uint32(0)
				for _, rate := range running {
					reserved += rate
				}
				require.LessOrEqual(t, reserved, quota)
				if m.Count(now, quota) == protocol.OK {
					passed++
					require.LessOrEqual(t, passed+reserved, quota)
				} else {
					require.GreaterOrEqual(t, passed+reserved, quota)
				}
			}
		}
	})
}
