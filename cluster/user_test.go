package cluster_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
)

func TestUsersAndRoles(t *testing.T) {
	s := secure(t, 3, "read")
	c, ctx := s.open(t, s.config("admin")), t.Context()
	read := protocol.Privilege{Code: protocol.PrivilegeRead, Namespace: "test", Set: "people"}
	role := protocol.Role{Name: "reader", Privileges: []protocol.Privilege{read}, Allowlist: []string{"127.0.0.1"}, ReadQuota: 100}
	require.NoError(t, admin.New(c).CreateRole(ctx, nil, role))
	require.ErrorIs(t, admin.New(c).CreateRole(ctx, nil, role), protocol.RoleExists)
	got, err := admin.New(c).QueryRole(ctx, nil, "reader")
	require.NoError(t, err)
	require.Equal(t, role, got)

	write := protocol.Privilege{Code: protocol.PrivilegeWrite}
	require.NoError(t, admin.New(c).GrantPrivileges(ctx, nil, "reader", write, protocol.Privilege{Code: protocol.PrivilegeTruncate}))
	require.NoError(t, admin.New(c).RevokePrivileges(ctx, nil, "reader", read))
	require.NoError(t, admin.New(c).SetAllowlist(ctx, nil, "reader", "10.0.0.0/8", "127.0.0.0/8"))
	require.NoError(t, admin.New(c).SetQuotas(ctx, nil, "reader", 0, 7))
	roles, err := admin.New(c).QueryRoles(ctx, nil)
	require.NoError(t, err)
	require.Contains(t, roles, protocol.Role{
		Name: "reader", Privileges: []protocol.Privilege{write, {Code: protocol.PrivilegeTruncate}}, Allowlist: []string{"10.0.0.0/8", "127.0.0.0/8"}, WriteQuota: 7,
	})
	require.Contains(t, roles, protocol.Role{Name: "read", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeRead}}})

	require.NoError(t, admin.New(c).CreateUser(ctx, nil, "ann", "secret", "reader"))
	require.NoError(t, admin.New(c).CreatePKIUser(ctx, nil, "bob"))
	require.NoError(t, admin.New(c).GrantRoles(ctx, nil, "ann", "read", "truncate"))
	require.NoError(t, admin.New(c).RevokeRoles(ctx, nil, "ann", "truncate"))
	ann, err := admin.New(c).QueryUser(ctx, nil, "ann")
	require.NoError(t, err)
	require.Equal(t, protocol.User{Name: "ann", Roles: []string{"read", "reader"}, Write: protocol.Usage{Quota: 7}}, ann)
	users, err := admin.New(c).QueryUsers(ctx, nil)
	require.NoError(t, err)
	var names []string
	for _, u := range users {
		names = append(names, u.Name)
	}
	require.Equal(t, []string{"admin", "ann", "bob", "me"}, names)
	require.NotZero(t, users[0].Connections)

	require.ErrorIs(t, admin.New(c).SetPassword(ctx, nil, "bob", "x"), protocol.ForbiddenPassword)
	require.NoError(t, admin.New(c).SetPassword(ctx, nil, "ann", "ann"))
	s.open(t, s.config("ann"))
	require.NoError(t, admin.New(c).DropUser(ctx, nil, "ann"))
	_, err = admin.New(c).QueryUser(ctx, nil, "ann")
	require.ErrorIs(t, err, protocol.InvalidUser)
	require.NoError(t, admin.New(c).DropRole(ctx, nil, "reader"))
	_, err = admin.New(c).QueryRole(ctx, nil, "reader")
	require.ErrorIs(t, err, protocol.InvalidRole)

	for _, wrong := range []error{
		admin.New(c).CreateUser(ctx, nil, "", "x"), admin.New(c).GrantRoles(ctx, nil, "me"), admin.New(c).GrantPrivileges(ctx, nil, "r", protocol.Privilege{Code: protocol.PrivilegeRead, Set: "s"}),
		admin.New(c).SetAllowlist(ctx, nil, "r", "a,b"), func() error { _, err := admin.New(c).QueryUser(ctx, nil, ""); return err }(), func() error { _, err := admin.New(c).QueryRole(ctx, nil, ""); return err }(),
	} {
		require.ErrorIs(t, wrong, protocol.ErrInvalidCommand)
	}
	require.ErrorIs(t, admin.New(c).DropUser(ctx, &cluster.AdminPolicy{Timeout: -5}, "x"), cluster.ErrConfig)
	require.ErrorIs(t, admin.New(c).CreateUser(ctx, nil, "u", "a\x00b"), protocol.ErrInvalidValue)
	require.NoError(t, c.Close())
	require.ErrorIs(t, admin.New(c).DropUser(ctx, nil, "x"), cluster.ErrClosed)
}

// TestPermissionErrors: commands that a user may not run fail with the server's code and are not
// retried.
func TestPermissionErrors(t *testing.T) {
	s := secure(t, 1, "read")
	root, ctx := s.open(t, s.config("admin")), t.Context()
	c := s.open(t, s.config("me"))
	err := c.Put(ctx, nil, key(1), bin("a", 1))
	require.ErrorIs(t, err, protocol.RoleViolation)
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	require.False(t, e.InDoubt)
	require.Equal(t, 1, e.Attempts)
	require.ErrorIs(t, admin.New(c).CreateUser(ctx, nil, "u", "p"), protocol.RoleViolation)
	require.ErrorIs(t, c.Truncate(ctx, nil, "test", "people", time.Time{}), protocol.RoleViolation)
	_, err = c.BatchDelete(ctx, nil, []protocol.Key{key(1), key(2)})
	require.ErrorIs(t, err, protocol.RoleViolation)

	require.NoError(t, admin.New(root).CreateRole(ctx, nil, protocol.Role{Name: "slower", ReadQuota: 1}))
	require.NoError(t, admin.New(root).GrantRoles(ctx, nil, "me", "slower"))
	require.Eventually(t, func() bool {
		_, err := c.Get(ctx, nil, key(1))
		return errors.Is(err, protocol.QuotaExceeded)
	}, time.Minute, time.Microsecond)
	for _, err := range c.Scan(ctx, nil, "test", "people") {
		require.ErrorIs(t, err, protocol.QuotaExceeded, "a query without a limit")
	}
}

func TestChangedPasswordIsUsed(t *testing.T) {
	s := secure(t, 1, "read-write")
	c, ctx := s.open(t, s.config("me")), t.Context()
	require.NoError(t, c.ChangePassword(ctx, nil, "new"))
	s.server.ExpireSessions()
	require.NoError(t, c.Put(ctx, nil, key(1), bin("n", 1)))
	require.NoError(t, c.ChangePassword(ctx, nil, "me"), "it knows the present one")
	s.open(t, s.config("me"))
	anonymous := start(t, 1, "", cluster.CoalesceAuto)
	require.ErrorIs(t, anonymous.ChangePassword(ctx, nil, "x"), cluster.ErrConfig)
	require.ErrorIs(t, admin.New(anonymous).DropUser(ctx, nil, "x"), protocol.SecurityNotSupported)
}
