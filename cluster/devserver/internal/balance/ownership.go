// Package balance decides which nodes hold a partition of a namespace while nodes join and leave,
// as real clusters do: the working master, the nodes with a complete copy, the migrations to run
// next, and what nodes report to clients meanwhile. It holds no data and does no I/O.
package balance

import "slices"

// NoNode, as the number of a node, means that there is none.
const NoNode = -1

// An Ownership describes which nodes hold a partition. It is immutable; each event in the cluster
// returns a new one.
type Ownership struct {
	// Order lists the nodes of the cluster in the partition's succession order. The first Replicas
	// nodes should hold the partition. The first node should be its master.
	Order    []int
	Replicas int
	// Working is the acting master, or NoNode if the partition is unavailable.
	Working int
	// Full is the set of nodes with a complete copy. A replica not in Full receives new writes
	// while the rest is migrated to it. A node in Full that is no longer a replica keeps its copy
	// until all replicas are complete.
	Full Set
	// Kept is the set of absent nodes whose copies are complete and up to date because the
	// partition has had no master since they left. It is used only with strong consistency. Dead
	// reports that no complete copy is left, present or kept.
	Kept Set
	Dead bool
}

// A Move is the migration of a partition from a node with a complete copy to a replica without one.
type Move struct {
	From, To int
}

// Rebalance returns the ownership after a cluster change. order lists the current nodes in the
// partition's succession order. fresh reports that none of them has the partition, so that it
// starts without records.
func (o Ownership) Rebalance(order []int, replicas int) (next Ownership, fresh bool) {
	next = Ownership{Order: order, Replicas: min(replicas, len(order)), Working: NoNode}
	for _, n := range order {
		if o.Full.Has(n) {
			next.Full |= Of(n)
		}
	}
	switch {
	case len(order) == 0:
		return next, false
	case next.Full == 0:
		next.Working, next.Full = order[0], Of(order[:next.Replicas]...)
		return next, true
	}
	// All complete copies are equal. The first node with one becomes the acting master.
	next.Working = order[slices.IndexFunc(order, next.Full.Has)]
	return next.dropSurplus(), false
}

// Next returns the next migration. As in real clusters, the future master gets its copy first, from
// the acting master, and then sends it to the other replicas.
func (o Ownership) Next() (m Move, ok bool) {
	for _, n := range o.replicas() {
		if !o.Full.Has(n) {
			return Move{From: o.Working, To: n}, o.Working != NoNode
		}
	}
	return Move{}, false
}

// Moved returns the ownership after a completed migration.
func (o Ownership) Moved(m Move) Ownership {
	o.Full |= Of(m.To)
	if m.To == o.Order[0] {
		o.Working = m.To
	}
	return o.dropSurplus()
}

// dropSurplus removes copies on nodes that are not replicas once all replicas are complete.
func (o Ownership) dropSurplus() Ownership {
	replicas := Of(o.replicas()...)
	if o.Full&replicas == replicas {
		o.Full = replicas
	}
	return o
}

// Pending returns the number of migrations that remain.
func (o Ownership) Pending() (n int) {
	for _, node := range o.replicas() {
		if !o.Full.Has(node) {
			n++
		}
	}
	return n
}

// Flows returns how many migrations a node has left to send and to receive. While the future master
// waits for its copy, the acting master sends only to it. Afterwards the new master sends to the
// others.
func (o Ownership) Flows(node int) (sends, receives int) {
	if o.IsReplica(node) && !o.Full.Has(node) {
		receives = 1
	}
	switch {
	case o.Place(node) == 0:
		sends = o.Pending() - receives
	case node == o.Working:
		sends = 1
	}
	return sends, receives
}

func (o Ownership) replicas() []int { return o.Order[:o.Replicas] }

// Place returns the node's position in the succession order, or -1 if it is not in the cluster.
func (o Ownership) Place(node int) int { return slices.Index(o.Order, node) }

// IsReplica reports whether the node should hold the partition.
func (o Ownership) IsReplica(node int) bool { return slices.Contains(o.replicas(), node) }

// Holders returns the nodes that have a copy, complete or not.
func (o Ownership) Holders() Set { return o.Full | Of(o.replicas()...) }

// Reads reports whether the node may answer reads itself: it is the acting master, or a replica
// with a complete copy.
func (o Ownership) Reads(node int) bool {
	return node == o.Working || o.Place(node) > 0 && o.Serves(node)
}

// Serves reports whether the node may answer queries on the partition: it has a complete copy and
// is a replica or the acting master.
func (o Ownership) Serves(node int) bool {
	return o.Full.Has(node) && (node == o.Working || o.IsReplica(node))
}

// Columns returns the replica columns in which the node reports to clients that it holds the
// partition. The acting master is in the first column, in its own column, and in the columns of
// replicas that are not complete yet.
func (o Ownership) Columns(node int) (columns Set) {
	place := o.Place(node)
	switch {
	case node == o.Working:
		columns = Of(0)
		for i, n := range o.replicas() {
			if i == place || !o.Full.Has(n) {
				columns |= Of(i)
			}
		}
	case place > 0 && o.Serves(node):
		columns = Of(place)
	}
	return columns
}
