package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A user who may not read the declarations sees none, and can use the sets that it may read.
func TestUserWithoutPrivilege(t *testing.T) {
	limited := protocol.Role{Name: "limited", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeReadWrite, Namespace: "test", Set: "t"}}}
	server, err := devserver.Start(devserver.Options{Nodes: 1, Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{
		Users: []devserver.UserOptions{
			{Name: "owner", Password: "a", Roles: []string{"read-write", "data-admin"}}, {Name: "guest", Password: "b", Roles: []string{"limited"}},
		},
		Roles: []protocol.Role{limited},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	open := func(user string, password cluster.Password) *bench {
		client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, User: user, Password: password})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, client.Close()) })
		return &bench{t: t, server: server, client: client, catalog: New(client, nil, Options{})}
	}
	owner, guest := open("owner", "a"), open("guest", "b")
	owner.run("CREATE TABLE t (a INT)")
	require.NotNil(t, owner.table("t"))
	require.Nil(t, guest.table("t"))
	require.Nil(t, guest.table("u"))
	guest.expire(guest.catalog)
	require.Nil(t, guest.table("t"))
	guest.put("t", 1, map[string]any{"a": 1})
	err = define(t.Context(), guest.catalog, "CREATE TABLE u (a INT)")
	require.ErrorIs(t, err, protocol.RoleViolation)
	require.ErrorContains(t, err, bind.ReservedSet)
	_, err = guest.catalog.Tables(t.Context(), "test")
	require.ErrorIs(t, err, protocol.RoleViolation)
}
