package cluster

import (
	"context"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/internal/partmap"
	"github.com/aerosql/aerosql/protocol"
)

// preferRack returns the replica to read from: those in the racks of the configuration come first, in the order of
// the racks, then the others in their own; each turn takes the next one.
func (c *Client) preferRack(namespace string, space *partmap.Space[*Node], partition uint16, turn int) (*Node, *protocol.Error) {
	if len(c.cfg.RackIDs) == 0 {
		return nil, clientError(configError("ReplicaPreferRack needs Config.RackIDs, which say what racks are near"))
	}
	var order []*Node
	add := func(wanted func(*Node) bool) {
		for i := range space.Replicas() {
			if n := activeOrNil(space.Node(i, partition)); n != nil && wanted(n) {
				order = append(order, n)
			}
		}
	}
	for _, rack := range c.cfg.RackIDs {
		add(func(n *Node) bool { return n.inRack(namespace, rack) })
	}
	add(func(n *Node) bool { return !n.inAnyRack(namespace, c.cfg.RackIDs) })
	if len(order) == 0 {
		return nil, nil
	}
	return order[turn%len(order)], nil
}

func (n *Node) inRack(namespace string, rack int) bool {
	racks := n.racks.Load()
	if racks == nil {
		return false
	}
	id, ok := (*racks)[namespace]
	return ok && id == rack
}

func (n *Node) inAnyRack(namespace string, racks []int) bool {
	for _, rack := range racks {
		if n.inRack(namespace, rack) {
			return true
		}
	}
	return false
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
func (n *Node) refreshRacks(ctx context.Context, cfg *Config) error {
	if len(cfg.RackIDs) == 0 {
		return nil
	}
	values, err := n.askEach(ctx, cfg, "rack-ids")
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
