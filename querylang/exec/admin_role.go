package exec

import (
	"math"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// The options of a role.
const (
	optionReadQuota  = "read_quota"
	optionWriteQuota = "write_quota"
	optionAllowlist  = "allowlist"
)

// role runs CREATE ROLE, ALTER ROLE and DROP ROLE.
func (a *administration) role(s *ast.Role) error {
	if s.Verb == ast.DropVerb {
		return a.noRole(a.admin.DropRole(a.ctx, &a.policy.Admin, s.Name.Text), s)
	}
	role := protocol.Role{Name: s.Name.Text}
	var err error
	if role.Privileges, err = a.privileges(s.Privileges, s.Scope); err != nil {
		return err
	}
	set := make(map[string]bool)
	for i, o := range s.Options {
		name := strings.ToLower(o.Name.Text)
		if set[name] {
			return a.fail(o.Name.Pos, ast.ErrSyntax, "the option %s is given twice", o.Name)
		}
		set[name] = true
		if err := a.roleOption(&role, name, &o, a.values[i]); err != nil {
			return err
		}
	}
	if s.Verb == ast.AlterVerb {
		return a.noRole(a.alterRole(&role, set), s)
	}
	err = a.admin.CreateRole(a.ctx, &a.policy.Admin, role)
	return a.named(err, protocol.RoleExists, s.Lenient, s.Name.Pos, ast.ErrExists, "there is already a role %s", s.Name)
}

func (a *administration) noRole(err error, s *ast.Role) error {
	return a.named(err, protocol.InvalidRole, s.Lenient, s.Name.Pos, ast.ErrUnknownName, "there is no role %s", s.Name)
}

// alterRole changes the quotas and the allow list of a role.
func (a *administration) alterRole(role *protocol.Role, set map[string]bool) error {
	p := &a.policy.Admin
	if set[optionReadQuota] || set[optionWriteQuota] {
		if !set[optionReadQuota] || !set[optionWriteQuota] { // the servers set both
			known, err := a.admin.QueryRole(a.ctx, p, role.Name)
			if err != nil {
				return err
			}
			if !set[optionReadQuota] {
				role.ReadQuota = known.ReadQuota
			} else {
				role.WriteQuota = known.WriteQuota
			}
		}
		if err := a.admin.SetQuotas(a.ctx, p, role.Name, role.ReadQuota, role.WriteQuota); err != nil {
			return err
		}
	}
	if set[optionAllowlist] {
		return a.admin.SetAllowlist(a.ctx, p, role.Name, role.Allowlist...)
	}
	return nil
}

// roleOption sets a field of a role.
func (a *administration) roleOption(role *protocol.Role, name string, o *ast.Option, v protocol.Value) error {
	switch name {
	case optionReadQuota, optionWriteQuota:
		n, ok := v.Int()
		if !ok || n < 0 || n > math.MaxUint32 {
			return a.fail(o.Name.Pos, ast.ErrArguments, "the option %s must be a number of records per second from 0 to %d, not %v", name, uint32(math.MaxUint32), v)
		}
		if name == optionReadQuota {
			role.ReadQuota = uint32(n)
		} else {
			role.WriteQuota = uint32(n)
		}
		return nil
	case optionAllowlist:
		addresses, ok := addressesOf(v)
		if !ok {
			return a.fail(o.Name.Pos, ast.ErrArguments, "the option %s must be a string of addresses with commas, a list of them, or NULL, not %v", name, v)
		}
		role.Allowlist = addresses
		return nil
	}
	return a.fail(o.Name.Pos, ast.ErrUnknownName, "a role has no option %s; the options are %s, %s and %s",
		o.Name, optionAllowlist, optionReadQuota, optionWriteQuota)
}

// addressesOf returns the addresses of an allow list.
func addressesOf(v protocol.Value) (addresses []string, ok bool) {
	if text, isText := v.Text(); isText {
		for address := range strings.SplitSeq(text, ",") {
			if address = strings.TrimSpace(address); address != "" {
				addresses = append(addresses, address)
			}
		}
		return addresses, true
	}
	list, isList := v.List()
	for _, element := range list {
		text, isText := element.Text()
		if !isText {
			return nil, false
		}
		addresses = append(addresses, text)
	}
	return addresses, isList || v.IsNil()
}

// privileges returns privileges with their scopes.
func (a *administration) privileges(list []ast.Privilege, scope ast.Scope) ([]protocol.Privilege, error) {
	var privileges []protocol.Privilege
	for _, p := range list {
		own := p.Scope
		if own.IsZero() {
			own = scope
		}
		privilege := protocol.Privilege{Code: p.Code, Namespace: own.Namespace.Text, Set: own.Set.Text}
		if privilege.Set != "" && privilege.Namespace == "" {
			privilege.Namespace = a.plan.Namespace
		}
		if err := privilege.Check(); err != nil {
			return nil, a.fail(p.Pos, ast.ErrArguments, "%v", err)
		}
		privileges = append(privileges, privilege)
	}
	return privileges, nil
}
