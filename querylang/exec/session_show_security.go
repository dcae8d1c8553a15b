package exec

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// users adds the users, or the one that the statement names.
func (w *showing) users(ctx context.Context) error {
	list, err := w.usersOf(ctx)
	for _, u := range list {
		w.add(u.Name, strings.Join(u.Roles, ", "))
	}
	return err
}

// usersOf returns all users, or the one that the statement names.
func (w *showing) usersOf(ctx context.Context) ([]protocol.User, error) {
	if name := w.statement.Table.Set.Text; name != "" {
		user, err := w.admin.QueryUser(ctx, &w.engine.options.Policies.Admin, name)
		return []protocol.User{user}, w.unknown(err, protocol.InvalidUser, "there is no user %s", w.statement.Table.Set)
	}
	list, err := w.admin.QueryUsers(ctx, &w.engine.options.Policies.Admin)
	slices.SortFunc(list, func(a, b protocol.User) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}

// roles adds the roles, or the one that the statement names.
func (w *showing) roles(ctx context.Context) error {
	list, err := w.rolesOf(ctx)
	for _, r := range list {
		w.add(r.Name, privilegesText(r.Privileges), int64(r.ReadQuota), int64(r.WriteQuota), strings.Join(r.Allowlist, ", "))
	}
	return err
}

func (w *showing) rolesOf(ctx context.Context) ([]protocol.Role, error) {
	if name := w.statement.Table.Set.Text; name != "" {
		role, err := w.admin.QueryRole(ctx, &w.engine.options.Policies.Admin, name)
		return []protocol.Role{role}, w.unknown(err, protocol.InvalidRole, "there is no role %s", w.statement.Table.Set)
	}
	list, err := w.admin.QueryRoles(ctx, &w.engine.options.Policies.Admin)
	slices.SortFunc(list, func(a, b protocol.Role) int { return cmp.Compare(a.Name, b.Name) })
	return list, err
}

// privilegesText returns privileges as GRANT writes them.
func privilegesText(list []protocol.Privilege) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.String()
	}
	return strings.Join(texts, ", ")
}

// grants adds the roles of a user, or of the session's own user, with their privileges. A role that
// the session may not read has none.
func (w *showing) grants(ctx context.Context) error {
	p := &w.engine.options.Policies.Admin
	name := cmp.Or(w.statement.Table.Set.Text, w.engine.options.User)
	if name == "" {
		return w.fail("the session has no user; name one: SHOW GRANTS FOR user")
	}
	user, err := w.admin.QueryUser(ctx, p, name)
	if err != nil {
		return w.unknown(err, protocol.InvalidUser, "there is no user %s", name)
	}
	for _, role := range user.Roles {
		r, err := w.admin.QueryRole(ctx, p, role)
		if err != nil && !refused(err, protocol.RoleViolation) {
			return err
		}
		w.add(user.Name, role, privilegesText(r.Privileges))
	}
	return nil
}

// unknown returns an error of the servers as one of the name in the statement, if it has the code.
func (w *showing) unknown(err error, code protocol.ResultCode, format string, args ...any) error {
	if !refused(err, code) {
		return err
	}
	return w.fail(format, args...)
}
