package cluster

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// rackRank returns the index of the node's rack in racks, or len(racks) if it is in none of them.
func (n *Node) rackRank(namespace string, racks []int) int {
	if id, known := n.Rack(namespace); known {
		if i := slices.Index(racks, id); i >= 0 {
			return i
		}
	}
	return len(racks)
}

// Rack returns the node's rack id for a namespace. It is known only if Config.RackIDs is set and
// the server has racks.
func (n *Node) Rack(namespace string) (id int, known bool) {
	racks := n.racks.Load()
	if racks == nil {
		return 0, false
	}
	id, known = (*racks)[namespace]
	return id, known
}

// refreshRacks requests the node's rack ids. Servers without racks answer with an error text, which
// leaves the racks unknown.
func (n *Node) refreshRacks(ctx context.Context, env *env) error {
	values, err := n.askEach(ctx, env, "rack-ids")
	if err != nil {
		return err
	}
	racks := parseRacks(values[0])
	n.racks.Store(&racks)
	return nil
}

// parseRacks parses rack ids of the form "test:1;bar:2" and ignores invalid entries.
func parseRacks(answer string) map[string]int {
	racks := make(map[string]int)
	for entry := range strings.SplitSeq(answer, ";") {
		namespace, text, _ := strings.Cut(entry, ":")
		if id, err := strconv.Atoi(text); err == nil {
			racks[namespace] = id
		}
	}
	return racks
}
