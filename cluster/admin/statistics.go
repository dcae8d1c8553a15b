package admin

import (
	"context"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
)

// Statistics are one node's statistics.
type Statistics struct {
	ClusterSize int
	// ClusterKey changes when a node joins or leaves. Nodes with the same key see the same members.
	ClusterKey string
	// Principal is the name of the cluster's principal node.
	Principal string
	Uptime    time.Duration
	// Objects is the number of record copies on the node. Tombstones is the number of durable
	// deletes.
	Objects, Tombstones int64
	Connections         int64 // of clients
	Queries             int64 // running long queries
	// Migrating is the number of partitions that remain to be migrated.
	Migrating int64
	// Fields has all values that the node reports.
	Fields InfoFields
}

// Statistics returns each node's statistics, keyed by node name.
func (c *Client) Statistics(ctx context.Context, p *cluster.InfoPolicy) (_ map[string]Statistics, err error) {
	defer c.about(&err, "Statistics", "", "")
	return ofEach(ctx, c, p, "statistics", func(answer string) (Statistics, error) {
		f := parseFields(answer)
		return Statistics{
			ClusterSize: int(f.Int("cluster_size")), ClusterKey: f["cluster_key"], Principal: f["cluster_principal"],
			Uptime:  time.Duration(f.Int("uptime")) * time.Second,
			Objects: f.Int("objects"), Tombstones: f.Int("tombstones"), Connections: f.Int("client_connections"),
			Queries: f.Int("long_queries_active"), Migrating: f.Int("migrate_partitions_remaining"), Fields: f,
		}, nil
	})
}

// Namespaces returns the names of the namespaces of one node.
func (c *Client) Namespaces(ctx context.Context, p *cluster.InfoPolicy) (_ []string, err error) {
	defer c.about(&err, "Namespaces", "", "")
	answer, err := c.value(ctx, p, "namespaces")
	if err != nil || answer == "" {
		return nil, err
	}
	return strings.Split(answer, ";"), nil
}

// NamespaceStatistics are one node's statistics of a namespace. Fields includes the namespace's
// configuration.
type NamespaceStatistics struct {
	// ReplicationFactor is the current number of copies of each record.
	ReplicationFactor int
	// Objects is the number of record copies on the node, as master or as replica.
	Objects, MasterObjects, ReplicaObjects int64
	Tombstones                             int64
	// Bytes of memory or storage that the data, the primary index and the secondary indexes use.
	DataBytes, IndexBytes, SecondaryIndexBytes int64
	// StopWrites is true if the namespace is too full for writes.
	StopWrites bool
	// Unavailable and Dead are the numbers of partitions that can't be used now (strong consistency
	// only).
	Unavailable, Dead int64
	// Migrating is the number of partitions that the node has yet to send or receive.
	Migrating int64
	// Fields has all values that the node reports.
	Fields InfoFields
}

// NamespaceStatistics returns each node's statistics of a namespace, keyed by node name.
func (c *Client) NamespaceStatistics(ctx context.Context, p *cluster.InfoPolicy, namespace string) (_ map[string]NamespaceStatistics, err error) {
	defer c.about(&err, "NamespaceStatistics", namespace, "")
	if err := c.native().CheckNamespace(namespace); err != nil {
		return nil, err
	}
	return ofEach(ctx, c, p, "namespace/"+namespace, func(answer string) (NamespaceStatistics, error) {
		f := parseFields(answer)
		if f["type"] == "unknown" {
			return NamespaceStatistics{}, errAbsent()
		}
		return NamespaceStatistics{
			ReplicationFactor: int(f.Int("effective_replication_factor")),
			Objects:           f.Int("objects"), MasterObjects: f.Int("master_objects"), ReplicaObjects: f.Int("prole_objects"),
			Tombstones: f.Int("tombstones"),
			DataBytes:  f.Int("data_used_bytes"), IndexBytes: f.Int("index_used_bytes"), SecondaryIndexBytes: f.Int("sindex_used_bytes"),
			StopWrites:  f.Bool("stop_writes"),
			Unavailable: f.Int("unavailable_partitions"), Dead: f.Int("dead_partitions"),
			Migrating: f.Int("migrate_tx_partitions_remaining") + f.Int("migrate_rx_partitions_remaining"),
			Fields:    f,
		}, nil
	})
}

// errAbsent returns the error for a node that lacks a namespace of the cluster.
func errAbsent() error {
	return &protocol.Error{Code: protocol.InvalidNamespace, Attempts: 1, Err: cluster.ErrNamespace}
}

// SetStatistics are one node's statistics of a set.
type SetStatistics struct {
	Namespace, Set string
	// Objects is the number of record copies on the node.
	Objects, Tombstones int64
	DataBytes           int64
	Indexes             int // secondary indexes of the set
	// Indexed is true if the set has an index of all its records, see CreateSetIndex.
	Indexed bool
	// Truncated is the time of the last Truncate, or the zero time if there was none.
	Truncated  time.Time
	DefaultTTL time.Duration // for records written with TTLDefault; 0 means the namespace's default
	// Fields has all values that the node reports.
	Fields InfoFields
}

// Sets returns each node's statistics of the sets in a namespace, keyed by node name; "" means all
// namespaces. A node lists the sets that have had a record on it since it started.
func (c *Client) Sets(ctx context.Context, p *cluster.InfoPolicy, namespace string) (_ map[string][]SetStatistics, err error) {
	defer c.about(&err, "Sets", namespace, "")
	command := "sets"
	if namespace != "" {
		if err := c.native().CheckNamespace(namespace); err != nil {
			return nil, err
		}
		command += "/" + namespace
	}
	return ofEach(ctx, c, p, command, func(answer string) ([]SetStatistics, error) { return parseSets(answer) })
}

func parseSets(answer string) ([]SetStatistics, error) {
	sets := make([]SetStatistics, 0, info.CountSets(answer))
	for f := range info.Sets(answer) {
		switch {
		case f["ns_type"] == "unknown":
			return nil, errAbsent()
		case f["ns"] != "" && f["set"] != "":
			sets = append(sets, setStatistics(f))
		}
	}
	return sets, nil
}

func setStatistics(f InfoFields) SetStatistics {
	s := SetStatistics{
		Namespace: f["ns"], Set: f["set"],
		Objects: f.Int("objects"), Tombstones: f.Int("tombstones"), DataBytes: f.Int("data_used_bytes"),
		Indexes: int(f.Int("sindexes")), Indexed: f.Bool("enable-index"),
		DefaultTTL: time.Duration(f.Int("default-ttl")) * time.Second, Fields: f,
	}
	if ms := f.Int("truncate_lut"); ms > 0 {
		s.Truncated = time.UnixMilli(protocol.Epoch2010*1000 + ms)
	}
	return s
}
