package cluster

import (
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster/internal/partmap"
)

// A view is a snapshot of the cluster. It is immutable.
type view struct {
	nodes []*Node // sorted by name
	parts *partmap.Map[*Node]
}

// node returns the node with the name, or nil if there is none.
func (v *view) node(name string) *Node {
	i, ok := slices.BinarySearchFunc(v.nodes, name, func(n *Node, name string) int { return strings.Compare(n.name, name) })
	if !ok {
		return nil
	}
	return v.nodes[i]
}

// noView is the view of a client that was not made by Open.
var noView = &view{parts: new(partmap.Map[*Node])}
