// Package route chooses the node that a command is sent to among those that hold its partition.
package route

// A Policy is an order of preference among the copies of a partition.
type Policy uint8

// The policies; ReplicaPolicy of package cluster has the same in the same order.
const (
	Sequence     Policy = iota // master first, each turn the next copy
	Master                     // the master alone
	MasterProles               // round the copies
	Random                     // any node of the cluster
	PreferRack                 // the copies by how near they are, each turn the next one
)

// A Fitness is what is known of a node at the moment.
type Fitness uint8

// The degrees of fitness.
const (
	Gone    Fitness = iota // it is no part of the cluster any more, or it is no node at all
	Resting                // it has failed too often of late
	Fit
)

// A Wish is what a command asks of the node.
type Wish struct {
	Policy Policy
	Write  bool
	// Newest: the command must see what was written last, in a namespace that promises it: the master alone knows.
	Newest bool
	// Turn counts changes of the copy, from try to try; under MasterProles and Random the commands of a client.
	Turn int
}

// effective is the policy that the command really has: a copy that is not the master can't do everything.
func (w Wish) effective() Policy {
	if w.Write && w.Policy != Sequence || !w.Write && w.Newest {
		return Master
	}
	return w.Policy
}

// Counts reports whether Turn has to be a number that grows from command to command.
func (w Wish) Counts() bool {
	p := w.effective()
	return p == MasterProles || p == Random
}

// Elsewhere reports whether another turn may lead to another node, where partitions have so many copies.
func (w Wish) Elsewhere(copies int) bool { return copies > 1 && w.effective() != Master }

// A Copies is the partition map as far as the choice needs it; 0 is the master.
type Copies[N any] interface {
	Replicas() int
	Node(replica int, partition uint16) N
}

// Choose returns a node for a command: the first in the policy's order that is fit; if none is, the first that rests; if
// they are all gone, the zero N. A write does not go round a master that rests: other nodes would only pass it on. The nodes
// are those of the whole cluster. Near tells how near a node is, 0 being the nearest; it is asked under PreferRack alone.
func Choose[N any](w Wish, copies Copies[N], partition uint16, nodes []N, fitness func(N) Fitness, near func(N) int) (node N) {
	switch w.effective() {
	case Master:
		return first(min(1, copies.Replicas()), fitness, func(int) N { return copies.Node(0, partition) })
	case Random:
		n := len(nodes)
		return first(n, fitness, func(i int) N { return nodes[(w.Turn+i)%n] })
	case PreferRack:
		var room [8]N
		order := byNearness(room[:0], copies, partition, fitness, near)
		n := len(order)
		return first(n, fitness, func(i int) N { return order[(w.Turn+i)%n] })
	}
	n := copies.Replicas()
	inTurn := func(i int) N { return copies.Node((w.Turn+i)%n, partition) }
	if w.Write {
		return first(n, awake(fitness), inTurn)
	}
	return first(n, fitness, inTurn)
}

// awake takes nodes that rest for fit.
func awake[N any](fitness func(N) Fitness) func(N) Fitness {
	return func(node N) Fitness {
		if fitness(node) == Gone {
			return Gone
		}
		return Fit
	}
}

// first returns the first of n candidates that is fit, or else the first that rests.
func first[N any](n int, fitness func(N) Fitness, candidate func(int) N) (node N) {
	resting := false
	for i := range n {
		switch c := candidate(i); fitness(c) {
		case Fit:
			return c
		case Resting:
			if !resting {
				node, resting = c, true
			}
		}
	}
	return node
}

// byNearness appends the copies that are not gone, the nearest first and in their own order otherwise.
func byNearness[N any](order []N, copies Copies[N], partition uint16, fitness func(N) Fitness, near func(N) int) []N {
	for i := range copies.Replicas() {
		c := copies.Node(i, partition)
		if fitness(c) == Gone {
			continue
		}
		at := len(order)
		for at > 0 && near(order[at-1]) > near(c) {
			at--
		}
		order = append(order, c)
		copy(order[at+1:], order[at:])
		order[at] = c
	}
	return order
}
