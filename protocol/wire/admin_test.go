package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

var testPrivileges = []protocol.Privilege{
	{Code: protocol.PrivilegeUserAdmin}, {Code: protocol.PrivilegeRead, Namespace: "test", Set: "demo"}, {Code: protocol.PrivilegeWrite, Namespace: "bar"}, {Code: protocol.PrivilegeTruncate},
}

// The bytes of the query and of the privilege were recorded. The others follow from the tables in
// docs/wire-core.md#9.
func TestAdminRequestBytes(t *testing.T) {
	head := func(command, fields string) string { return "0000" + command + fields + strings.Repeat("00", 12) }
	for name, c := range map[string]struct {
		request AdminRequest
		body    string
	}{
		"query users":    {NewQueryUsers(""), head("09", "00")},
		"query user":     {NewQueryUsers("u"), head("09", "01") + "00000002 00 75"},
		"create user":    {NewCreateUser("u", []byte("h"), []string{"read", "x"}), head("01", "03") + "00000002 00 75 00000002 01 68 00000009 0a 02 04 72656164 01 78"},
		"no roles":       {NewCreateUser("u", []byte("h"), nil), head("01", "03") + "00000002 00 75 00000002 01 68 00000002 0a 00"},
		"drop user":      {NewDropUser("u"), head("02", "01") + "00000002 00 75"},
		"set":            {NewSetPassword("u", []byte("h")), head("03", "02") + "00000002 00 75 00000002 01 68"},
		"change":         {NewChangePassword("u", []byte("o"), []byte("h")), head("04", "03") + "00000002 00 75 00000002 02 6f 00000002 01 68"},
		"grant roles":    {NewGrantRoles("u", []string{"x"}), head("05", "02") + "00000002 00 75 00000004 0a 01 01 78"},
		"revoke roles":   {NewRevokeRoles("u", []string{"x"}), head("06", "02") + "00000002 00 75 00000004 0a 01 01 78"},
		"bare role":      {NewCreateRole(protocol.Role{Name: "r"}), head("0a", "01") + "00000002 0b 72"},
		"drop role":      {NewDropRole("r"), head("0b", "01") + "00000002 0b 72"},
		"grant":          {NewGrantPrivileges("r", testPrivileges[1:2]), head("0c", "02") + "00000002 0b 72 0000000d 0c 01 0a 04 74657374 04 64656d6f"},
		"revoke":         {NewRevokePrivileges("r", testPrivileges[:1]), head("0d", "02") + "00000002 0b 72 00000003 0c 01 00"},
		"allowlist":      {NewSetAllowlist("r", []string{"a", "b"}), head("0e", "02") + "00000002 0b 72 00000004 0d 61 2c 62"},
		"no allowlist":   {NewSetAllowlist("r", nil), head("0e", "01") + "00000002 0b 72"},
		"quotas":         {NewSetQuotas("r", 1, 258), head("0f", "03") + "00000002 0b 72 00000005 0e 00000001 00000005 0f 00000102"},
		"query roles":    {NewQueryRoles(""), head("10", "00")},
		"query role":     {NewQueryRoles("r"), head("10", "01") + "00000002 0b 72"},
		"login":          {NewLogin("u", []byte("h")), head("14", "02") + "00000002 00 75 00000002 03 68"},
		"external":       {NewExternalLogin("u", []byte("h"), "p"), head("14", "03") + "00000002 00 75 00000002 03 68 00000002 04 70"},
		"certificate":    {NewCertificateLogin(), head("14", "00")},
		"authenticate":   {NewAuthenticate("u", []byte{7}), head("00", "02") + "00000002 00 75 00000002 05 07"},
		"by certificate": {NewAuthenticate("", []byte{7}), head("00", "01") + "00000002 05 07"},
		"whole role": {
			NewCreateRole(protocol.Role{Name: "r", Privileges: testPrivileges[:1], Allowlist: []string{"a"}, ReadQuota: 1, WriteQuota: 2}),
			head("0a", "05") + "00000002 0b 72 00000003 0c 01 00 00000002 0d 61 00000005 0e 00000001 00000005 0f 00000002",
		},
	} {
		message, err := c.request.AppendMessage([]byte("x"))
		require.NoError(t, err, name)
		body := unhex(t, c.body)
		want := append(ProtoHeader{ProtoAdmin, len(body)}.AppendTo([]byte("x")), body...)
		require.Equal(t, want, message, name)
		back, err := ParseAdminRequest(body)
		require.NoError(t, err, name)
		require.Equal(t, c.request, back, name)
	}
}

func TestAdminRequestsCheckTheirArguments(t *testing.T) {
	long := strings.Repeat("n", protocol.MaxUserLen+1)
	for want, r := range map[string]AdminRequest{
		"the name of a user must have 1 to 63 bytes, not 0":            NewDropUser(""),
		"the name of a user must have 1 to 63 bytes, not 64":           NewLogin(long, nil),
		"the name of a role must have 1 to 63 bytes, not 0":            NewGrantRoles("u", []string{"a", ""}),
		"at least one role is needed":                                  NewRevokeRoles("u", nil),
		"300 roles, at most 255":                                       NewGrantRoles("u", make([]string, 300)),
		"at least one privilege is needed":                             NewGrantPrivileges("r", nil),
		"privilege sys-admin applies to the whole cluster":             NewGrantPrivileges("r", []protocol.Privilege{{Code: protocol.PrivilegeSysAdmin, Namespace: "test"}}),
		`privilege read for set "s" needs the namespace of the set`:    NewCreateRole(protocol.Role{Name: "r", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeRead, Set: "s"}}}),
		"a namespace has at most 31 bytes":                             NewRevokePrivileges("r", []protocol.Privilege{{Code: protocol.PrivilegeRead, Namespace: long}}),
		"300 privileges, at most 255":                                  NewGrantPrivileges("r", make([]protocol.Privilege, 300)),
		`invalid address "10.0.0.1,10.0.0.2": must have the form 10.0`: NewSetAllowlist("r", []string{"10.0.0.1,10.0.0.2"}),
		"the name of a role must have 1 to 63 bytes, not 64":           NewQueryRoles(long),
		"an admin message with 256 fields, at most 255":                {Fields: make([]AdminField, 256)},
	} {
		out, err := r.AppendMessage([]byte("x"))
		require.ErrorIs(t, err, protocol.ErrInvalidCommand, want)
		require.ErrorContains(t, err, want)
		require.Equal(t, "x", string(out))
	}
}

// The official client counts the fields of a new role wrongly: its recorded message says 3 and has
// 5 (docs/wire-core.md#9).
func TestAdminRequestIsReadToItsEnd(t *testing.T) {
	r := NewCreateRole(protocol.Role{Name: "r", Privileges: testPrivileges, Allowlist: []string{"10.0.0.0/8"}, ReadQuota: 1, WriteQuota: 2})
	message, err := r.AppendMessage(nil)
	require.NoError(t, err)
	body := message[ProtoHeaderSize:]
	body[3] = 3
	back, err := ParseAdminRequest(body)
	require.NoError(t, err)
	role, err := ParseRole(back.Fields)
	require.NoError(t, err)
	require.Equal(t, protocol.Role{Name: "r", Privileges: testPrivileges, Allowlist: []string{"10.0.0.0/8"}, ReadQuota: 1, WriteQuota: 2}, role)
	for cut := range body[AdminHeaderSize:] {
		if cut == 0 {
			continue // no fields
		}
		if _, err = ParseAdminRequest(body[:AdminHeaderSize+cut]); err == nil {
			require.Contains(t, []int{6, 33, 48, 57}, cut, "only whole fields are fields")
		} else {
			require.ErrorIs(t, err, protocol.ErrMalformed)
		}
	}
}

func TestAdminAnswers(t *testing.T) {
	body := append([]byte{0, 51}, make([]byte, 14)...) // the response of the Community Edition to all commands
	result, err := ParseAdminResult(body)
	require.NoError(t, err)
	require.Equal(t, protocol.SecurityNotSupported, result)
	_, err = ParseAdminResult(append(body, 0))
	require.ErrorIs(t, err, protocol.ErrMalformed)

	session := Session{Token: []byte("token"), TTL: 24 * time.Hour}
	answer, err := AppendAdminAnswer(nil, SessionEntry(&session))
	require.NoError(t, err)
	require.Equal(t, unhex(t, "0202 000000000023 | 00000002 000000000000000000000000 | 00000006 05 746f6b656e | 00000005 06 00015180"), answer)
	got, result, err := ParseSession(answer[ProtoHeaderSize:])
	require.NoError(t, err)
	require.Equal(t, protocol.OK, result)
	require.Equal(t, session, got)
	_, result, err = ParseSession(append([]byte{0, 62}, make([]byte, 14)...))
	require.NoError(t, err)
	require.Equal(t, protocol.InvalidPassword, result)
	for _, bad := range [][]byte{nil, make([]byte, 16), unhex(t, "00000001 000000000000000000000000 00000001 05"),
		unhex(t, "00000002 000000000000000000000000 | 00000002 05 01 | 00000002 06 01")} {
		_, _, err = ParseSession(bad)
		require.ErrorIs(t, err, protocol.ErrMalformed, "%x", bad)
	}
}

func drawName(t *rapid.T, label string) string {
	return rapid.StringN(1, 20, protocol.MaxUserLen).Draw(t, label)
}

func drawRole(t *rapid.T) protocol.Role {
	r := protocol.Role{Name: drawName(t, "role"), ReadQuota: rapid.Uint32().Draw(t, "read"), WriteQuota: rapid.Uint32().Draw(t, "write")}
	r.Privileges = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) protocol.Privilege {
		p := protocol.Privilege{Code: protocol.PrivilegeCode(rapid.Byte().Draw(t, "code"))}
		if p.Code.Scoped() {
			p.Namespace, p.Set = rapid.StringN(0, 5, 31).Draw(t, "ns"), rapid.StringN(0, 5, 63).Draw(t, "set")
		}
		return p
	}), 0, 5).Draw(t, "privileges")
	if list := rapid.SliceOf(rapid.StringMatching(`[0-9a-f.:/]{1,9}`)).Draw(t, "list"); len(list) > 0 {
		r.Allowlist = list
	}
	return r
}

func drawUser(t *rapid.T) protocol.User {
	usage := func(label string) protocol.Usage {
		draw := func() uint32 { return rapid.Uint32().Draw(t, label) }
		return protocol.Usage{Quota: draw(), TPS: draw(), QueryRPS: draw(), Limitless: draw()}
	}
	return protocol.User{
		Name: drawName(t, "user"), Roles: rapid.SliceOf(rapid.StringN(1, 9, protocol.MaxUserLen)).Draw(t, "roles"),
		Read: usage("read"), Write: usage("write"), Connections: rapid.Uint32().Draw(t, "connections"),
	}
}

// Users and roles that are encoded and parsed are equal. A part of a response is not a valid
// response.
func TestUsersAndRolesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		users, roles := rapid.SliceOfN(rapid.Custom(drawUser), 1, 5).Draw(t, "users"), rapid.SliceOfN(rapid.Custom(drawRole), 1, 5).Draw(t, "roles")
		var userEntries, roleEntries []AdminEntry
		for i := range users {
			userEntries = append(userEntries, UserEntry(&users[i]))
		}
		for i := range roles {
			roleEntries = append(roleEntries, RoleEntry(&roles[i]))
		}
		end := rapid.SampledFrom([]protocol.ResultCode{protocol.OK, protocol.SecurityQueryEnd, protocol.InvalidUser}).Draw(t, "end")
		if end != protocol.OK {
			userEntries, roleEntries = append(userEntries, AdminEntry{Result: end}), append(roleEntries, AdminEntry{Result: end})
		}
		answer, err := AppendAdminAnswer(nil, userEntries...)
		require.NoError(t, err)
		gotUsers, result, err := ParseUsers(answer[ProtoHeaderSize:])
		require.NoError(t, err)
		require.Equal(t, end, result)
		require.Equal(t, users, gotUsers)
		_, _, err = ParseRoles(answer[ProtoHeaderSize:])
		require.ErrorIs(t, err, protocol.ErrMalformed)

		answer, err = AppendAdminAnswer(nil, roleEntries...)
		require.NoError(t, err)
		gotRoles, result, err := ParseRoles(answer[ProtoHeaderSize:])
		require.NoError(t, err)
		require.Equal(t, end, result)
		require.Equal(t, roles, gotRoles)
		cut := rapid.IntRange(1, len(answer)-ProtoHeaderSize-1).Draw(t, "cut")
		if list, _, err := ParseRoles(answer[ProtoHeaderSize : ProtoHeaderSize+cut]); err == nil {
			require.Equal(t, roles[:len(list)], list)
		} else {
			require.ErrorIs(t, err, protocol.ErrMalformed)
		}
	})
}

func TestAdminListsAreBounded(t *testing.T) {
	for name, fields := range map[string][]AdminField{
		"roles":       {textField(AdminFieldUser, "u"), {AdminFieldRoles, []byte{3, 1, 'a', 1, 'b'}}},
		"role's size": {textField(AdminFieldUser, "u"), {AdminFieldRoles, []byte{1, 9, 'a'}}},
		"trailing":    {textField(AdminFieldUser, "u"), {AdminFieldRoles, []byte{0, 9}}},
		"usage":       {textField(AdminFieldUser, "u"), {AdminFieldReadInfo, []byte{2, 0, 0, 0, 0}}},
		"empty usage": {textField(AdminFieldUser, "u"), {AdminFieldWriteInfo, nil}},
		"connections": {textField(AdminFieldUser, "u"), {AdminFieldConnections, []byte{1}}},
		"no name":     {{AdminFieldRoles, []byte{0}}},
	} {
		answer, err := AppendAdminAnswer(nil, AdminEntry{Fields: fields})
		require.NoError(t, err)
		_, _, err = ParseUsers(answer[ProtoHeaderSize:])
		require.ErrorIs(t, err, protocol.ErrMalformed, name)
	}
	for _, data := range [][]byte{nil, {1}, {1, 10}, {1, 10, 1}, {1, 10, 1, 'a', 5}, {2, 0}, {0, 0}} {
		_, err := ParsePrivileges(data)
		require.ErrorIs(t, err, protocol.ErrMalformed, "%x", data)
	}
	_, _, err := ParseUsers(nil)
	require.ErrorIs(t, err, protocol.ErrMalformed, "a part without an entry would be waited for without end")
	more, err := parseUsage(unhex(t, "05 00000001 00000002 00000003 00000004 00000005"))
	require.NoError(t, err)
	require.Equal(t, protocol.Usage{Quota: 1, TPS: 2, QueryRPS: 3, Limitless: 4}, more, "newer servers may tell more")
}

func TestAdminNames(t *testing.T) {
	require.Equal(t, "query-users admin-command-7 allowlist admin-field-8",
		fmt.Sprint(AdminQueryUsers, " ", AdminCommand(7), " ", AdminFieldAllowlist, " ", AdminFieldID(8)))
}

func TestAdminSecretsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	for _, shown := range []any{
		NewExternalLogin("u", []byte(secret), secret), NewChangePassword("u", []byte(secret), []byte(secret)), NewAuthenticate("u", []byte(secret)),
		Session{Token: []byte(secret), TTL: time.Minute}, AdminEntry{Fields: []AdminField{{AdminFieldSessionToken, []byte(secret)}}},
	} {
		text := fmt.Sprintf("%v %+v %#v %s %q %d %x", shown, shown, shown, shown, shown, shown, shown)
		require.NotContains(t, text, secret)
		require.NotContains(t, text, fmt.Sprintf("%x", secret))
		require.NotContains(t, text, fmt.Sprint([]byte(secret)))
	}
}

func FuzzParseAdminRequest(f *testing.F) {
	for _, r := range []AdminRequest{NewCreateRole(protocol.Role{Name: "r", Privileges: testPrivileges, ReadQuota: 1}), NewCreateUser("u", []byte("h"), []string{"read"})} {
		message, err := r.AppendMessage(nil)
		require.NoError(f, err)
		f.Add(message[ProtoHeaderSize:])
	}
	addRequests(f, "admin")
	f.Fuzz(func(t *testing.T, body []byte) {
		var r AdminRequest
		var err error
		wiretest.Bounded(t, len(body), wiretest.Parts, func() { r, err = ParseAdminRequest(body) })
		if err != nil {
			require.ErrorIs(t, err, protocol.ErrMalformed)
			return
		}
		message, err := r.AppendMessage(nil)
		require.NoError(t, err)
		require.Equal(t, body[AdminHeaderSize:], message[ProtoHeaderSize+AdminHeaderSize:], "fields are kept as they are")
		wiretest.Bounded(t, len(body), wiretest.Entries, func() {
			_, errUser := ParseUser(r.Fields)
			_, errRole := ParseRole(r.Fields)
			for _, err := range []error{errUser, errRole} {
				require.True(t, err == nil || errors.Is(err, protocol.ErrMalformed), "%v", err)
			}
		})
	})
}

func FuzzParseAdminAnswer(f *testing.F) {
	user, role := protocol.User{Name: "u", Roles: []string{"read"}}, protocol.Role{Name: "r", Privileges: testPrivileges}
	session := Session{Token: []byte("t"), TTL: time.Minute}
	for _, entries := range [][]AdminEntry{{UserEntry(&user), UserEntry(&user)}, {RoleEntry(&role), {Result: protocol.SecurityQueryEnd}}, {SessionEntry(&session)}} {
		answer, err := AppendAdminAnswer(nil, entries...)
		require.NoError(f, err)
		f.Add(answer[ProtoHeaderSize:])
	}
	addAnswers(f, "admin")
	f.Fuzz(func(t *testing.T, body []byte) {
		wiretest.Bounded(t, len(body), wiretest.Parts, func() {
			_, errResult := ParseAdminResult(body)
			_, _, errSession := ParseSession(body)
			for _, err := range []error{errResult, errSession} {
				require.True(t, err == nil || errors.Is(err, protocol.ErrMalformed), "%v", err)
			}
		})
		var users []protocol.User
		var result protocol.ResultCode
		var err error
		wiretest.Bounded(t, len(body), wiretest.Entries, func() { users, result, err = ParseUsers(body) })
		if err == nil && result == protocol.OK {
			require.NotEmpty(t, users)
			require.LessOrEqual(t, len(users), len(body)/AdminHeaderSize)
		}
		var roles []protocol.Role
		wiretest.Bounded(t, len(body), wiretest.Entries, func() { roles, _, err = ParseRoles(body) })
		if err != nil {
			require.ErrorIs(t, err, protocol.ErrMalformed)
			return
		}
		// The result can be encoded and parsed again.
		var entries []AdminEntry
		for i := range roles {
			entries = append(entries, RoleEntry(&roles[i]))
		}
		if len(entries) == 0 {
			return
		}
		answer, err := AppendAdminAnswer(nil, entries...)
		require.NoError(t, err)
		again, _, err := ParseRoles(answer[ProtoHeaderSize:])
		require.NoError(t, err)
		second, err := AppendAdminAnswer(nil, entriesOf(again)...)
		require.NoError(t, err)
		require.True(t, bytes.Equal(answer, second))
	})
}

func entriesOf(roles []protocol.Role) (entries []AdminEntry) {
	for i := range roles {
		entries = append(entries, RoleEntry(&roles[i]))
	}
	return entries
}
