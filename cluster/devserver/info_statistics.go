package devserver

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
)

// statisticsCommands are the info commands for statistics (docs/wire-core.md#8.6).
var statisticsCommands = map[string]func(*infoRequest) string{
	"statistics": (*infoRequest).statistics,
	"namespaces": (*infoRequest).namespaces,
	"namespace":  (*infoRequest).namespaceStatistics,
	"sets":       (*infoRequest).setStatistics,
	"objects":    (*infoRequest).objects,
	"latencies":  (*infoRequest).latencies,
}

func (r *infoRequest) statistics() string {
	n, s := r.node, r.server
	begun, failed := n.counters.batchesBegun.Load(), n.counters.batchesFailed.Load()
	return overlay(statisticsDefaults, map[string]string{
		"cluster_size":       strconv.Itoa(len(s.members())),
		"cluster_key":        fmt.Sprintf("%X", s.cluster.Load().key),
		"cluster_principal":  r.principal(),
		"paxos_principal":    r.principal(),
		"cluster_is_member":  strconv.FormatBool(n.belongs()),
		"cluster_generation": count(n.rebalanceGeneration.Load()),

		"migrate_partitions_remaining": r.allMigrations(),

		"uptime":               strconv.FormatInt(int64(s.Now().Sub(n.started)/time.Second), 10),
		"objects":              r.objects(),
		"tombstones":           r.tombstones(),
		"client_connections":   strconv.Itoa(n.connections()),
		"reaped_fds":           count(n.counters.reaped.Load()),
		"info_complete":        count(n.counters.info.Load()),
		"batch_index_initiate": count(begun),
		"batch_index_complete": count(begun - failed),
		"batch_index_error":    count(failed),
	})
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

// principal returns the node with the greatest id, which leads the cluster.
func (r *infoRequest) principal() string {
	if !r.node.belongs() {
		return "0"
	}
	members := r.server.members()
	return members[len(members)-1].name
}

// allMigrations returns the number of the node's pending migrations in all namespaces.
func (r *infoRequest) allMigrations() string {
	total := 0
	for _, ns := range r.server.namespaces.Load().list {
		sends, receives := r.migrations(ns)
		total += sends + receives
	}
	return strconv.Itoa(total)
}

func (r *infoRequest) objects() string {
	var total int64
	for _, ns := range r.server.namespaces.Load().list {
		total += ns.usage[r.node.number].objects.Load()
	}
	return count(total)
}

func (r *infoRequest) tombstones() string {
	var total int64
	for _, ns := range r.server.namespaces.Load().list {
		total += ns.usage[r.node.number].tombstones.Load()
	}
	return count(total)
}

func (r *infoRequest) namespaces() string {
	var names []string
	for _, ns := range r.server.namespaces.Load().list {
		names = append(names, ns.name)
	}
	return strings.Join(names, ";")
}

func (r *infoRequest) namespaceStatistics() string {
	ns := r.server.namespace([]byte(r.args))
	if ns == nil {
		return "type=unknown"
	}
	ns.endTransactions()
	live := map[string]string{
		"ns_cluster_size":              strconv.Itoa(len(r.server.members())),
		"effective_replication_factor": strconv.Itoa(r.replicationFactor(ns)),
		"current_time":                 strconv.FormatUint(uint64(r.server.clock.seconds()), 10),
		"truncate_lut":                 strconv.FormatUint(ns.truncated.Load(), 10),
	}
	r.objectCounts(ns, live)
	r.migrationCounts(ns, live)
	ns.expiry[r.node.number].report(live)
	r.commandCounts(ns, live)
	return overlay(namespaceDefaults, live) + ";" + r.namespaceConfig(ns)
}

// indexEntryBytes is the size of a record's entry in a server's primary index.
const indexEntryBytes = 64

// objectCounts reports the number of records that the node holds as master and as replica.
func (r *infoRequest) objectCounts(ns *namespace, live map[string]string) {
	var masters, masterTombstones int64
	for pid := range ns.partitions {
		p := &ns.partitions[pid]
		p.mu.Lock()
		if x := p.copies[r.node.number]; x != nil && x == p.working() {
			masters, masterTombstones = masters+int64(x.count-x.tombstones), masterTombstones+int64(x.tombstones)
		}
		p.mu.Unlock()
	}
	all, tombstones := ns.usage[r.node.number].objects.Load(), ns.usage[r.node.number].tombstones.Load()
	live["objects"], live["master_objects"], live["prole_objects"] = count(all), count(masters), count(all-masters)
	live["tombstones"], live["master_tombstones"] = count(tombstones), count(masterTombstones)
	live["prole_tombstones"] = count(tombstones - masterTombstones)
	if monitors := ns.findSet([]byte(monitorSet)); monitors != nil && monitors.monitors {
		live["mrt_monitors"] = count(monitors.usage[r.node.number].objects.Load())
	}
	live["mrt_monitors_active"] = count(ns.monitors.active.Load())
	live["mrt_provisionals"] = count(ns.usage[r.node.number].locked.Load())
	live["index_used_bytes"] = count((all + tombstones) * indexEntryBytes)
	live["sindex_used_bytes"] = count(r.server.indexes.usedBytes(ns.name, r.node.number))
	live["data_used_bytes"] = count(ns.usage[r.node.number].bytes.Load())
}

// migrationCounts reports the number of the node's pending migrations, sending and receiving.
func (r *infoRequest) migrationCounts(ns *namespace, live map[string]string) {
	sends, receives := r.migrations(ns)
	live["migrate_tx_partitions_remaining"], live["migrate_rx_partitions_remaining"] = count(int64(sends)), count(int64(receives))
	unavailable, dead := r.unavailable(ns)
	live["unavailable_partitions"], live["dead_partitions"] = count(unavailable), count(dead)
}

func (r *infoRequest) migrations(ns *namespace) (sends, receives int) {
	for pid := range uint16(protocol.PartitionCount) {
		s, rec := ns.owners(pid).Flows(r.node.number)
		sends, receives = sends+s, receives+rec
	}
	return sends, receives
}

// unavailable returns the number of unavailable partitions and, separately, of dead ones, which
// have no complete copy left.
func (r *infoRequest) unavailable(ns *namespace) (unavailable, dead int64) {
	for pid := range uint16(protocol.PartitionCount) {
		switch o := ns.owners(pid); {
		case !r.node.belongs():
			unavailable++
		case o.Dead:
			dead++
		case o.Working == balance.NoNode:
			unavailable++
		}
	}
	return unavailable, dead
}

func (r *infoRequest) commandCounts(ns *namespace, live map[string]string) {
	c := &ns.counters[r.node.number]
	for prefix, group := range map[string]*commandCounters{"client_": &c.client, "batch_sub_": &c.batch, "from_proxy_": &c.fromProxy} {
		for kind, o := range map[string]*outcome{"read_": &group.read, "write_": &group.write, "delete_": &group.delete, "udf_": &group.udf} {
			live[prefix+kind+"success"] = count(o.success.Load())
			live[prefix+kind+"filtered_out"] = count(o.filteredOut.Load())
			live[prefix+kind+"not_found"] = count(o.notFound.Load())
			live[prefix+kind+"error"] = count(o.failure.Load())
			if kind == "write_" || kind == "udf_" {
				live[prefix+kind+"error"] = count(o.failure.Load() + o.notFound.Load())
			}
		}
	}
	live["client_proxy_complete"] = count(c.proxied.Load())
	c.transactions.report(live)
	c.queries.report(live)
	writes, calls := &c.background.write, &c.background.udf
	live["ops_sub_write_success"], live["ops_sub_write_filtered_out"] = count(writes.success.Load()), count(writes.filteredOut.Load())
	live["ops_sub_write_error"] = count(writes.failure.Load())
	live["udf_sub_udf_complete"], live["udf_sub_udf_filtered_out"] = count(calls.success.Load()), count(calls.filteredOut.Load())
	live["udf_sub_udf_error"] = count(calls.failure.Load())
}

// setStatistics returns the statistics of one set, of the sets of a namespace, or of all sets.
func (r *infoRequest) setStatistics() string {
	name, setName, one := strings.Cut(r.args, "/")
	list := r.server.namespaces.Load().list
	if name != "" {
		ns := r.server.namespace([]byte(name))
		if ns == nil {
			return "ns_type=unknown"
		}
		list = []*namespace{ns}
	}
	var b strings.Builder
	for _, ns := range list {
		for _, s := range ns.allSets() {
			if one && s.name == setName {
				return r.setLine(ns, s)
			}
			if !one {
				fmt.Fprintf(&b, "ns=%s:set=%s:%s", ns.name, s.name, r.setLine(ns, s))
			}
		}
	}
	return b.String()
}

func (r *infoRequest) setLine(ns *namespace, s *set) string {
	u := &s.usage[r.node.number]
	indexes, indexed := r.server.indexes.count(ns.name, s.name)
	o := s.config()
	return fmt.Sprintf("objects=%d:tombstones=%d:data_used_bytes=%d:truncate_lut=%d:sindexes=%d:index_populating=false:truncating=false:"+
		"default-read-touch-ttl-pct=%d:default-ttl=%d:disable-eviction=%t:enable-index=%t:stop-writes-count=%d:stop-writes-size=%d;",
		u.objects.Load(), u.tombstones.Load(), u.bytes.Load(), s.truncated.Load(), indexes,
		uint32(o.readTouch), o.defaultTTL, o.disableEviction, indexed || o.indexed, o.stopCount, o.stopSize)
}
