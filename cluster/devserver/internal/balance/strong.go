package balance

import "slices"

// With strong consistency nobody decides about a partition unless it is sure that no other part of a split cluster does
// so too, and that what it decides upon is all that was ever acknowledged. It is for an operator to give up
// what was lost.

// RebalanceStrong is Rebalance of a partition with strong consistency. roster are the nodes that the namespace is kept on,
// in the partition's succession, and present those of them that the cluster has. revived tells that a partition without a
// complete copy may begin anew.
func (o Ownership) RebalanceStrong(roster []int, present Set, replicas int, revived bool) (next Ownership, fresh bool) {
	replicas = min(replicas, len(roster))
	next = Ownership{Working: Nobody}
	for _, n := range roster {
		if present.Has(n) {
			next.Order = append(next.Order, n)
		}
	}
	complete := o.Full | o.Kept
	next.Full = complete & Of(next.Order...)
	isNew := complete == 0 && !o.Dead
	if len(next.Order) == 0 || !isNew && (!mayDecide(roster, present, replicas) || next.Full == 0 && !revived) {
		next.Kept, next.Dead = complete&^next.Full, complete == 0 && !isNew
		return next, false
	}
	next.Replicas = min(replicas, len(next.Order))
	if next.Full == 0 {
		next.Working, next.Full = next.Order[0], Of(next.replicas()...)
		return next, true
	}
	// Copies of absent nodes are behind from now on.
	next.Working = next.Order[slices.IndexFunc(next.Order, next.Full.Has)]
	return next.settle(), false
}

// mayDecide reports whether the nodes that are present may decide about a partition: all of its replicas, a majority of the
// roster with one of them, or half of the roster with its master.
func mayDecide(roster []int, present Set, replicas int) bool {
	here, ours := present&Of(roster...), present&Of(roster[:replicas]...)
	switch {
	case ours.Len() == replicas, 2*here.Len() > len(roster) && ours != 0:
		return true
	}
	return 2*here.Len() == len(roster) && here.Has(roster[0])
}

// Forget returns the ownership when an absent node has lost its copy.
func (o Ownership) Forget(node int) Ownership {
	o.Kept &^= Of(node)
	o.Dead = o.Working == Nobody && o.Full|o.Kept == 0
	return o
}
