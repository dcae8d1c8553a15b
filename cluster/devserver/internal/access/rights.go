package access

import (
	"net/netip"

	"github.com/aerosql/aerosql/protocol"
)

// Rights are what a user may do. They are immutable.
type Rights struct {
	grants []grant
	from   allowlist // union of all roles
	// ReadQuota and WriteQuota are in records per second at each node; 0 means no limit. If several
	// roles have a quota the largest applies.
	ReadQuota, WriteQuota uint32
}

// A grant gives permissions within a scope.
type grant struct {
	permissions    Permission
	namespace, set string // "" means all
}

func newRights(roles []*protocol.Role) *Rights {
	r := new(Rights)
	for _, role := range roles {
		for _, p := range role.Privileges {
			r.grants = append(r.grants, grant{granted[p.Code], p.Namespace, p.Set})
		}
		list, _ := parseAllowlist(role.Allowlist) // SetAllowlist and CreateRole have checked it
		r.from = append(r.from, list...)
		r.ReadQuota, r.WriteQuota = max(r.ReadQuota, role.ReadQuota), max(r.WriteQuota, role.WriteQuota)
	}
	return r
}

// Allows reports whether the user has all of the permissions for a set. An empty set stands for the
// whole namespace, an empty namespace for the whole cluster.
func (r *Rights) Allows(p Permission, namespace, set string) bool {
	for i := range r.grants {
		g := &r.grants[i]
		if (g.namespace == "" || g.namespace == namespace) && (g.set == "" || g.set == set) {
			p &^= g.permissions
		}
	}
	return p == 0
}

// AllowsFrom reports whether the user may connect from an address.
func (r *Rights) AllowsFrom(a netip.Addr) bool { return r.from.allows(a) }
