package exec

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// user runs CREATE USER, ALTER USER and DROP USER.
func (a *administration) user(s *ast.User) error {
	name := s.Name.Text
	switch {
	case s.Verb == ast.DropVerb:
		err := a.admin.DropUser(a.ctx, &a.policy.Admin, name)
		return a.named(err, protocol.InvalidUser, s.Lenient, s.Name.Pos, ast.ErrUnknownName, "there is no user %s", s.Name)
	case s.Password == nil:
		err := a.admin.CreatePKIUser(a.ctx, &a.policy.Admin, name, texts(s.Roles)...)
		return a.userExists(err, s)
	}
	text, err := a.text("the password", s.Password.Position())
	if err != nil {
		return err
	}
	password := cluster.Password(text)
	if s.Verb == ast.CreateVerb {
		return a.userExists(a.admin.CreateUser(a.ctx, &a.policy.Admin, name, password, texts(s.Roles)...), s)
	}
	if name == "" || name == a.engine.options.User {
		return a.client.ChangePassword(a.ctx, &a.policy.Admin, password)
	}
	err = a.admin.SetPassword(a.ctx, &a.policy.Admin, name, password)
	return a.named(err, protocol.InvalidUser, s.Lenient, s.Name.Pos, ast.ErrUnknownName, "there is no user %s", s.Name)
}

// userExists returns the error of a CREATE USER.
func (a *administration) userExists(err error, s *ast.User) error {
	err = a.named(err, protocol.UserExists, s.Lenient, s.Name.Pos, ast.ErrExists, "there is already a user %s", s.Name)
	if len(s.Roles) == 0 {
		return err
	}
	return a.named(err, protocol.InvalidRole, false, s.Roles[0].Pos, ast.ErrUnknownName, "there is no such role: %s", strings.Join(texts(s.Roles), ", "))
}

// texts returns names as text.
func texts(names []ast.Name) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = n.Text
	}
	return list
}

// grant runs GRANT and REVOKE. If several users or roles are named, an error says which of them
// have been changed.
func (a *administration) grant(s *ast.Grant) error {
	privileges, err := a.privileges(s.Privileges, s.Scope)
	if err != nil {
		return err
	}
	for i, to := range s.To {
		err := a.grantTo(s, privileges, to)
		if err != nil && i > 0 {
			return fmt.Errorf("%w (done: %s)", err, strings.Join(texts(s.To[:i]), ", "))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// grantTo changes one user or role.
func (a *administration) grantTo(s *ast.Grant, privileges []protocol.Privilege, to ast.Name) (err error) {
	p := &a.policy.Admin
	if len(s.Roles) > 0 {
		if s.Revoke {
			err = a.admin.RevokeRoles(a.ctx, p, to.Text, texts(s.Roles)...)
		} else {
			err = a.admin.GrantRoles(a.ctx, p, to.Text, texts(s.Roles)...)
		}
		err = a.named(err, protocol.InvalidUser, false, to.Pos, ast.ErrUnknownName, "there is no user %s", to)
		return a.named(err, protocol.InvalidRole, false, s.Roles[0].Pos, ast.ErrUnknownName, "there is no such role: %s", strings.Join(texts(s.Roles), ", "))
	}
	if s.Revoke {
		err = a.admin.RevokePrivileges(a.ctx, p, to.Text, privileges...)
	} else {
		err = a.admin.GrantPrivileges(a.ctx, p, to.Text, privileges...)
	}
	return a.named(err, protocol.InvalidRole, false, to.Pos, ast.ErrUnknownName, "there is no role %s; privileges belong to roles", to)
}
