package access

import (
	"net/netip"

	"github.com/aerosql/aerosql/protocol"
)

// Rights are what a user may do. They never change.
type Rights struct {
	grants []grant
	from   allowlist // of all roles together
	// ReadQuota and WriteQuota are in records a second at each node, 0 for no bound: of several roles' quotas the
	// largest counts.
	ReadQuota, WriteQuota uint32
}

// A grant gives permissions within a scope.
type grant struct {
	permissions    Permission
	namespace, set string // "" is every one
}

func newRights(roles []*protocol.Role) *Rights {
	r := new(Rights)
	for _, role := range roles {
		for _, p := range role.Privileges {
			r.grants = append(r.grants, grant{granted[p.Code], p.Namespace, p.Set})
		}
		list, _ := parseAllowlist(role.Allowlist) // it was checked when the role got it
		r.from = append(r.from, list...)
		r.ReadQuota, r.WriteQuota = max(r.ReadQuota, role.ReadQuota), max(r.WriteQuota, role.WriteQuota)
	}
	return r
}

// Allows reports whether the user has all of the permissions for a set of a namespace. With no set
// it is about the whole namespace, with no namespace about the whole cluster.
func (r *Rights) Allows(p Permission, namespace, set string) bool {
	for i := range r.grants {
		g := &r.grants[i]
		if (g.namespace == "" || g.namespace == namespace) && (g.set == "" || g.set == set) {
			p &^= g.permissions
		}
	}
	return p == 0
}

// AllowsFrom reports whether the user may be at an address.
func (r *Rights) AllowsFrom(a netip.Addr) bool { return r.from.allows(a) }
