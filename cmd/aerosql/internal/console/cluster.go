package console

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/partitions"
)

const (
	// sampleAge is the age up to which a sample is shown again.
	sampleAge = 900 * time.Millisecond
	// maxSamples is the number of samples that are kept for the chart of rates, maxSampleGap the
	// age after which a kept sample is not compared with a new one.
	maxSamples   = 120
	maxSampleGap = 5 * time.Minute
)

// recent returns the samples so far, the last of which is new.
func (c *Console) recent(ctx context.Context) ([]*monitor.Sample, error) {
	c.mu.Lock()
	known := c.samples
	c.mu.Unlock()
	if n := len(known); n > 0 && time.Since(known[n-1].Time) < sampleAge {
		return known, nil
	}
	next, err := c.sampler.Sample(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.samples
	if n := len(all); n > 0 && next.Time.Sub(all[n-1].Time) > maxSampleGap {
		all = nil
	}
	all = append(all[:len(all):len(all)], next)
	if len(all) > maxSamples {
		all = all[len(all)-maxSamples:]
	}
	c.samples = all
	return all, nil
}

// A clusterData is what the page of the cluster shows.
type clusterData struct {
	*monitor.Sample
	// Rates are those of the cluster, NodeRates and SpaceRates those by name, since the sample
	// before.
	Rates      monitor.Rates
	NodeRates  map[string]monitor.Rates
	SpaceRates map[string]monitor.Rates
	Objects    int64
	Bytes      int64
	Chart      template.HTML
	Maps       []partitionMap
	Delays     []delay
	Warnings   []string
}

// A partitionMap is how the partitions of a namespace are distributed.
type partitionMap struct {
	Namespace string
	Shares    []share
	Alt       string
	// Contradictions is the number of places that no node or several nodes claim.
	Contradictions int
}

// A share is the part of a node.
type share struct {
	Node              string
	Color             int
	Masters, Replicas int
}

// A delay is a latency as the page shows it.
type delay struct {
	monitor.Latency
	P50, P99, P999 string
}

// clusterPage shows the cluster as a whole.
func (c *Console) clusterPage(r *http.Request) (*view, error) {
	samples, err := c.recent(r.Context())
	if err != nil {
		return nil, err
	}
	last := samples[len(samples)-1]
	d := &clusterData{Sample: last, NodeRates: map[string]monitor.Rates{}, SpaceRates: map[string]monitor.Rates{}, Chart: ratesChart(samples)}
	if n := len(samples); n > 1 {
		d.Rates, d.NodeRates, d.SpaceRates = last.Total(samples[n-2]), last.NodeRates(samples[n-2]), last.NamespaceRates(samples[n-2])
	}
	for _, n := range last.Namespaces {
		d.Objects += n.Objects
		d.Bytes += n.Bytes
	}
	for _, l := range last.Latencies {
		d.Delays = append(d.Delays, delay{l, bound(&l, 0.5), bound(&l, 0.99), bound(&l, 0.999)})
	}
	spaces, err := c.ownership(r.Context())
	if err != nil {
		d.Warnings = append(d.Warnings, err.Error())
	}
	for _, s := range spaces {
		d.Maps = append(d.Maps, mapOf(s, last.Nodes))
	}
	d.Warnings = append(d.Warnings, warnings(last)...)
	return &view{page: "cluster", Title: "Cluster", Data: d}, nil
}

// bound returns the bound of a share of the commands as a text.
func bound(l *monitor.Latency, share float64) string {
	if ms, ok := l.Bound(share); ok {
		return fmt.Sprintf("≤ %d ms", ms)
	}
	return fmt.Sprintf("> %d ms", 1<<(len(l.Over)-1))
}

// warnings returns what an operator should look at.
func warnings(s *monitor.Sample) (list []string) {
	keys := make(map[string]bool)
	for _, n := range s.Nodes {
		if n.Error != "" {
			list = append(list, fmt.Sprintf("Node %s does not answer: %s", n.Name, n.Error))
			continue
		}
		keys[n.ClusterKey] = true
	}
	if len(keys) > 1 {
		list = append(list, "The nodes do not agree about who belongs to the cluster. This lasts for a moment when a node joins or leaves.")
	}
	for _, n := range s.Namespaces {
		if n.StopWrites {
			list = append(list, fmt.Sprintf("Namespace %s refuses writes, because it is full or clocks differ.", n.Name))
		}
		if n.Unavailable+n.Dead > 0 {
			list = append(list, fmt.Sprintf("Namespace %s has %d unavailable and %d dead partitions.", n.Name, n.Unavailable, n.Dead))
		}
	}
	return list
}

// ownership asks the nodes for their partitions.
func (c *Console) ownership(ctx context.Context) ([]*partitions.Namespace, error) {
	answers, err := c.client.InfoAll(ctx, nil, partitions.Command)
	if err != nil {
		return nil, err
	}
	claims := make(map[string]string)
	for node, a := range answers {
		if a.Err == nil {
			claims[node] = a.Values[partitions.Command]
		}
	}
	return partitions.Parse(claims)
}

// mapOf returns the shares of the nodes.
func mapOf(n *partitions.Namespace, nodes []monitor.Node) partitionMap {
	m := partitionMap{Namespace: n.Name, Contradictions: len(n.Contradictions())}
	masters, replicas := n.Counts()
	var texts []string
	for i, node := range nodes {
		s := share{Node: node.Name, Color: i % len(nodeColors), Masters: masters[node.Name], Replicas: replicas[node.Name]}
		m.Shares = append(m.Shares, s)
		texts = append(texts, fmt.Sprintf("%s %d", s.Node, s.Masters))
	}
	m.Alt = "Masters of the partitions of " + n.Name + ": " + strings.Join(texts, ", ")
	return m
}
