package monitor

import (
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/admin"
)

// Counts are how many commands have ended since a node started. A row of a batch counts as a
// command.
type Counts struct {
	Reads   int64 `json:"reads"`
	Writes  int64 `json:"writes"` // deletes included
	UDFs    int64 `json:"udfs"`
	Queries int64 `json:"queries"` // scans included
	// Errors are those that failed, Timeouts those that the server gave up. Records that do not
	// exist or are filtered out are not errors.
	Errors   int64 `json:"errors"`
	Timeouts int64 `json:"timeouts"`
}

// all returns the numbers in the order of the fields.
func (c *Counts) all() []*int64 {
	return []*int64{&c.Reads, &c.Writes, &c.UDFs, &c.Queries, &c.Errors, &c.Timeouts}
}

func (c *Counts) add(other Counts) {
	for i, n := range other.all() {
		*c.all()[i] += *n
	}
}

// countsOf adds up the counters of a namespace.
func countsOf(f admin.InfoFields) (c Counts) {
	for name := range f {
		total := c.of(name)
		if total == nil {
			continue
		}
		n := f.Int(name)
		*total += n
		switch {
		case strings.HasSuffix(name, "_error"):
			c.Errors += n
		case strings.HasSuffix(name, "_timeout"):
			c.Timeouts += n
		}
	}
	return c
}

// ends are how the names of counters of commands that ended end.
var ends = []string{"_success", "_error", "_timeout", "_not_found", "_filtered_out", "_complete", "_abort"}

// of returns the number that a counter belongs to, nil if it counts something else.
func (c *Counts) of(counter string) *int64 {
	end := slices.IndexFunc(ends, func(end string) bool { return strings.HasSuffix(counter, end) })
	if end < 0 {
		return nil
	}
	switch strings.TrimSuffix(counter, ends[end]) {
	case "client_read", "batch_sub_read":
		return &c.Reads
	case "client_write", "client_delete", "batch_sub_write", "batch_sub_delete":
		return &c.Writes
	case "client_udf", "batch_sub_udf":
		return &c.UDFs
	}
	if strings.HasPrefix(counter, "pi_query_") || strings.HasPrefix(counter, "si_query_") {
		return &c.Queries
	}
	return nil
}

// Rates are Counts per second.
type Rates struct {
	Reads    float64 `json:"reads"`
	Writes   float64 `json:"writes"`
	UDFs     float64 `json:"udfs"`
	Queries  float64 `json:"queries"`
	Errors   float64 `json:"errors"`
	Timeouts float64 `json:"timeouts"`
}

// Per returns the rates from earlier counts to c. A counter that became smaller, because the node
// restarted, gives 0.
func (c Counts) Per(earlier Counts, passed time.Duration) (r Rates) {
	rates := []*float64{&r.Reads, &r.Writes, &r.UDFs, &r.Queries, &r.Errors, &r.Timeouts}
	before := earlier.all()
	for i, n := range c.all() {
		if passed > 0 && *n > *before[i] {
			*rates[i] = float64(*n-*before[i]) / passed.Seconds()
		}
	}
	return r
}

// NodeRates returns the rates of each node since an earlier sample, by name. Nodes that are not in
// both samples, or did not answer, are left out.
func (s *Sample) NodeRates(earlier *Sample) map[string]Rates {
	rates := make(map[string]Rates)
	for _, n := range s.Nodes {
		for _, before := range earlier.Nodes {
			if before.Name == n.Name && before.Error == "" && n.Error == "" {
				rates[n.Name] = n.Counts.Per(before.Counts, s.Time.Sub(earlier.Time))
			}
		}
	}
	return rates
}

// NamespaceRates returns the rates of each namespace since an earlier sample, by name.
func (s *Sample) NamespaceRates(earlier *Sample) map[string]Rates {
	rates := make(map[string]Rates)
	for _, n := range s.Namespaces {
		for _, before := range earlier.Namespaces {
			if before.Name == n.Name {
				rates[n.Name] = n.Counts.Per(before.Counts, s.Time.Sub(earlier.Time))
			}
		}
	}
	return rates
}

// Total returns the rates of the whole cluster since an earlier sample.
func (s *Sample) Total(earlier *Sample) (total Rates) {
	for _, r := range s.NodeRates(earlier) {
		total.Reads += r.Reads
		total.Writes += r.Writes
		total.UDFs += r.UDFs
		total.Queries += r.Queries
		total.Errors += r.Errors
		total.Timeouts += r.Timeouts
	}
	return total
}
