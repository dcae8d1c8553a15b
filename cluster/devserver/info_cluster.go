package devserver

import (
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// clusterCommands tell who belongs to the cluster and who holds what
// (wire-core.md 8.3).
var clusterCommands = map[string]func(*infoRequest) string{
	"service":              (*infoRequest).service,
	"service-clear-std":    (*infoRequest).service,
	"service-clear-alt":    fixed(""),
	"admin-clear-std":      fixed(""),
	"services":             (*infoRequest).services,
	"services-alternate":   fixed(""),
	"services-alumni":      (*infoRequest).services,
	"peers-clear-std":      (*infoRequest).peers,
	"peers-clear-alt":      (*infoRequest).alternatePeers,
	"alumni-clear-std":     (*infoRequest).peers,
	"alumni-clear-alt":     (*infoRequest).alternatePeers,
	"peers-generation":     (*infoRequest).peersGeneration,
	"partition-generation": (*infoRequest).partitionGeneration,
	"rebalance-generation": fixed("1"),
	"cluster-stable":       (*infoRequest).clusterStable,
	"replicas":             (*infoRequest).replicas,
	"replicas-all":         (*infoRequest).replicasAll,
	"replicas-master":      (*infoRequest).replicasMaster,
	"partition-info":       (*infoRequest).partitionInfo,
}

func (r *infoRequest) service() string { return r.node.address() }

func (r *infoRequest) others() []*node {
	var others []*node
	for _, n := range r.server.nodes {
		if n != r.node {
			others = append(others, n)
		}
	}
	return others
}

func (r *infoRequest) services() string {
	var list []string
	for _, n := range r.others() {
		list = append(list, n.address())
	}
	return strings.Join(list, ";")
}

// peersGeneration counts the changes that this node has seen: of each other
// node, that it came and that it told its addresses.
func (r *infoRequest) peersGeneration() string { return strconv.Itoa(2 * (len(r.server.nodes) - 1)) }

// peers lists the other nodes. A client that names a generation gets what has
// changed since, which is nothing if it names the present one.
func (r *infoRequest) peers() string {
	return r.peerList(func(n *node) string {
		if n.port == defaultPort {
			if strings.Contains(n.host, ":") {
				return "[" + n.host + "]"
			}
			return n.host
		}
		return net.JoinHostPort(n.host, strconv.Itoa(n.port))
	})
}

// alternatePeers lists the other nodes by addresses of another network, of which they have none.
func (r *infoRequest) alternatePeers() string { return r.peerList(nil) }

func (r *infoRequest) peerList(address func(*node) string) string {
	since, _ := r.param("generation")
	var list []string
	if since != r.peersGeneration() {
		for _, n := range r.others() {
			text := ""
			if address != nil {
				text = address(n)
			}
			list = append(list, fmt.Sprintf("[%s,,[%s]]", n.name, text))
		}
	}
	return fmt.Sprintf("%s,%d,[%s]", r.peersGeneration(), defaultPort, strings.Join(list, ","))
}

func (r *infoRequest) partitionGeneration() string {
	return strconv.FormatInt(r.node.partitionGeneration.Load(), 10)
}

// clusterStable answers with the cluster's key if the cluster is as the
// parameters want it.
func (r *infoRequest) clusterStable() string {
	if size, ok := r.param("size"); ok {
		n, err := strconv.ParseUint(size, 10, 32)
		if err != nil {
			return infoError(protocol.ParameterError, "bad size")
		}
		if int(n) != len(r.server.nodes) {
			return infoError(protocol.ClusterKeyMismatch, "cluster not specified size")
		}
	}
	if ignore, ok := r.param("ignore-migrations"); ok && ignore != "true" && ignore != "false" && ignore != "yes" && ignore != "no" {
		return infoError(protocol.ParameterError, "bad ignore migrations")
	}
	if _, ok := r.param("namespace"); ok {
		if _, failure := r.namespace(); failure != "" {
			return failure
		}
	}
	return fmt.Sprintf("%X", r.server.cluster)
}

// bitmap returns the partitions of which the node is the n-th holder, as clients read it:
// base64 of a bit for each, the first partition in the highest bit.
func (r *infoRequest) bitmap(ns *namespace, n int) string {
	var bits [protocol.PartitionCount / 8]byte
	for pid := range uint16(protocol.PartitionCount) {
		if replicas := ns.replicas(pid); replicas[n] == r.node.number {
			bits[pid>>3] |= 0x80 >> (pid & 7)
		}
	}
	return base64.StdEncoding.EncodeToString(bits[:])
}

// replicaMaps returns for every namespace its name, a colon, the prefix, and
// at most limit bitmaps.
func (r *infoRequest) replicaMaps(limit int, prefix func(ns *namespace) []string) string {
	var list []string
	for _, ns := range r.server.namespaces.Load().list {
		parts := prefix(ns)
		for n := range min(limit, ns.config().ReplicationFactor) {
			parts = append(parts, r.bitmap(ns, n))
		}
		list = append(list, ns.name+":"+strings.Join(parts, ","))
	}
	return strings.Join(list, ";")
}

// replicas answers with regime and replication factor before the bitmaps.
func (r *infoRequest) replicas() string {
	limit := maxNodes
	if text, ok := r.param("max"); ok {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return infoError(protocol.ParameterError, "bad max")
		}
		if n > 0 {
			limit = int(n)
		}
	}
	return r.replicaMaps(limit, func(ns *namespace) []string {
		return []string{strconv.Itoa(ns.regime()), strconv.Itoa(ns.config().ReplicationFactor)}
	})
}

func (r *infoRequest) replicasAll() string {
	return r.replicaMaps(maxNodes, func(ns *namespace) []string { return []string{strconv.Itoa(ns.config().ReplicationFactor)} })
}

func (r *infoRequest) replicasMaster() string {
	return r.replicaMaps(1, func(*namespace) []string { return nil })
}

// partitionInfo has a row for each partition of each namespace.
func (r *infoRequest) partitionInfo() string {
	var b strings.Builder
	b.WriteString("namespace:partition:state:n_replicas:replica:succession:n_dupl:working_master:proxy_dst:emigrates:" +
		"lead_emigrates:immigrates:records:tombstones:regime:tree_id:version:final_version;")
	for _, ns := range r.server.namespaces.Load().list {
		for pid := range uint16(protocol.PartitionCount) {
			r.partitionRow(&b, ns, pid)
		}
	}
	return strings.TrimSuffix(b.String(), ";")
}

// partitionRow tells what a node has of a partition: its place among the
// replicas, -1 for none, and in the succession, the master, and the version of its copy.
func (r *infoRequest) partitionRow(b *strings.Builder, ns *namespace, pid uint16) {
	place := slices.Index(ns.succession[pid], r.node.number)
	master := r.server.nodes[ns.master(pid)].name
	replica, state, working, subset := -1, "A", "0", "-p-"
	if place == 0 {
		working, subset = master, "mp-"
	}
	final := fmt.Sprintf("%012x.0.%s", r.server.cluster, subset)
	version, records, tombstones, tree := "000000000000.0.-p-", 0, 0, 0
	p := &ns.partitions[pid]
	p.mu.Lock()
	if x := p.copies[r.node.number]; x != nil {
		replica, state, version, records, tombstones, tree = place, "S", final, x.count-x.tombstones, x.tombstones, 1
	}
	p.mu.Unlock()
	fmt.Fprintf(b, "%s:%d:%s:%d:%d:%d:0:%s:%s:0:0:0:%d:%d:%d:%d:%s:%s;", ns.name, pid, state, ns.config().ReplicationFactor,
		replica, place, working, master, records, tombstones, ns.regime(), tree, version, final)
}
