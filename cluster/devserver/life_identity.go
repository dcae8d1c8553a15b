package devserver

import (
	"net"
	"net/netip"

	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
	"github.com/aerosql/aerosql/protocol"
)

// An identity is the user of a connection. Without security every request is allowed.
type identity struct {
	conn     *conn
	user     string // "" before login
	epoch    uint64 // of the session
	activity *activity

	// rights are the user's rights at the given generation of the directory.
	rights     *access.Rights
	generation uint64
}

func (i *identity) guard() *guard { return i.conn.process.guard }

// address returns the client's address. In-memory clients have the loopback address.
func (i *identity) address() netip.Addr {
	if tcp, ok := i.conn.nc.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr()
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// setUser sets the authenticated user of the connection.
func (i *identity) setUser(user string) protocol.ResultCode {
	g := i.guard()
	i.clearUser()
	rights := g.directory.Rights(user)
	switch {
	case rights == nil:
		return protocol.InvalidUser
	case !rights.AllowsFrom(i.address()):
		return protocol.NotAllowlisted
	}
	i.user, i.epoch, i.activity = user, g.sessions.Epoch(), g.activity(user)
	i.activity.connections.Add(1)
	return protocol.OK
}

// clearUser clears the user of the connection.
func (i *identity) clearUser() {
	if i.user != "" {
		i.activity.connections.Add(-1)
	}
	i.user, i.rights, i.activity = "", nil, nil
}

// authenticated returns OK if a user is logged in and still has access. Changes of users and roles
// take effect at once.
func (i *identity) authenticated() protocol.ResultCode {
	g := i.guard()
	if g == nil {
		return protocol.OK
	}
	if i.user == "" || i.epoch != g.sessions.Epoch() {
		return protocol.NotAuthenticated
	}
	if now := g.directory.Generation(); i.rights == nil || now != i.generation {
		i.rights, i.generation = g.directory.Rights(i.user), now
	}
	switch {
	case i.rights == nil:
		return protocol.NotAuthenticated
	case !i.rights.AllowsFrom(i.address()):
		return protocol.NotAllowlisted
	}
	return protocol.OK
}

// allows returns OK if the user has the permissions for a set. See [access.Rights.Allows].
func (i *identity) allows(p access.Permission, namespace, set string) protocol.ResultCode {
	if i.guard() == nil {
		return protocol.OK
	}
	if code := i.authenticated(); code != protocol.OK {
		return code
	}
	if !i.rights.Allows(p, namespace, set) {
		return protocol.RoleViolation
	}
	return protocol.OK
}

// permits is like allows for a command on a record. It also counts the command against the user's
// quota.
func (i *identity) permits(p access.Permission, namespace, set string) protocol.ResultCode {
	code := i.allows(p, namespace, set)
	if i.guard() == nil || code != protocol.OK {
		return code
	}
	if p&^access.Read == 0 {
		return i.activity.read.Count(i.guard().clock(), i.rights.ReadQuota)
	}
	return i.activity.write.Count(i.guard().clock(), i.rights.WriteQuota)
}

// beginQuery reserves a query's rate, in records per second, from the user's quota until end is
// called.
func (i *identity) beginQuery(writes bool, rate uint32) (end func(), code protocol.ResultCode) {
	if i.guard() == nil {
		return func() {}, protocol.OK
	}
	meter, quota := &i.activity.read, i.rights.ReadQuota
	if writes {
		meter, quota = &i.activity.write, i.rights.WriteQuota
	}
	if code := meter.Begin(rate, quota); code != protocol.OK {
		return nil, code
	}
	return func() { meter.End(rate) }, protocol.OK
}
