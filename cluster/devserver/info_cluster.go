package devserver

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// clusterCommands tell who belongs to the cluster and who holds what
// (docs/wire-core.md#8.3).
var clusterCommands = map[string]func(*infoRequest) string{
	"service":              (*infoRequest).service,
	"service-clear-std":    (*infoRequest).service,
	"service-clear-alt":    (*infoRequest).alternateService,
	"admin-clear-std":      fixed(""),
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

// book is what the node knows of the others.
func (r *infoRequest) book() *peerBook { return r.node.book.Load() }

func (r *infoRequest) services() string {
	return r.addresses(func(p peer) string {
		if !p.present {
			return ""
		}
		return p.node.address()
	})
}

// alumni lists all that the node has ever known.
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

// addresses lists what address gives for each of the others, but for "".
func (r *infoRequest) addresses(address func(peer) string) string {
	var list []string
	for _, p := range r.book().peers {
		if a := address(p); a != "" {
			list = append(list, a)
		}
	}
	return strings.Join(list, ";")
}

func (r *infoRequest) peersGeneration() string { return strconv.Itoa(r.book().generation) }

// peers lists the other nodes. A client that names a generation gets what has
// changed since.
func (r *infoRequest) peers() string {
	return r.book().list(r.since(), peerForm{port: defaultPort, address: (*node).address})
}

// since is the generation that a client names, 0 if it does not.
func (r *infoRequest) since() int {
	text, _ := r.param("generation")
	n, _ := strconv.Atoi(text) // what is no number counts as 0, as strtoul has it
	return n
}

// alternatePeers lists the other nodes by their addresses of another network, if they have any.
func (r *infoRequest) alternatePeers() string {
	return r.book().list(r.since(), peerForm{port: defaultPort, address: func(n *node) string { return n.alternate }})
}

func (r *infoRequest) partitionGeneration() string {
	return strconv.FormatInt(r.node.partitionGeneration.Load(), 10)
}

func (r *infoRequest) rebalanceGeneration() string {
	return strconv.FormatInt(r.node.rebalanceGeneration.Load(), 10)
}

// clusterStable answers with the cluster's key if the cluster is as the
// parameters want it.
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

// bitmaps returns the partitions that the node holds in each replica column, as clients read them:
// base64 of a bit for each, the first partition in the highest bit.
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

// replicaMaps returns for every namespace its name, a colon, the prefix, and
// at most limit bitmaps.
func (r *infoRequest) replicaMaps(limit int, prefix func(ns *namespace, factor string) []string) string {
	var list []string
	for _, ns := range r.server.namespaces.Load().list {
		factor := min(max(r.replicationFactor(ns), 1), limit)
		parts := append(prefix(ns, strconv.Itoa(factor)), r.bitmaps(ns, factor)...)
		list = append(list, ns.name+":"+strings.Join(parts, ","))
	}
	return strings.Join(list, ";")
}

// replicationFactor is how many nodes are to hold a partition as the node sees it: none while it belongs to no cluster.
func (r *infoRequest) replicationFactor(ns *namespace) int {
	if !r.node.belongs() {
		return 0
	}
	nodes := len(r.server.members())
	if ns.strong() {
		nodes = len(ns.roster.now())
	}
	return min(ns.config().ReplicationFactor, nodes)
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
// replicas, -1 for none, and in the succession, who acts as master, and the versions of its copy, now and in the end.
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

// nameOf is the name of a node by its number, 0 for nobody.
func (r *infoRequest) nameOf(number int) string {
	if number == balance.NoNode {
		return "0"
	}
	return r.server.nodes()[number].name
}
