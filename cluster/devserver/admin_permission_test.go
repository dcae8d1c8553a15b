package devserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// tries are commands of every kind, by name. Each returns the result code that the client gets.
func tries(t *testing.T) map[string]func(c *client) protocol.ResultCode {
	record := func(command wire.Command) func(c *client) protocol.ResultCode {
		return func(c *client) protocol.ResultCode { return c.do(command).ResultCode }
	}
	row := func(command wire.Command) func(c *client) protocol.ResultCode {
		return func(c *client) protocol.ResultCode {
			codes, last := c.batchRows(command)
			require.Equal(t, protocol.OK, last)
			return codes[0]
		}
	}
	query := func(q wire.Query) func(c *client) protocol.ResultCode {
		q.Namespace, q.Set = "test", "demo"
		return func(c *client) protocol.ResultCode { return c.queryCode(q) }
	}
	info := func(command string) func(c *client) protocol.ResultCode {
		return func(c *client) protocol.ResultCode {
			if e, isError := wire.ParseInfoError(c.info(command)); isError {
				return e.Code
			}
			return protocol.OK
		}
	}
	call := &wire.UDFCall{Package: "m", Function: "f"}
	operate := wire.NewOperate(key(1), []protocol.Operation{protocol.AddBin("n", protocol.Int(1)), protocol.GetBin("n")}, false)
	return map[string]func(c *client) protocol.ResultCode{
		"get":             record(wire.NewRead(key(1))),
		"put":             record(put(key(1), one(1))),
		"delete":          record(wire.NewDelete(key(1))),
		"operate":         record(operate),
		"apply":           record(wire.NewExecute(key(1), call)),
		"get row":         row(wire.NewRead(key(1))),
		"put row":         row(put(key(1), one(1))),
		"delete row":      row(wire.NewDelete(key(1))),
		"apply row":       row(wire.NewExecute(key(1), call)),
		"query":           query(wire.Query{Scan: wire.Scan{Partitions: []uint16{1}}}),
		"aggregate":       query(wire.Query{Kind: wire.QueryAggregate, UDF: call}),
		"background":      query(wire.Query{Kind: wire.QueryBackground, Ops: []protocol.Operation{protocol.PutBin("n", protocol.Int(1))}}),
		"background udf":  query(wire.Query{Kind: wire.QueryBackground, UDF: call}),
		"udf-put":         info("udf-put:filename=a.lua;content=eD0x;content-len=4;udf-type=LUA;"),
		"udf-list":        info("udf-list"),
		"sindex-create":   info("sindex-create:namespace=test;set=demo;indexname=i;bin=n;type=numeric"),
		"query-abort-all": info("query-abort-all"),
		"truncate":        info("truncate:namespace=test;set=demo"),
		"set-config":      info("set-config:context=service;proto-fd-max=100"),
		"recluster":       info("recluster:"),
		"drop user":       func(c *client) protocol.ResultCode { return c.verdict(wire.NewDropUser("nobody")) },
	}
}

// TestPrivilegesAreEnforced lists the commands that each predefined role allows. All others must be
// refused.
func TestPrivilegesAreEnforced(t *testing.T) {
	writes := []string{"put", "delete", "put row", "delete row", "background"}
	reads := []string{"get", "get row", "query"}
	functions := []string{"apply", "apply row", "aggregate", "background udf"}
	data := []string{"udf-put", "sindex-create", "query-abort-all", "truncate"}
	s := start(t, secured())
	admin := loggedIn(t, s, "admin")
	for role, lists := range map[string][][]string{
		"read":           {reads},
		"write":          {writes},
		"read-write":     {reads, writes, {"operate"}},
		"read-write-udf": {reads, writes, functions, {"operate"}},
		"truncate":       {{"truncate"}},
		"udf-admin":      {{"udf-put"}},
		"sindex-admin":   {{"sindex-create"}},
		"data-admin":     {data},
		"sys-admin":      {data, {"set-config", "recluster"}},
		"user-admin":     {{"drop user"}},
		"superuser":      {reads, writes, functions, data, {"operate", "set-config", "recluster", "drop user"}},
	} {
		allowed := map[string]bool{"udf-list": true} // allowed for every user
		for _, list := range lists {
			for _, name := range list {
				allowed[name] = true
			}
		}
		require.Equal(t, protocol.OK, admin.verdict(wire.NewCreateUser(role, mustHash(role), []string{role})))
		c := loggedIn(t, s, role)
		for name, try := range tries(t) {
			require.Equal(t, !allowed[name], try(c) == protocol.RoleViolation, "%s by %s", name, role)
		}
	}
}

func TestInfoSaysWhichPermissionIsMissing(t *testing.T) {
	c := loggedIn(t, start(t, secured("read")), "me")
	require.Equal(t, "ERROR:81:role violation - requires permission 'truncate'", c.info("truncate:namespace=test;set=demo"))
	require.Equal(t, "ERROR:81:role violation - requires permission 'set-config'", c.info("set-config:context=service;x=1"))
	require.Equal(t, DefaultBuild, c.info("build"))
}

// TestScopes checks that a role for one set does not apply to other sets or to the whole namespace.
func TestScopes(t *testing.T) {
	o := secured("demo")
	o.Namespaces = []NamespaceOptions{{Name: "test"}, {Name: "bar"}}
	o.Security.Roles = []protocol.Role{{Name: "demo", Privileges: []protocol.Privilege{
		{Code: protocol.PrivilegeReadWrite, Namespace: "test", Set: "demo"}, {Code: protocol.PrivilegeRead, Namespace: "bar"},
		{Code: protocol.PrivilegeTruncate, Namespace: "test", Set: "demo"},
	}}}
	c := loggedIn(t, start(t, o), "me")
	for name, want := range map[[2]string][2]protocol.ResultCode{
		{"test", "demo"}:  {protocol.KeyNotFound, protocol.OK},
		{"test", "other"}: {protocol.RoleViolation, protocol.RoleViolation},
		{"test", ""}:      {protocol.RoleViolation, protocol.RoleViolation},
		{"bar", "demo"}:   {protocol.KeyNotFound, protocol.RoleViolation},
		{"bar", ""}:       {protocol.KeyNotFound, protocol.RoleViolation},
	} {
		k := protocol.MustKey(name[0], name[1], 1)
		require.Equal(t, want[0], c.do(wire.NewRead(k)).ResultCode, "%v", name)
		require.Equal(t, want[1], c.do(put(k, one(1))).ResultCode, "%v", name)
		codes, _ := c.batchRows(put(k, one(1)))
		require.Equal(t, want[1], codes[0], "%v", name)
		scan := wire.Query{Scan: wire.Scan{Namespace: name[0], Set: name[1], Partitions: []uint16{1}}}
		require.Equal(t, want[0] == protocol.RoleViolation, c.queryCode(scan) == protocol.RoleViolation, "%v", name)
	}
	require.Equal(t, infoOK, c.info("truncate:namespace=test;set=demo"))
	require.Contains(t, c.info("truncate:namespace=test;set=other"), "ERROR:81:")
	require.Contains(t, c.info("truncate-namespace:namespace=test"), "ERROR:81:")
	require.Contains(t, c.info("truncate:namespace=bar;set=demo"), "ERROR:81:")
}

func TestAllowlistsRestrictAddresses(t *testing.T) {
	s := start(t, secured("read", "here"), func(o *Options) {
		o.Security.Roles = []protocol.Role{{Name: "here", Allowlist: []string{"127.0.0.0/8"}}}
	})
	c, admin := loggedIn(t, s, "me"), loggedIn(t, s, "admin")
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewRead(key(1))).ResultCode)
	require.Equal(t, protocol.OK, admin.verdict(wire.NewSetAllowlist("here", []string{"10.0.0.0/8"})))
	require.Equal(t, protocol.NotAllowlisted, c.do(wire.NewRead(key(1))).ResultCode)
	_, code := connect(t, s, 0).login("me")
	require.Equal(t, protocol.NotAllowlisted, code)
	require.Equal(t, protocol.OK, admin.verdict(wire.NewSetAllowlist("here", nil)))
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewRead(key(1))).ResultCode)
}

func TestQuotasAndStatistics(t *testing.T) {
	clock := newTestClock()
	s := start(t, secured("read-write", "slow"), func(o *Options) {
		o.Clock = clock.Now
		o.Security.Roles = []protocol.Role{{Name: "slow", ReadQuota: 3, WriteQuota: 200}}
	})
	c, admin := loggedIn(t, s, "me"), loggedIn(t, s, "admin")
	usage := func() protocol.User {
		entries, _ := admin.admin(wire.NewQueryUsers("me"))
		u, err := wire.ParseUser(entries[0].Fields)
		require.NoError(t, err)
		return u
	}
	read := wire.NewRead(key(1))
	require.Equal(t, protocol.KeyNotFound, c.do(read).ResultCode)
	codes, last := c.batchRows(read, read, read)
	require.Equal(t, protocol.OK, last)
	require.Equal(t, []protocol.ResultCode{protocol.KeyNotFound, protocol.KeyNotFound, protocol.QuotaExceeded}, codes)
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode, "writes have a separate quota")
	scan := wire.Query{Scan: wire.Scan{Namespace: "test", Partitions: []uint16{1}}}
	require.Equal(t, protocol.QuotaExceeded, c.queryCode(scan), "an unlimited query exceeds every quota")
	scan.RecordsPerSecond = 4
	require.Equal(t, protocol.QuotaExceeded, c.queryCode(scan))
	scan.RecordsPerSecond = 3
	require.Equal(t, protocol.OK, c.queryCode(scan))
	require.Equal(t, protocol.QuotaExceeded, c.do(read).ResultCode)
	clock.advance(time.Second)
	require.Equal(t, protocol.User{
		Name: "me", Roles: []string{"read-write", "slow"}, Read: protocol.Usage{Quota: 3, TPS: 3}, Write: protocol.Usage{Quota: 200, TPS: 1}, Connections: 1,
	}, usage())
	require.Equal(t, protocol.OK, c.do(read).ResultCode)
	background := wire.Query{
		Scan: wire.Scan{Namespace: "test", Set: "demo", RecordsPerSecond: 201}, Kind: wire.QueryBackground,
		Ops: []protocol.Operation{protocol.PutBin("n", protocol.Int(2))},
	}
	require.Equal(t, protocol.QuotaExceeded, c.queryCode(background))
	require.Equal(t, protocol.OK, admin.verdict(wire.NewSetQuotas("slow", 0, 0)))
	require.Equal(t, protocol.OK, c.queryCode(background))
	c.conn.Close()
	require.Eventually(t, func() bool { return usage().Connections == 0 }, 5*time.Second, time.Millisecond)
}

// FuzzAdmin sends bodies of administration messages on a user administrator's connection. Each must
// be answered, none may crash the server, and the administrator must still be listed afterwards,
// unless it removed itself.
func FuzzAdmin(f *testing.F) {
	for _, r := range []wire.AdminRequest{
		wire.NewCreateRole(protocol.Role{Name: "r", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeRead, Namespace: "test"}}, Allowlist: []string{"::1"}}),
		wire.NewGrantRoles("me", []string{"read"}), wire.NewRevokePrivileges("r", []protocol.Privilege{{Code: protocol.PrivilegeRead}}),
		wire.NewSetQuotas("r", 1, 2), wire.NewQueryUsers(""), wire.NewLogin("me", []byte("x")), wire.NewAuthenticate("me", []byte("x")),
	} {
		message, err := r.AppendMessage(nil)
		require.NoError(f, err)
		f.Add(message[wire.ProtoHeaderSize:])
	}
	s := start(f, Options{Edition: Enterprise, Security: &SecurityOptions{Quotas: true, Users: []UserOptions{{Name: "me", ByCertificate: true, Roles: []string{"superuser"}}}}})
	f.Fuzz(func(t *testing.T, body []byte) {
		security, err := newSecurity(&s.options)
		require.NoError(t, err)
		c := newConn(s.nodes()[0], wiretest.NewConn(nil))
		c.process = newProcess(security)
		c.identity.user, c.identity.activity = "me", c.process.guard.activity("me")
		for answer := c.answerAdmin(nil, body); len(answer) > 0; {
			h, err := wire.ParseProtoHeader(answer)
			require.NoError(t, err)
			entries := answer[wire.ProtoHeaderSize:][:h.Size]
			for answer = answer[wire.ProtoHeaderSize+h.Size:]; len(entries) > 0; {
				_, entries, err = wire.ParseAdminEntry(entries)
				require.NoError(t, err)
			}
		}
	})
}
