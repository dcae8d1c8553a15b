package admin

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// CreateRole creates a role. Privileges, allowlist and quotas are optional and can be set later.
// The error is protocol.RoleExists, protocol.InvalidPrivilege or protocol.InvalidAllowlist, or
// protocol.QuotasNotEnabled if the role has quotas and the server has not enabled them. The package
// documentation lists the requirements of all commands on users and roles.
func (c *Client) CreateRole(ctx context.Context, p *cluster.AdminPolicy, role protocol.Role) error {
	return c.change(ctx, p, "CreateRole", wire.NewCreateRole(role))
}

// DropRole removes a role and revokes it from all users. Predefined roles can't be removed.
func (c *Client) DropRole(ctx context.Context, p *cluster.AdminPolicy, role string) error {
	return c.change(ctx, p, "DropRole", wire.NewDropRole(role))
}

// GrantPrivileges adds privileges to a role. At least one is required.
func (c *Client) GrantPrivileges(ctx context.Context, p *cluster.AdminPolicy, role string, privileges ...protocol.Privilege) error {
	return c.change(ctx, p, "GrantPrivileges", wire.NewGrantPrivileges(role, privileges))
}

// RevokePrivileges removes privileges from a role. At least one is required. A privilege with a
// scope and the same privilege without a scope are different privileges.
func (c *Client) RevokePrivileges(ctx context.Context, p *cluster.AdminPolicy, role string, privileges ...protocol.Privilege) error {
	return c.change(ctx, p, "RevokePrivileges", wire.NewRevokePrivileges(role, privileges))
}

// SetAllowlist sets the addresses, such as "10.0.0.1" or "10.0.0.0/8", from which users with the
// role may connect. If there are no addresses, users may connect from anywhere.
func (c *Client) SetAllowlist(ctx context.Context, p *cluster.AdminPolicy, role string, addresses ...string) error {
	return c.change(ctx, p, "SetAllowlist", wire.NewSetAllowlist(role, addresses))
}

// SetQuotas sets how many records per second a user with the role may read and write on each node;
// 0 means no limit. Commands beyond the quota and queries without RecordsPerSecond fail with
// protocol.QuotaExceeded. Needs server 5.6.
func (c *Client) SetQuotas(ctx context.Context, p *cluster.AdminPolicy, role string, read, write uint32) error {
	return c.change(ctx, p, "SetQuotas", wire.NewSetQuotas(role, read, write))
}

// QueryRole returns a role. If the role does not exist, the error is protocol.InvalidRole.
func (c *Client) QueryRole(ctx context.Context, p *cluster.AdminPolicy, role string) (_ protocol.Role, err error) {
	defer c.about(&err, "QueryRole", "", "")
	if role == "" {
		return protocol.Role{}, clientError(fmt.Errorf("%w: role name is empty", protocol.ErrInvalidCommand))
	}
	roles, err := c.queryRoles(ctx, p, "QueryRole", role)
	if err != nil {
		return protocol.Role{}, err
	}
	if len(roles) == 0 {
		return protocol.Role{}, &protocol.Error{Code: protocol.InvalidRole, Attempts: 1}
	}
	return roles[0], nil
}

// QueryRoles returns all roles, including the predefined ones.
func (c *Client) QueryRoles(ctx context.Context, p *cluster.AdminPolicy) ([]protocol.Role, error) {
	return c.queryRoles(ctx, p, "QueryRoles", "")
}

func (c *Client) queryRoles(ctx context.Context, p *cluster.AdminPolicy, name, role string) (_ []protocol.Role, err error) {
	defer c.about(&err, name, "", "")
	return query(ctx, c, p, wire.NewQueryRoles(role), wire.ParseRoles)
}
