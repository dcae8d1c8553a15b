// Package route selects the node for a command among the nodes that hold its partition.
package route

// A Policy is an order of preference among the copies of a partition.
type Policy uint8

// The policies, in the order of ReplicaPolicy in package cluster.
const (
	Sequence     Policy = iota // master first, the next copy on each turn
	Master                     // only the master
	MasterProles               // round robin over the copies
	Random                     // any node of the cluster
	PreferRack                 // the copies by distance, the next one on each turn
)

// A Health is the current state of a node.
type Health uint8

// The states, worst first.
const (
	Gone       Health = iota // not part of the cluster, or not a node
	BackingOff               // failed too often recently
	Healthy
)

// A Request is what a command requires of its node.
type Request struct {
	Policy Policy
	Write  bool
	// Newest means that the command must see the latest write, in a namespace that guarantees it.
	// Only the master can.
	Newest bool
	// Turn is the number of changes of the copy, from try to try. Under MasterProles and Random it
	// is a counter of the client's commands.
	Turn int
}

// effective returns the policy that applies to the command. Some commands need the master whatever
// the policy is.
func (r Request) effective() Policy {
	if r.Write && r.Policy != Sequence || !r.Write && r.Newest {
		return Master
	}
	return r.Policy
}

// UsesCounter reports whether Turn must be a counter of the client's commands.
func (r Request) UsesCounter() bool {
	p := r.effective()
	return p == MasterProles || p == Random
}

// PrefersMaster reports whether Choose returns the master of a partition if it is healthy.
func (r Request) PrefersMaster() bool {
	p := r.effective()
	return p == Master || p == Sequence && r.Turn == 0
}

// Elsewhere reports whether another turn may choose another node, if partitions have this many
// copies.
func (w Request) Elsewhere(copies int) bool { return copies > 1 && w.effective() != Master }

// Copies is the part of the partition map that Choose needs. Replica 0 is the master.
type Copies[N any] interface {
	Replicas() int
	Node(replica int, partition uint16) N
}

// Choose returns the node for a command: the first healthy node in the order of the policy. If
// there is none it returns the first node that is backing off, and if all are gone the zero N. A
// write does not avoid a master that is backing off, because other nodes would only proxy it. nodes
// are all nodes of the cluster. near returns the distance of a node, 0 for the nearest. It is
// called only under PreferRack.
func Choose[N any](r Request, copies Copies[N], partition uint16, nodes []N, health func(N) Health, near func(N) int) (node N) {
	switch r.effective() {
	case Master:
		return first(min(1, copies.Replicas()), health, func(int) N { return copies.Node(0, partition) })
	case Random:
		n := len(nodes)
		return first(n, health, func(i int) N { return nodes[(r.Turn+i)%n] })
	case PreferRack:
		var room [8]N
		order := byDistance(room[:0], copies, partition, health, near)
		n := len(order)
		return first(n, health, func(i int) N { return order[(r.Turn+i)%n] })
	}
	n := copies.Replicas()
	inTurn := func(i int) N { return copies.Node((r.Turn+i)%n, partition) }
	if r.Write {
		return first(n, ignoreBackoff(health), inTurn)
	}
	return first(n, health, inTurn)
}

// ignoreBackoff treats nodes that are backing off as healthy.
func ignoreBackoff[N any](health func(N) Health) func(N) Health {
	return func(node N) Health {
		if health(node) == Gone {
			return Gone
		}
		return Healthy
	}
}

// first returns the first of n candidates that is healthy, or else the first that is backing off.
func first[N any](n int, health func(N) Health, candidate func(int) N) (node N) {
	resting := false
	for i := range n {
		switch c := candidate(i); health(c) {
		case Healthy:
			return c
		case BackingOff:
			if !resting {
				node, resting = c, true
			}
		}
	}
	return node
}

// byDistance appends the copies that are not gone, nearest first. Copies at the same distance keep
// their order.
func byDistance[N any](order []N, copies Copies[N], partition uint16, health func(N) Health, near func(N) int) []N {
	for i := range copies.Replicas() {
		c := copies.Node(i, partition)
		if health(c) == Gone {
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
