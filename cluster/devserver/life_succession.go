package devserver

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// successionOf returns the numbers of the nodes in the order in which they own a partition: first
// the master, then the replicas, then the nodes that would follow if one of those left. As in a
// real cluster, the order is by a hash of node and partition: FNV-1a of the node id and of the
// partition id, then Jenkins' one-at-a-time hash of both, all little-endian. Adding or removing a
// node does not change the order of the others.
func successionOf(nodes []*node, pid uint16) []int {
	var rank [maxNodes]uint64
	order := make([]int, len(nodes))
	for i, n := range nodes {
		order[i] = n.number
		rank[n.number] = successionHash(n.id, uint32(pid))
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rank[b], rank[a]) })
	return order
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

// clusterKey returns a 48-bit cluster key, which differs after each change.
func clusterKey(name string, epoch uint64, nodes []*node) uint64 {
	data := binary.LittleEndian.AppendUint64([]byte(name), epoch)
	for _, n := range nodes {
		data = binary.LittleEndian.AppendUint64(data, n.id)
	}
	return jenkins(data) & (1<<48 - 1)
}
