package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/partitions"
)

// fields splits name=value pairs.
func fields(text string) map[string]string {
	f := make(map[string]string)
	for part := range strings.SplitSeq(text, ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			f[name] = value
		}
	}
	return f
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// nodes returns the names of the nodes that answered, sorted.
func (p *patient) nodes() []string { return slices.Sorted(maps.Keys(p.answers)) }

// slowAnswer is the round trip from which a node is slow.
const slowAnswer = 50 * time.Millisecond

// checkNodes checks that all nodes answer and agree about the cluster.
func (p *patient) checkNodes(_ context.Context, r *Report) {
	keys := make(map[string][]string)
	for _, n := range p.sample.Nodes {
		switch {
		case n.Error != "":
			r.add("node", Problem, n.Name, "look at the server's log and the load of its machine", "the node does not answer: %s", n.Error)
			continue
		case n.RoundTrip > slowAnswer:
			r.add("node", Warning, n.Name, "run the program nearer to the cluster, or look at the load of the node", "the node answers after %v", n.RoundTrip.Round(time.Millisecond))
		default:
			r.add("node", OK, n.Name, "", "%s answers after %v", n.Address, n.RoundTrip.Round(10*time.Microsecond))
		}
		keys[n.ClusterKey] = append(keys[n.ClusterKey], n.Name)
		if n.Migrating > 0 {
			r.add("node", Note, n.Name, "", "%d partitions are migrating", n.Migrating)
		}
	}
	if len(keys) > 1 {
		r.add("node", Problem, "", "wait a few seconds and run the check again; if it stays, look at the heartbeat configuration", "the nodes do not agree about who belongs to the cluster")
	}
}

// checkRacks checks that the racks that the client prefers exist.
func (p *patient) checkRacks(_ context.Context, r *Report) {
	racks := make(map[int]bool)
	for _, n := range p.client.Nodes() {
		for _, ns := range p.sample.Namespaces {
			if id, known := n.Rack(ns.Name); known {
				racks[id] = true
			}
		}
	}
	if p.cfg.Replica == cluster.ReplicaPreferRack {
		for _, id := range p.cfg.Racks {
			if !racks[id] {
				r.add("racks", Warning, "", "correct racks in the data source name, or rack-id of the servers; racks need the Enterprise Edition", "no node is in rack %d, which the client prefers", id)
			}
		}
		return
	}
	seen := make(map[string]bool)
	for _, values := range p.answers {
		for part := range strings.SplitSeq(values["racks:"], ":") {
			if id, _, ok := strings.Cut(part, "="); ok && strings.HasPrefix(id, "rack_") {
				seen[id] = true
			}
		}
	}
	if len(seen) > 1 {
		r.add("racks", Note, "", "set replica=prefer_rack and racks in the data source name to read in the rack of this machine", "the nodes are in %d racks, and the client prefers none", len(seen))
	}
}

const (
	// epoch is the beginning of the servers' time in seconds since 1970.
	epoch = 1262304000
	// maxSkew is the difference of clocks that is a warning. Times are in whole seconds.
	maxSkew = 5 * time.Second
)

// checkClocks compares the clocks of the nodes with that of this machine.
func (p *patient) checkClocks(_ context.Context, r *Report) {
	worst := time.Duration(0)
	for _, node := range p.nodes() {
		for _, ns := range p.sample.Namespaces {
			f := fields(p.answers[node]["namespace/"+ns.Name])
			if f["clock_skew_stop_writes"] == "true" {
				r.add("clock", Problem, node, "synchronize the clocks of the servers, for example with chrony", "namespace %s refuses writes because the clocks of the nodes differ", ns.Name)
			}
			if f["current_time"] == "" {
				continue
			}
			skew := time.Unix(number(f["current_time"])+epoch, 0).Sub(p.sample.Time).Round(time.Second)
			if skew.Abs() > worst.Abs() {
				worst = skew
			}
		}
	}
	if worst.Abs() > maxSkew {
		r.add("clock", Warning, "", "synchronize the clocks, for example with chrony; times to live that programs compute are wrong by this difference", "a node's clock differs from this machine's by %v", worst)
		return
	}
	r.add("clock", OK, "", "", "the clocks of the nodes and of this machine agree within %v", maxSkew)
}

// checkPartitions checks that each copy of a partition has exactly one owner.
func (p *patient) checkPartitions(_ context.Context, r *Report) {
	claims := make(map[string]string)
	for node, values := range p.answers {
		claims[node] = values[partitions.Command]
	}
	spaces, err := partitions.Parse(claims)
	if err != nil {
		r.add("partitions", Problem, "", "look at the versions of the servers", "the partition maps can't be read: %v", err)
		return
	}
	for _, s := range spaces {
		wrong := s.Contradictions()
		if len(wrong) == 0 {
			r.add("partitions", OK, s.Name, "", "the nodes agree about all partitions")
			continue
		}
		masters := 0
		for _, c := range wrong {
			if c.Place == 0 {
				masters++
			}
		}
		example := wrong[0]
		r.add("partitions", Problem, s.Name, "wait until migrations have ended and run the check again; if it stays, a node is unreachable or the cluster is split",
			"the nodes contradict each other about %d copies of partitions, %d of them masters; for example partition %d is claimed by %s", len(wrong), masters, example.Partition,
			firstOf(strings.Join(example.Nodes, " and "), "no node"))
	}
}

// checkNamespaces checks what makes namespaces refuse requests.
func (p *patient) checkNamespaces(_ context.Context, r *Report) {
	if p.cfg.Namespace != "" && !slices.ContainsFunc(p.sample.Namespaces, func(n namespace) bool { return n.Name == p.cfg.Namespace }) {
		r.add("namespace", Problem, p.cfg.Namespace, "correct the namespace in the data source name, or add it to the configuration of the servers", "the cluster has no such namespace")
	}
	for _, n := range p.sample.Namespaces {
		if n.StopWrites {
			r.add("namespace", Problem, n.Name, "delete records, add nodes or storage, or look for clocks that differ", "the namespace refuses writes")
		}
		if n.Unavailable+n.Dead > 0 {
			r.add("namespace", Problem, n.Name, "bring the missing nodes back; revive dead partitions only if their loss is accepted", "%d partitions are unavailable and %d dead", n.Unavailable, n.Dead)
		}
		if n.Copies == 1 && len(p.sample.Nodes) > 1 {
			r.add("namespace", Warning, n.Name, "set replication-factor to 2", "each record has one copy: if a node fails, its records are lost")
		}
		ttl := int64(0)
		for _, values := range p.answers {
			ttl = max(ttl, number(fields(values["namespace/"+n.Name])["default-ttl"]))
		}
		if n.NsupSeconds == 0 && ttl > 0 {
			r.add("namespace", Warning, n.Name, "set nsup-period", "records expire by default, but nothing removes expired records (nsup-period is 0)")
		}
	}
}

const (
	defaultIdle = 55 * time.Second
	// shortIdle is the idle limit of a server below which connections are opened again and again.
	shortIdle = 5 * time.Second
	// fullPercent is the share of the possible connections of a node that is a warning.
	fullPercent = 80
)

// checkLimits compares the limits of the servers with those of the client.
func (p *patient) checkLimits(_ context.Context, r *Report) {
	idle := p.cfg.IdleTimeout
	if idle == 0 {
		idle = defaultIdle
	}
	for _, node := range p.nodes() {
		f := fields(p.answers[node]["get-config:context=service"])
		server := time.Duration(number(f["proto-fd-idle-ms"])) * time.Millisecond
		switch {
		case server > 0 && server < shortIdle:
			r.add("idle", Warning, node, "set proto-fd-idle-ms to 60000 or more, or to 0", "the node closes idle connections after %v, so that the client opens connections again and again", server)
		case server > 0 && (idle < 0 || idle > server):
			r.add("idle", Note, node, "set idle_timeout below proto-fd-idle-ms for other clients, which don't adapt",
				"the node closes idle connections after %v, before the client's limit; this client closes them after %v", server, server*9/10)
		default:
			r.add("idle", OK, node, "", "the node does not close idle connections before the client does")
		}
		most := number(f["proto-fd-max"])
		for _, n := range p.sample.Nodes {
			if n.Name == node && most > 0 && n.Connections*100 > most*fullPercent {
				r.add("limits", Warning, node, "raise proto-fd-max, or lower max_conns of the programs", "%d of %d possible connections are open", n.Connections, most)
			} else if n.Name == node && most > 0 && int64(p.cfg.MaxConns) > most {
				r.add("limits", Warning, node, fmt.Sprintf("set max_conns below %d", most), "the client may open %d connections, the node allows %d", p.cfg.MaxConns, most)
			}
		}
	}
}
