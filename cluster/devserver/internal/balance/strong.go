package balance

import "slices"

// With strong consistency a partition has a master only if no other part of a split cluster can
// have one, and if its complete copy has every acknowledged write. An operator must decide to give
// up lost data.

// RebalanceStrong is Rebalance for a partition with strong consistency. roster lists the nodes of
// the namespace's roster in the partition's succession order, and present is the subset in the
// cluster. revived reports that a partition without a complete copy may start empty.
func (o Ownership) RebalanceStrong(roster []int, present Set, replicas int, revived bool) (next Ownership, fresh bool) {
	replicas = min(replicas, len(roster))
	next = Ownership{Working: NoNode}
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
	// The copies of absent nodes are out of date from now on.
	next.Working = next.Order[slices.IndexFunc(next.Order, next.Full.Has)]
	return next.dropSurplus(), false
}

// mayDecide reports whether the present nodes may have a master for the partition: they include all
// of its replicas, a majority of the roster with one replica, or half of the roster with the roster
// master.
func mayDecide(roster []int, present Set, replicas int) bool {
	here, ours := present&Of(roster...), present&Of(roster[:replicas]...)
	switch {
	case ours.Len() == replicas, 2*here.Len() > len(roster) && ours != 0:
		return true
	}
	return 2*here.Len() == len(roster) && here.Has(roster[0])
}

// Forget returns the ownership after an absent node has lost its copy.
func (o Ownership) Forget(node int) Ownership {
	o.Kept &^= Of(node)
	o.Dead = o.Working == NoNode && o.Full|o.Kept == 0
	return o
}
