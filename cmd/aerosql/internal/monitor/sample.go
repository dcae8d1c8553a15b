// Package monitor samples what the nodes of a cluster report about themselves: records, memory,
// counters of commands and latencies. The difference of two samples gives rates.
package monitor

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
)

// A Sample is what all nodes reported at one time.
type Sample struct {
	Time time.Time `json:"time"`
	// Cluster is the name of the cluster, "" if it has none.
	Cluster    string      `json:"cluster,omitempty"`
	Nodes      []Node      `json:"nodes"`
	Namespaces []Namespace `json:"namespaces"`
	Sets       []Set       `json:"sets"`
	Latencies  []Latency   `json:"latencies"`
}

// A Node is what one node reported.
type Node struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Build   string `json:"build"`
	// Edition is "Community" or "Enterprise", "" if the node did not say.
	Edition string `json:"edition,omitempty"`
	// Error is why the node did not answer, "" if it did. The other values are 0 then.
	Error string `json:"error,omitempty"`
	// RoundTrip is the time that the node took to answer.
	RoundTrip   time.Duration `json:"round_trip_ns"`
	Uptime      time.Duration `json:"uptime_ns"`
	Objects     int64         `json:"objects"`
	Connections int64         `json:"connections"`
	// Migrating is the number of partitions that the node has yet to send or receive.
	Migrating   int64  `json:"migrating"`
	ClusterSize int    `json:"cluster_size"`
	ClusterKey  string `json:"cluster_key"`
	Principal   bool   `json:"principal"`
	// Counts are those of all namespaces.
	Counts Counts `json:"counts"`
}

// A Namespace is what all nodes reported about a namespace.
type Namespace struct {
	Name   string `json:"name"`
	Copies int    `json:"copies"`
	// Objects is the number of records; copies on other nodes do not count.
	Objects    int64 `json:"objects"`
	Tombstones int64 `json:"tombstones"`
	// Bytes are those of the data and the indexes on all nodes, replicas included.
	Bytes int64 `json:"bytes"`
	// UsedPercent is that of the fullest node.
	UsedPercent int64 `json:"used_percent"`
	// StopWrites is true if a node is too full for writes.
	StopWrites  bool  `json:"stop_writes"`
	Strong      bool  `json:"strong_consistency"`
	Unavailable int64 `json:"unavailable_partitions"`
	Dead        int64 `json:"dead_partitions"`
	// NsupSeconds is the period in which expired records are removed; 0 means never.
	NsupSeconds int64  `json:"nsup_seconds"`
	Counts      Counts `json:"counts"`
}

// A Set is what all nodes reported about a set.
type Set struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Objects and Bytes are estimates without the replicas: the sum over the nodes, divided by the
	// number of copies.
	Objects int64 `json:"objects"`
	Bytes   int64 `json:"bytes"`
	Indexes int   `json:"indexes"`
}

// A Sampler takes samples of one cluster.
type Sampler struct{ client *cluster.Client }

// New returns a sampler that uses a client.
func New(client *cluster.Client) *Sampler { return &Sampler{client} }

// commands are the info commands of a sample, besides one for each namespace.
var commands = []string{"statistics", "namespaces", "sets", "latencies:", "edition", "cluster-name"}

// Sample asks all nodes. A node that does not answer is in the sample with its error. Sample fails
// only if the context ends.
func (s *Sampler) Sample(ctx context.Context) (*Sample, error) {
	nodes := s.client.Nodes()
	slices.SortFunc(nodes, func(a, b *cluster.Node) int { return strings.Compare(a.Name(), b.Name()) })
	answers := make([]answer, len(nodes))
	var wait sync.WaitGroup
	for i, n := range nodes {
		wait.Go(func() { answers[i] = s.ask(ctx, n) })
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sample := &Sample{Time: time.Now(), Nodes: []Node{}, Namespaces: []Namespace{}, Sets: []Set{}, Latencies: []Latency{}}
	for _, a := range answers {
		sample.add(a)
	}
	sample.finish()
	return sample, nil
}

// An answer is what a node answered to all commands.
type answer struct {
	node       Node
	values     map[string]string
	namespaces []string
}

// ask sends the commands to a node.
func (s *Sampler) ask(ctx context.Context, n *cluster.Node) answer {
	a := answer{node: Node{Name: n.Name(), Address: n.Address(), Build: n.Build()}}
	start := time.Now()
	values, err := s.client.InfoNode(ctx, nil, n.Name(), commands...)
	if err != nil {
		a.node.Error = err.Error()
		return a
	}
	a.node.RoundTrip = time.Since(start)
	a.values = values
	a.namespaces = slices.DeleteFunc(strings.Split(values["namespaces"], ";"), func(name string) bool { return name == "" })
	var more []string
	for _, name := range a.namespaces {
		more = append(more, "namespace/"+name)
	}
	if len(more) == 0 {
		return a
	}
	details, err := s.client.InfoNode(ctx, nil, n.Name(), more...)
	if err != nil {
		a.node.Error = err.Error()
		return a
	}
	for command, value := range details {
		a.values[command] = value
	}
	return a
}

// add adds the answers of a node.
func (s *Sample) add(a answer) {
	if a.node.Error == "" {
		f := fieldsOf(a.values["statistics"], ";")
		a.node.Edition = edition(a.values["edition"])
		a.node.Uptime = time.Duration(f.Int("uptime")) * time.Second
		a.node.Objects, a.node.Connections = f.Int("objects"), f.Int("client_connections")
		a.node.Migrating = f.Int("migrate_partitions_remaining")
		a.node.ClusterSize, a.node.ClusterKey = int(f.Int("cluster_size")), f["cluster_key"]
		a.node.Principal = strings.EqualFold(f["cluster_principal"], a.node.Name)
		if name := a.values["cluster-name"]; name != "null" {
			s.Cluster = cmp.Or(s.Cluster, name)
		}
		for _, name := range a.namespaces {
			a.node.Counts.add(s.addNamespace(name, fieldsOf(a.values["namespace/"+name], ";")))
		}
		s.addSets(a.values["sets"])
		s.Latencies = append(s.Latencies, parseLatencies(a.node.Name, a.values["latencies:"])...)
	}
	s.Nodes = append(s.Nodes, a.node)
}

// edition shortens "Aerospike Community Edition".
func edition(text string) string {
	for _, name := range []string{"Community", "Enterprise", "Federal"} {
		if strings.Contains(text, name) {
			return name
		}
	}
	return text
}

// addNamespace adds what a node reported about a namespace, and returns the counts of the node.
func (s *Sample) addNamespace(name string, f admin.InfoFields) Counts {
	i := slices.IndexFunc(s.Namespaces, func(n Namespace) bool { return n.Name == name })
	if i < 0 {
		i, s.Namespaces = len(s.Namespaces), append(s.Namespaces, Namespace{Name: name})
	}
	n, c := &s.Namespaces[i], countsOf(f)
	n.Copies = max(n.Copies, int(f.Int("effective_replication_factor")))
	n.Objects += f.Int("master_objects")
	n.Tombstones += f.Int("master_tombstones")
	n.Bytes += f.Int("data_used_bytes") + f.Int("memory_used_data_bytes") + f.Int("index_used_bytes") + f.Int("sindex_used_bytes")
	n.UsedPercent = max(n.UsedPercent, f.Int("data_used_pct"), f.Int("memory_used_pct"))
	n.StopWrites = n.StopWrites || f.Bool("stop_writes")
	n.Strong = n.Strong || f.Bool("strong-consistency")
	n.Unavailable += f.Int("unavailable_partitions")
	n.Dead += f.Int("dead_partitions")
	n.NsupSeconds = max(n.NsupSeconds, f.Int("nsup-period"))
	n.Counts.add(c)
	return c
}

// addSets adds a node's list of sets.
func (s *Sample) addSets(list string) {
	for line := range strings.SplitSeq(list, ";") {
		f := fieldsOf(line, ":")
		if f["set"] == "" {
			continue
		}
		i := slices.IndexFunc(s.Sets, func(set Set) bool { return set.Namespace == f["ns"] && set.Name == f["set"] })
		if i < 0 {
			i, s.Sets = len(s.Sets), append(s.Sets, Set{Namespace: f["ns"], Name: f["set"]})
		}
		set := &s.Sets[i]
		set.Objects += f.Int("objects")
		set.Bytes += f.Int("data_used_bytes") + f.Int("memory_data_bytes") + f.Int("device_data_bytes")
		set.Indexes = max(set.Indexes, int(f.Int("sindexes")))
	}
}

// finish computes what depends on all nodes, and sorts.
func (s *Sample) finish() {
	copies := make(map[string]int64)
	for _, n := range s.Namespaces {
		copies[n.Name] = int64(max(n.Copies, 1))
	}
	for i := range s.Sets {
		s.Sets[i].Objects /= max(copies[s.Sets[i].Namespace], 1)
		s.Sets[i].Bytes /= max(copies[s.Sets[i].Namespace], 1)
	}
	slices.SortFunc(s.Namespaces, func(a, b Namespace) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Sets, func(a, b Set) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
}

// fieldsOf splits name=value pairs.
func fieldsOf(text, separator string) admin.InfoFields {
	f := make(admin.InfoFields)
	for part := range strings.SplitSeq(text, separator) {
		if name, value, ok := strings.Cut(part, "="); ok {
			f[name] = value
		}
	}
	return f
}
