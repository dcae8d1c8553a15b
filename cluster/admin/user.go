package admin

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// CreateUser creates a user with a password and roles. A name has at most 63 bytes, a password at
// most 72. If the user exists the error is protocol.UserExists; if a role does not exist it is
// protocol.InvalidRole.
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

// DropUser removes a user. The user's connections are useless from then on. If there is no such
// user the error is protocol.InvalidUser; some servers accept it.
func (c *Client) DropUser(ctx context.Context, p *cluster.AdminPolicy, user string) error {
	return c.change(ctx, p, "DropUser", wire.NewDropUser(user))
}

// SetPassword sets the password of a user without knowing the present one. For the client's own
// user use [cluster.Client.ChangePassword]: the client then logs in with the new password.
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

// GrantRoles gives a user roles, at least one, in addition to the present ones.
func (c *Client) GrantRoles(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "GrantRoles", wire.NewGrantRoles(user, roles))
}

// RevokeRoles takes roles, at least one, from a user.
func (c *Client) RevokeRoles(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "RevokeRoles", wire.NewRevokeRoles(user, roles))
}

// QueryUser returns a user, with what the user does on one of the nodes. Users may query themselves
// without a privilege. If there is no such user the error is protocol.InvalidUser.
func (c *Client) QueryUser(ctx context.Context, p *cluster.AdminPolicy, user string) (_ protocol.User, err error) {
	defer c.about(&err, "QueryUser", "", "")
	if user == "" {
		return protocol.User{}, clientError(fmt.Errorf("%w: a user without a name", protocol.ErrInvalidCommand))
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

// QueryUsers returns all users, with what they do on one of the nodes.
func (c *Client) QueryUsers(ctx context.Context, p *cluster.AdminPolicy) ([]protocol.User, error) {
	return c.queryUsers(ctx, p, "QueryUsers", "")
}

func (c *Client) queryUsers(ctx context.Context, p *cluster.AdminPolicy, name, user string) (_ []protocol.User, err error) {
	defer c.about(&err, name, "", "")
	return query(ctx, c, p, wire.NewQueryUsers(user), wire.ParseUsers)
}
