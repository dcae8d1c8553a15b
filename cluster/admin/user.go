package admin

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// CreateUser adds a user with a password of its own and some roles. A name has at most 63 bytes, a password at most 72. Errors are protocol.UserExists,
// protocol.InvalidRole for a role that does not exist, and others of the server.
func (c *Client) CreateUser(ctx context.Context, p *cluster.AdminPolicy, user string, password cluster.Password, roles ...string) (err error) {
	defer c.about(&err, "CreateUser", "", "")
	credential, err := hashPassword(password)
	if err != nil {
		return err
	}
	return c.change(ctx, p, "CreateUser", wire.NewCreateUser(user, credential, roles))
}

// CreatePKIUser adds a user who has no password and logs in by a TLS certificate with the user's name as its common name, see AuthPKI
// (server 5.7).
func (c *Client) CreatePKIUser(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "CreatePKIUser", wire.NewCreateUser(user, []byte(protocol.NoPasswordCredential), roles))
}

// DropUser removes a user, whose connections are of no use from then on. Whether a user who is not there is an
// error (protocol.InvalidUser) is the server's choice.
func (c *Client) DropUser(ctx context.Context, p *cluster.AdminPolicy, user string) error {
	return c.change(ctx, p, "DropUser", wire.NewDropUser(user))
}

// SetPassword gives a user another password, without knowing the present one. For the client's own user there is
// [cluster.Client.ChangePassword], which the client follows.
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

// GrantRoles gives a user roles, at least one, beside those that it has.
func (c *Client) GrantRoles(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "GrantRoles", wire.NewGrantRoles(user, roles))
}

// RevokeRoles takes roles, at least one, from a user.
func (c *Client) RevokeRoles(ctx context.Context, p *cluster.AdminPolicy, user string, roles ...string) error {
	return c.change(ctx, p, "RevokeRoles", wire.NewRevokeRoles(user, roles))
}

// QueryUser returns a user, with what it does at one of the nodes. Users may ask for themselves without a privilege. One that is not
// there is protocol.InvalidUser.
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

// QueryUsers returns all users, with what they do at one of the nodes.
func (c *Client) QueryUsers(ctx context.Context, p *cluster.AdminPolicy) ([]protocol.User, error) {
	return c.queryUsers(ctx, p, "QueryUsers", "")
}

func (c *Client) queryUsers(ctx context.Context, p *cluster.AdminPolicy, name, user string) (_ []protocol.User, err error) {
	defer c.about(&err, name, "", "")
	return query(ctx, c, p, wire.NewQueryUsers(user), wire.ParseUsers)
}
