package cluster

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// nearness is the place of the node's rack among those of the configuration, or their number if it is in none of them.
func (n *Node) nearness(namespace string, racks []int) int {
	if id, known := n.Rack(namespace); known {
		if i := slices.Index(racks, id); i >= 0 {
			return i
		}
	}
	return len(racks)
}

// Rack returns the rack that the node is in for a namespace. It is known only if Config.RackIDs is set and the server
// has racks.
func (n *Node) Rack(namespace string) (id int, known bool) {
	racks := n.racks.Load()
	if racks == nil {
		return 0, false
	}
	id, known = (*racks)[namespace]
	return id, known
}

// refreshRacks asks for the node's racks. A server without racks refuses that, which is no failure.
func (n *Node) refreshRacks(ctx context.Context, env *env) error {
	values, err := n.askEach(ctx, env, "rack-ids")
	if err != nil {
		return err
	}
	racks := parseRacks(values[0])
	n.racks.Store(&racks)
	return nil
}

// parseRacks reads "test:1;bar:2"; what is not of that form is left out.
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
