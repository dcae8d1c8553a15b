package devserver

import (
	"encoding/base64"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// clusterCommands are the info commands about members and partition owners (docs/wire-core.md#8.3).
var clusterCommands = map[string]func(*infoRequest) string{
	"service":              (*infoRequest).service,
	"service-clear-std":    (*infoRequest).service,
	"service-clear-alt":    (*infoRequest).alternateService,
	"admin-clear-std":      fixed(""),
	"admin-tls-std":        fixed(""),
	"endpoints":            (*infoRequest).endpoints,
	"services":             (*infoRequest).services,
	"services-alternate":   (*infoRequest).alternateServices,
	"services-alumni":      (*infoRequest).alumni,
	"peers-clear-std":      (*infoRequest).peers,
	"peers-clear-alt":      (*infoRequest).alternatePeers,
	"alumni-clear-std":     (*infoRequest).peers,
	"alumni-clear-alt":     (*infoRequest).alternatePeers,
	"peers-generation":     (*infoRequest).peersGeneration,
	"partition-generation": (*infoRequest).partitionGeneration,
	"rebalance-generation": (*infoRequest).rebalanceGeneration,
	"cluster-stable":       (*infoRequest).clusterStable,
	"replicas":             (*infoRequest).replicas,
	"replicas-all":         (*infoRequest).replicasAll,
	"replicas-master":      (*infoRequest).replicasMaster,
	"partition-info":       (*infoRequest).partitionInfo,
}

func (r *infoRequest) service() string { return r.node.address() }

// endpoints lists the ports and addresses of the node. Clients use the service; nothing listens at
// the others.
func (r *infoRequest) endpoints() string {
	n := r.node
	var b strings.Builder
	group := func(name string, port int, address string) {
		fmt.Fprintf(&b, ";%sport=%d;%saddresses=%s", name, port, name, address)
	}
	alternate := "null"
	if n.alternate != "" {
		alternate, _, _ = net.SplitHostPort(n.alternate)
	}
	tls := "null"
	if n.tlsPort != 0 {
		tls = n.host
	}
	group("service.", n.port, n.host)
	group("service.access-", n.port, n.host)
	group("service.alternate-access-", n.port, alternate)
	group("service.tls-", n.tlsPort, tls)
	group("service.tls-access-", n.tlsPort, tls)
	group("service.tls-alternate-access-", 0, "null")
	group("admin.", 0, "null")
	group("admin.tls-", 0, "null")
	group("heartbeat.", n.port+heartbeatOffset, n.host)
	group("heartbeat.tls-", 0, "null")
	group("fabric.", n.port+fabricOffset, n.host)
	group("fabric.tls-", 0, "null")
	return b.String()[1:]
}

// peerBook returns the node's peer book.
func (r *infoRequest) peerBook() *peerBook { return r.node.peers.Load() }

func (r *infoRequest) services() string {
	return r.addresses(func(p peer) string {
		if !p.present {
			return ""
		}
		return p.node.address()
	})
}

// alumni lists all nodes that this node has ever known.
func (r *infoRequest) alumni() string {
	return r.addresses(func(p peer) string { return p.node.address() })
}

func (r *infoRequest) alternateService() string { return r.node.alternate }

func (r *infoRequest) alternateServices() string {
	return r.addresses(func(p peer) string {
		if !p.present {
			return ""
		}
		return p.node.alternate
	})
}

// addresses lists the addresses of the other nodes, leaving out "".
func (r *infoRequest) addresses(address func(peer) string) string {
	var list []string
	for _, p := range r.peerBook().peers {
		if a := address(p); a != "" {
			list = append(list, a)
		}
	}
	return strings.Join(list, ";")
}

func (r *infoRequest) peersGeneration() string { return strconv.Itoa(r.peerBook().generation) }

// peers lists the other nodes. If the client sends a generation, only later changes are listed.
func (r *infoRequest) peers() string {
	return r.peerBook().list(r.since(), peerForm{port: defaultPort, address: (*node).address})
}

// since returns the generation that the client sent, 0 if it sent none.
func (r *infoRequest) since() int {
	text, _ := r.param("generation")
	n, _ := strconv.Atoi(text) // like strtoul, invalid numbers count as 0
	return n
}

// alternatePeers lists the alternate addresses of the other nodes, if they have any.
func (r *infoRequest) alternatePeers() string {
	return r.peerBook().list(r.since(), peerForm{port: defaultPort, address: func(n *node) string { return n.alternate }})
}

func (r *infoRequest) partitionGeneration() string {
	return strconv.FormatInt(r.node.partitionGeneration.Load(), 10)
}

func (r *infoRequest) rebalanceGeneration() string {
	return strconv.FormatInt(r.node.rebalanceGeneration.Load(), 10)
}

// clusterStable returns the cluster key if the cluster is in the state that the parameters
// describe.
func (r *infoRequest) clusterStable() string {
	if size, ok := r.param("size"); ok {
		n, err := strconv.ParseUint(size, 10, 32)
		if err != nil {
			return infoError(protocol.ParameterError, "bad size")
		}
		if int(n) != len(r.server.members()) {
			return infoError(protocol.ClusterKeyMismatch, "cluster not specified size")
		}
	}
	ignore, ok := r.param("ignore-migrations")
	if ok && ignore != "true" && ignore != "false" && ignore != "yes" && ignore != "no" {
		return infoError(protocol.ParameterError, "bad ignore migrations")
	}
	list := r.server.namespaces.Load().list
	if _, ok := r.param("namespace"); ok {
		ns, failure := r.namespace()
		if failure != "" {
			return failure
		}
		list = []*namespace{ns}
	}
	settled := ignore == "true" || ignore == "yes" || !slices.ContainsFunc(list, (*namespace).isMigrating)
	if !r.node.belongs() || !settled {
		return infoError(protocol.ClusterKeyMismatch, "unstable cluster")
	}
	return fmt.Sprintf("%X", r.server.cluster.Load().key)
}

// bitmaps returns the partitions that the node owns in each replica column, encoded for clients:
// base64 of a bit per partition, the first partition in the highest bit.
func (r *infoRequest) bitmaps(ns *namespace, columns int) []string {
	var bits [maxNodes][protocol.PartitionCount / 8]byte
	if r.node.belongs() {
		for pid := range uint16(protocol.PartitionCount) {
			for column := range ns.owners(pid).Columns(r.node.number).All() {
				bits[column][pid>>3] |= 0x80 >> (pid & 7)
			}
		}
	}
	list := make([]string, columns)
	for column := range list {
		list[column] = base64.StdEncoding.EncodeToString(bits[column][:])
	}
	return list
}

// replicaMaps returns for every namespace its name, a colon, the prefix and at most limit bitmaps.
func (r *infoRequest) replicaMaps(limit int, prefix func(ns *namespace, factor string) []string) string {
	var list []string
	for _, ns := range r.server.namespaces.Load().list {
		factor := min(max(r.replicationFactor(ns), 1), limit)
		parts := append(prefix(ns, strconv.Itoa(factor)), r.bitmaps(ns, factor)...)
		list = append(list, ns.name+":"+strings.Join(parts, ","))
	}
	return strings.Join(list, ";")
}

// replicationFactor returns the effective replication factor as this node sees it. It is 0 if the
// node is not in the cluster.
func (r *infoRequest) replicationFactor(ns *namespace) int {
	if !r.node.belongs() {
		return 0
	}
	nodes := len(r.server.members())
	if ns.strong() {
		nodes = len(ns.roster.current())
	}
	return min(ns.config().ReplicationFactor, nodes)
}

// replicas returns the bitmaps, preceded by regime and replication factor.
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
	return r.replicaMaps(limit, func(ns *namespace, factor string) []string {
		return []string{strconv.Itoa(ns.regime()), factor}
	})
}

func (r *infoRequest) replicasAll() string {
	return r.replicaMaps(maxNodes, func(_ *namespace, factor string) []string { return []string{factor} })
}

func (r *infoRequest) replicasMaster() string {
	return r.replicaMaps(1, func(*namespace, string) []string { return nil })
}

// partitionInfo returns a row for each partition of each namespace.
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

// partitionRow appends the node's state of a partition: its place among the replicas (-1 if it is
// not a replica) and in the succession list, the acting master, and the current and final versions
// of its copy.
func (r *infoRequest) partitionRow(b *strings.Builder, ns *namespace, pid uint16) {
	p, me := &ns.partitions[pid], r.node.number
	p.mu.Lock()
	o, x := p.owners.Load(), p.copies[me]
	if !r.node.belongs() {
		o, x = &balance.Ownership{Working: balance.NoNode}, nil
	}
	records, tombstones, tree := 0, 0, 0
	if x != nil {
		records, tombstones, tree = x.count-x.tombstones, x.tombstones, 1
	}
	p.mu.Unlock()
	place := o.Place(me)
	replica, state, subset := -1, 'A', "-p-"
	switch {
	case o.IsReplica(me) && o.Full.Has(me):
		replica, state = place, 'S'
	case o.IsReplica(me):
		replica, state, subset = place, 'D', "-sp"
	case x != nil:
		state = 'Z'
	}
	working, acting := "0", r.nameOf(o.Working)
	if place == 0 || me == o.Working {
		working = acting
	}
	key := r.server.cluster.Load().key
	version, final := "000000000000.0.-p-", fmt.Sprintf("%012x.0.-p-", key)
	if place == 0 {
		final = fmt.Sprintf("%012x.0.mp-", key)
	}
	if me == o.Working {
		subset = "mp-"
	}
	if x != nil {
		version = fmt.Sprintf("%012x.0.%s", key, subset)
	}
	emigrates, immigrates := o.Flows(me)
	fmt.Fprintf(b, "%s:%d:%c:%d:%d:%d:0:%s:%s:%d:%d:%d:%d:%d:%d:%d:%s:%s;", ns.name, pid, state, o.Replicas,
		replica, place, working, acting, emigrates, emigrates, immigrates, records, tombstones, ns.regime(), tree, version, final)
}

// nameOf returns the name of the node with the given number, "0" for balance.NoNode.
func (r *infoRequest) nameOf(number int) string {
	if number == balance.NoNode {
		return "0"
	}
	return r.server.nodes()[number].name
}
