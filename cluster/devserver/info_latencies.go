package devserver

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A latencyMeter computes how many commands of each kind a node executed per second. A real server
// computes the rates every ten seconds. Here the command latencies does, if the last time was that
// long ago. Durations are not measured: every command counts as faster than a millisecond.
type latencyMeter struct {
	mu     sync.Mutex
	at     time.Time        // when the rates were computed
	counts map[string]int64 // at that time, by histogram
	rates  map[string]float64
}

// latencySlice is the least time between two computations of the rates.
const latencySlice = 10 * time.Second

// read returns the current rates for the current counts.
func (m *latencyMeter) read(now time.Time, counts map[string]int64) map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if passed := now.Sub(m.at); passed >= latencySlice {
		rates := make(map[string]float64)
		for name, n := range counts {
			rates[name] = float64(n-m.counts[name]) / passed.Seconds()
		}
		m.at, m.counts, m.rates = now, counts, rates
	}
	return m.rates
}

// latencyThresholds is the number of thresholds, 1 ms to 65,536 ms.
const latencyThresholds = 17

// latencies lists the histograms, or the one that the parameter hist names. A histogram without
// commands is empty.
func (r *infoRequest) latencies() string {
	names, counts := r.latencyCounts()
	rates := r.node.latency.read(r.server.Now(), counts)
	if _, ok := r.param("hist"); ok {
		hist, failure := r.required("hist")
		if failure != "" {
			return failure
		}
		if _, known := counts[hist]; !known {
			return infoError(protocol.ParameterError, "bad hist name")
		}
		names = []string{hist}
	}
	var list []string
	for _, name := range names {
		line := name + ":"
		if counts[name] > 0 {
			line += fmt.Sprintf("msec,%.1f", rates[name]) + strings.Repeat(",0.00", latencyThresholds)
		}
		list = append(list, line)
	}
	return strings.Join(list, ";")
}

// latencyCounts returns the names of the histograms that are listed by default, and the number of
// commands in each histogram.
func (r *infoRequest) latencyCounts() (names []string, counts map[string]int64) {
	n := r.node
	names = []string{"batch-index"}
	counts = map[string]int64{"batch-index": n.counters.batchesBegun.Load(), "info": 0}
	if on, ok := r.server.settings.get("enable-hist-info"); ok && on == "true" {
		counts["info"] = n.counters.info.Load()
	}
	for _, ns := range r.server.namespaces.Load().list {
		c := &ns.counters[n.number]
		for _, h := range []struct {
			name  string
			count int64
		}{
			{"read", c.client.read.total()},
			{"write", c.client.write.total() + c.client.delete.total()},
			{"udf", c.client.udf.total()},
			{"batch-sub-read", c.batch.read.total()},
			{"batch-sub-write", c.batch.write.total() + c.batch.delete.total()},
			{"batch-sub-udf", c.batch.udf.total()},
			{"pi-query", c.queries.total(0)},
			{"si-query", c.queries.total(1)},
		} {
			name := "{" + ns.name + "}-" + h.name
			names, counts[name] = append(names, name), h.count
		}
		counts["{"+ns.name+"}-proxy"], counts["{"+ns.name+"}-re-repl"] = c.proxied.Load(), 0
	}
	return names, counts
}

// total returns the number of commands.
func (o *outcome) total() int64 {
	return o.success.Load() + o.failure.Load() + o.notFound.Load() + o.filteredOut.Load()
}

// total returns the number of queries of one row.
func (s *queryStatistics) total(row int) (n int64) {
	for column := range s[row] {
		for end := range s[row][column] {
			n += s[row][column][end].Load()
		}
	}
	return n
}
