package topology

// MaxFailures is the number of failed rounds in a row after which a node goes when no other
// node is there to say whether it still belongs to the cluster.
const MaxFailures = 5

// A Member is what one round of tending found out about a node.
type Member struct {
	// Inactive: the node was found to be another one, or shutting down.
	Inactive bool
	// Failures is the number of rounds in a row, this one included, in which it did not answer as it should.
	Failures int
	// Referenced: another node has named it as its peer.
	Referenced bool
	// Mapped: it stands in the partition map.
	Mapped bool
}

// Leaves reports whether a member has to go, in a cluster of so many members of which
// so many gave their list of peers in this round. These are the official clients' rules.
func (m Member) Leaves(members, answered int) bool {
	switch {
	case m.Inactive:
		return true
	case answered == 0:
		return m.Failures >= MaxFailures
	case members < 2 || m.Referenced:
		return false
	}
	// Nobody refers to it. If it answers, it may only be isolated for now, and is kept as
	// long as partitions are mapped to it.
	return m.Failures > 0 || !m.Mapped
}
