package topology

// MaxFailures is the number of consecutive failed rounds after which a node is removed if no other
// node can report whether it still belongs to the cluster.
const MaxFailures = 5

// A Member is the result of one round of tending for a node.
type Member struct {
	// Inactive means that another node is at the address, or that the node is shutting down.
	Inactive bool
	// Failures is the number of consecutive failed rounds, including this one.
	Failures int
	// Referenced means that another node lists it as a peer.
	Referenced bool
	// Mapped means that it is in the partition map.
	Mapped bool
}

// Leaves reports whether to remove the member. members is the size of the cluster; answered is the
// number of nodes that returned their peers in this round. The rules are those of the official
// clients.
func (m Member) Leaves(members, answered int) bool {
	switch {
	case m.Inactive:
		return true
	case answered == 0:
		return m.Failures >= MaxFailures
	case members < 2 || m.Referenced:
		return false
	}
	// No node refers to it. If it responds it may only be isolated for now, and is kept as long as
	// partitions are mapped to it.
	return m.Failures > 0 || !m.Mapped
}
