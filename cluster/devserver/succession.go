package devserver

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A succession says for each partition which nodes hold it: the master first,
// then the replicas, then those that would follow if one of them left.
type succession [protocol.PartitionCount][]int

// newSuccession orders the nodes of every partition by a hash of node and
// partition, as real clusters do: FNV-1a over the node's id and over the partition's,
// and Jenkins' one-at-a-time over both, all little-endian. Adding or removing a node
// leaves the order of the others as it is.
func newSuccession(nodes []*node) *succession {
	s := new(succession)
	var rank [maxNodes]uint64
	for pid := range s {
		order := make([]int, len(nodes))
		for i, n := range nodes {
			order[i] = n.number
			rank[n.number] = successionHash(n.id, uint32(pid))
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rank[b], rank[a]) })
		s[pid] = order
	}
	return s
}

func successionHash(node uint64, pid uint32) uint64 {
	var both [16]byte
	binary.LittleEndian.PutUint64(both[:], fnv1a(binary.LittleEndian.AppendUint64(nil, node)))
	binary.LittleEndian.PutUint64(both[8:], fnv1a(binary.LittleEndian.AppendUint32(nil, pid)))
	return jenkins(both[:])
}

func fnv1a(data []byte) uint64 {
	hash := uint64(0xcbf29ce484222325)
	for _, b := range data {
		hash = (hash ^ uint64(b)) * 0x100000001b3
	}
	return hash
}

func jenkins(data []byte) uint64 {
	var hash uint64
	for _, b := range data {
		hash += uint64(b)
		hash += hash << 10
		hash ^= hash >> 6
	}
	hash += hash << 3
	hash ^= hash >> 11
	return hash + hash<<15
}

// clusterKey gives a cluster a 48-bit key, another one at each change.
func clusterKey(name string, epoch uint64, nodes []*node) uint64 {
	data := binary.LittleEndian.AppendUint64([]byte(name), epoch)
	for _, n := range nodes {
		data = binary.LittleEndian.AppendUint64(data, n.id)
	}
	return jenkins(data) & (1<<48 - 1)
}
