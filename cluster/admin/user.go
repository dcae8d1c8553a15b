package admin

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// CreateUser creates a user with a password and roles. The name may have at most 63 bytes, the
// password at most 72. If the user exists, the error is protocol.UserExists. If a role does not
// exist, the error is protocol.InvalidRole.
func (c *Client) CreateUser(ctx context.Context, p *cluster.AdminPolicy, user string, password cluster.Password, roles ...string) (err error) {
	defer c.about(&err, "CreateUser", "", "")
	credential, err := hashPassword(password)
	if err != nil {
		return err
	}
	return c.change(ctx, p, "CreateUser", wire.NewCreateUser(user, credential, roles))
}

// CreatePKIUser creates a user without a password. The user logs in with a TLS certificate whose
// common name is the user's name, see [cluster.AuthPKI]. Needs server 5.7.
func (c *Client) CreatePKIUser(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "CreatePKIUser", wire.NewCreateUser(user, []byte(protocol.NoPasswordCredential), roles))
}

// DropUser removes a user. The user's connections stop working. If the user does not exist, the
// error is protocol.InvalidUser; some servers report success.
func (c *Client) DropUser(ctx context.Context, p *cluster.AdminPolicy, user string) error {
	return c.change(ctx, p, "DropUser", wire.NewDropUser(user))
}

// SetPassword sets the password of a user. It does not need the current one. For the client's own
// user call [cluster.Client.ChangePassword] instead, so that the client logs in with the new
// password.
func (c *Client) SetPassword(ctx context.Context, p *cluster.AdminPolicy, user string, password cluster.Password) (err error) {
	defer c.about(&err, "SetPassword", "", "")
	credential, err := hashPassword(password)
	if err != nil {
		return err
	}
	return c.change(ctx, p, "SetPassword", wire.NewSetPassword(user, credential))
}

func hashPassword(password cluster.Password) ([]byte, error) {
	credential, err := protocol.Credential(string(password))
	if err != nil {
		return nil, clientError(err)
	}
	return credential, nil
}

// GrantRoles adds roles to a user. At least one is required.
func (c *Client) GrantRoles(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "GrantRoles", wire.NewGrantRoles(user, roles))
}

// RevokeRoles removes roles from a user. At least one is required.
func (c *Client) RevokeRoles(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "RevokeRoles", wire.NewRevokeRoles(user, roles))
}

// QueryUser returns a user, including the user's activity on one of the nodes. Users may query
// themselves without a privilege. If the user does not exist, the error is protocol.InvalidUser.
func (c *Client) QueryUser(ctx context.Context, p *cluster.AdminPolicy, user string) (_ protocol.User, err error) {
	defer c.about(&err, "QueryUser", "", "")
	if user == "" {
		return protocol.User{}, clientError(fmt.Errorf("%w: user name is empty", protocol.ErrInvalidCommand))
	}
	users, err := c.queryUsers(ctx, p, "QueryUser", user)
	if err != nil {
		return protocol.User{}, err
	}
	if len(users) == 0 {
		return protocol.User{}, &protocol.Error{Code: protocol.InvalidUser, Attempts: 1}
	}
	return users[0], nil
}

// QueryUsers returns all users, including their activity on one of the nodes.
func (c *Client) QueryUsers(ctx context.Context, p *cluster.AdminPolicy) ([]protocol.User, error) {
	return c.queryUsers(ctx, p, "QueryUsers", "")
}

func (c *Client) queryUsers(ctx context.Context, p *cluster.AdminPolicy, name, user string) (_ []protocol.User, err error) {
	defer c.about(&err, name, "", "")
	return query(ctx, c, p, wire.NewQueryUsers(user), wire.ParseUsers)
}
