// Package partitions reads what the nodes of a cluster claim to own: which node is the master of a
// partition, which nodes have replicas, and where nodes contradict each other.
package partitions

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// Command is the info command whose answer is a node's claims.
const Command = "replicas"

// A Namespace is the claims of all nodes about the partitions of one namespace.
type Namespace struct {
	Name string
	// Copies is the largest replication factor that a node reports.
	Copies int
	// Owners has the owners of each partition, by the place in the succession: 0 is the master. A
	// place can have no node, or more than one if nodes contradict each other.
	Owners [protocol.PartitionCount][][]string
}

// Parse returns the namespaces that the answers of nodes to [Command] describe, by their names. The
// answers are keyed by the names of the nodes.
func Parse(answers map[string]string) ([]*Namespace, error) {
	var list []*Namespace
	for _, node := range slices.Sorted(maps.Keys(answers)) {
		for part := range strings.SplitSeq(strings.TrimSuffix(answers[node], ";"), ";") {
			if part == "" {
				continue
			}
			var err error
			if list, err = add(list, node, part); err != nil {
				return nil, fmt.Errorf("node %s: %w", node, err)
			}
		}
	}
	slices.SortFunc(list, func(a, b *Namespace) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// add adds the claims of one node about one namespace: name:regime,copies,bitmap,bitmap...
func add(list []*Namespace, node, text string) ([]*Namespace, error) {
	name, rest, _ := strings.Cut(text, ":")
	fields := strings.Split(rest, ",")
	if len(fields) < 3 {
		return nil, fmt.Errorf("the claims %.60q have %d fields", text, len(fields))
	}
	copies, err := strconv.Atoi(fields[1])
	if err != nil {
		return nil, fmt.Errorf("the claims of namespace %s have the replication factor %.20q", name, fields[1])
	}
	i := slices.IndexFunc(list, func(n *Namespace) bool { return n.Name == name })
	if i < 0 {
		i, list = len(list), append(list, &Namespace{Name: name})
	}
	list[i].Copies = max(list[i].Copies, copies)
	for place, bitmap := range fields[2:] {
		bits, err := base64.StdEncoding.DecodeString(bitmap)
		if err != nil || len(bits) != protocol.PartitionCount/8 {
			return nil, fmt.Errorf("the claims of namespace %s have an invalid bitmap", name)
		}
		list[i].claim(node, place, bits)
	}
	return list, nil
}

// claim adds the partitions of a bitmap. The highest bit comes first.
func (n *Namespace) claim(node string, place int, bits []byte) {
	for p := range n.Owners {
		if bits[p>>3]&(0x80>>(p&7)) == 0 {
			continue
		}
		for len(n.Owners[p]) <= place {
			n.Owners[p] = append(n.Owners[p], nil)
		}
		n.Owners[p][place] = append(n.Owners[p][place], node)
	}
}

// Master returns the master of a partition, "" if no node claims to be it.
func (n *Namespace) Master(partition uint16) string {
	if owners := n.Owners[partition]; len(owners) > 0 && len(owners[0]) > 0 {
		return owners[0][0]
	}
	return ""
}

// Replicas returns the nodes that have a copy of a partition besides the master.
func (n *Namespace) Replicas(partition uint16) (nodes []string) {
	for place, owners := range n.Owners[partition] {
		if place > 0 {
			nodes = append(nodes, owners...)
		}
	}
	return nodes
}

// A Contradiction is a partition about which the nodes do not agree.
type Contradiction struct {
	Partition int
	// Place is the place in the succession, 0 for the master.
	Place int
	// Nodes are the nodes that claim the place: none or several.
	Nodes []string
}

// Contradictions returns the places of the succession that no node or more than one node claims.
func (n *Namespace) Contradictions() (list []Contradiction) {
	for p, owners := range n.Owners {
		for place := range max(1, n.Copies) {
			var nodes []string
			if place < len(owners) {
				nodes = owners[place]
			}
			if len(nodes) != 1 {
				list = append(list, Contradiction{Partition: p, Place: place, Nodes: nodes})
			}
		}
	}
	return list
}

// Counts returns for each node of how many partitions it is the master, and of how many it has
// another copy.
func (n *Namespace) Counts() (masters, replicas map[string]int) {
	masters, replicas = make(map[string]int), make(map[string]int)
	for p := range n.Owners {
		for place, nodes := range n.Owners[p] {
			for _, node := range nodes {
				if place == 0 {
					masters[node]++
				} else {
					replicas[node]++
				}
			}
		}
	}
	return masters, replicas
}
