// Package balance decides who holds a partition of a namespace while nodes come and go, as real clusters
// do: who is its working master, who has a complete copy, which copies have to be made next, and what the nodes tell their
// clients meanwhile. It holds no data and does no I/O.
package balance

import "slices"

// Nobody stands for the number of a node where there is none.
const Nobody = -1

// An Ownership says who holds a partition. It is a value that is never changed; what happens to the cluster or
// to a copy gives a new one.
type Ownership struct {
	// Order are the nodes of the cluster in the order of the partition's succession: the first
	// Replicas of them are to hold it, and the first of all is to be its master in the end.
	Order    []int
	Replicas int
	// Working is the node that decides about the partition's records now, or Nobody: it is unavailable then.
	Working int
	// Full are the nodes with a complete copy. A replica that is not among them gets what is written and is being
	// given the rest. One that is among them but is no replica any more is kept until all replicas are complete.
	Full Set
	// Kept are absent nodes whose copies are complete and not behind, because nobody has decided anything since they
	// left; only with strong consistency. Dead tells that there is no complete copy any more, present or kept.
	Kept Set
	Dead bool
}

// A Move is the migration of a partition from a node with a complete copy to a replica without.
type Move struct {
	From, To int
}

// Rebalance returns the ownership when the cluster has changed: order are the nodes that it has now, in the
// partition's succession. fresh tells that none of them has the partition, which begins anew without records.
func (o Ownership) Rebalance(order []int, replicas int) (next Ownership, fresh bool) {
	next = Ownership{Order: order, Replicas: min(replicas, len(order)), Working: Nobody}
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
	// The first complete copy decides: all of them are the same.
	next.Working = order[slices.IndexFunc(order, next.Full.Has)]
	return next.settle(), false
}

// Next returns the migration that comes next. As between real nodes, the master to be gets its copy
// first, from the one that acts for it, and gives it to the other replicas then.
func (o Ownership) Next() (m Move, ok bool) {
	for _, n := range o.replicas() {
		if !o.Full.Has(n) {
			return Move{From: o.Working, To: n}, o.Working != Nobody
		}
	}
	return Move{}, false
}

// Moved returns the ownership when a migration has come to its end.
func (o Ownership) Moved(m Move) Ownership {
	o.Full |= Of(m.To)
	if m.To == o.Order[0] {
		o.Working = m.To
	}
	return o.settle()
}

// settle lets superfluous copies go when all replicas are complete.
func (o Ownership) settle() Ownership {
	replicas := Of(o.replicas()...)
	if o.Full&replicas == replicas {
		o.Full = replicas
	}
	return o
}

// Pending is how many migrations are still to be made.
func (o Ownership) Pending() (n int) {
	for _, node := range o.replicas() {
		if !o.Full.Has(node) {
			n++
		}
	}
	return n
}

// Flows are how many migrations the node has still to send and to receive. As long as the master to be is
// waiting for its copy, who acts for it sends to it alone, and it to the others then.
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

// Place is the node's place in the succession, -1 if it is not in the cluster.
func (o Ownership) Place(node int) int { return slices.Index(o.Order, node) }

// IsReplica reports whether the node is to hold the partition.
func (o Ownership) IsReplica(node int) bool { return slices.Contains(o.replicas(), node) }

// Holders are the nodes that have a copy, complete or not.
func (o Ownership) Holders() Set { return o.Full | Of(o.replicas()...) }

// Reads reports whether the node may answer reads itself: it decides about the partition, or is a replica behind the
// master with a complete copy.
func (o Ownership) Reads(node int) bool {
	return node == o.Working || o.Place(node) > 0 && o.Serves(node)
}

// Serves reports whether the node may answer queries over the partition: it has a complete copy as a replica
// or as the one that acts for the master.
func (o Ownership) Serves(node int) bool {
	return o.Full.Has(node) && (node == o.Working || o.IsReplica(node))
}

// Columns are the replica columns in which the node tells clients that it holds the partition. Who acts as
// the master stands in the first column, in its own, and in those of the replicas that are not complete yet.
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
