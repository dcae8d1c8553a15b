package devserver

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestUsersAndSettingsAreKept changes users, roles and the configuration, and restarts the server
// with its data directory: as it was, without security in between, and with other namespaces.
func TestUsersAndSettingsAreKept(t *testing.T) {
	options := Options{DataDir: t.TempDir(), Edition: Enterprise, Security: &SecurityOptions{
		Quotas: true, Users: []UserOptions{{Name: "admin", Password: "admin", Roles: []string{"superuser"}}, {Name: "gone", Password: "x"}},
	}}
	credential := func(password string) []byte {
		c, err := protocol.Credential(password)
		require.NoError(t, err)
		return c
	}
	s, err := Start(options)
	require.NoError(t, err)
	c := connect(t, s, 0)
	admin := func(c *client, r wire.AdminRequest) protocol.ResultCode {
		message, err := r.AppendMessage(nil)
		require.NoError(t, err)
		c.send(message)
		_, body := c.receive()
		return protocol.ResultCode(body[1])
	}
	require.Equal(t, protocol.OK, admin(c, wire.NewLogin("admin", credential("admin"))))
	role := protocol.Role{Name: "reader", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeRead, Namespace: "test"}}, ReadQuota: 7}
	for _, r := range []wire.AdminRequest{
		wire.NewCreateRole(role), wire.NewCreateUser("ann", credential("secret"), []string{"reader"}), wire.NewDropUser("gone"),
		wire.NewSetPassword("admin", credential("changed")),
	} {
		require.Equal(t, protocol.OK, admin(c, r), r.Command)
	}
	for _, command := range []string{
		"set-config:context=service;proto-fd-max=2000", "set-config:context=service;batch-max-requests=77",
		"set-config:context=namespace;namespace=test;default-ttl=99", "set-config:context=namespace;namespace=test;conflict-resolve-writes=true",
	} {
		require.Equal(t, "ok", c.info(command), command)
	}
	require.NoError(t, s.Close())

	restart := func(change func(*Options)) *Server {
		o := options
		if change != nil {
			change(&o)
		}
		s, err := Start(o)
		require.NoError(t, err)
		return s
	}
	require.NoError(t, restart(func(o *Options) { o.Security = nil }).Close())
	require.NoError(t, restart(func(o *Options) { o.Namespaces = []NamespaceOptions{{Name: "other"}} }).Close())
	s = restart(nil)
	defer s.Close()
	c = connect(t, s, 0)
	require.Equal(t, protocol.InvalidUser, admin(c, wire.NewLogin("gone", credential("x"))))
	require.Equal(t, protocol.InvalidCredential, admin(c, wire.NewLogin("admin", credential("admin"))))
	require.Equal(t, protocol.OK, admin(c, wire.NewLogin("ann", credential("secret"))))
	require.Equal(t, protocol.OK, admin(c, wire.NewLogin("admin", credential("changed"))))
	roles, code := s.security.directory.Roles("reader")
	require.Equal(t, protocol.OK, code)
	require.Equal(t, role.Privileges, roles[0].Privileges)
	require.Equal(t, uint32(7), roles[0].ReadQuota)
	require.Contains(t, c.info("get-config:context=service"), "proto-fd-max=2000;")
	require.Contains(t, c.info("get-config:context=service"), "batch-max-requests=77;")
	require.Contains(t, c.info("get-config:context=namespace;id=test"), "default-ttl=99;")
	require.Contains(t, c.info("get-config:context=namespace;id=test"), "conflict-resolve-writes=true;")
}
