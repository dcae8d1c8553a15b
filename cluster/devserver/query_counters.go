package devserver

import "sync/atomic"

// A queryEnd is how a query ended.
type queryEnd uint8

const (
	completed queryEnd = iota
	failed
	aborted
	queryEnds
)

// queryCounters count the ends of queries of one kind.
type queryCounters [queryEnds]atomic.Int64

func (c *queryCounters) count(end queryEnd) { c[end].Add(1) }

// queryStatistics are one node's query counters for one namespace. The rows are for scans and for
// index queries. The last column is for short queries.
type queryStatistics [2][queryKinds + 1]queryCounters

func (n *node) queryCounters(q *query) *queryCounters {
	row, column := 0, q.kind
	if q.usesIndex {
		row = 1
	}
	if q.short {
		column = queryKinds
	}
	return &q.ns.counters[n.number].queries[row][column]
}

// report adds the counters to live under their info names.
func (s *queryStatistics) report(live map[string]string) {
	for row, prefix := range []string{"pi_query_", "si_query_"} {
		for column := range s[row] {
			kind, short := queryKind(column), queryKind(column) == queryKinds
			c := &s[row][column]
			name := prefix + kind.statistic(short)
			live[name+"_complete"] = count(c[completed].Load())
			live[name+"_error"] = count(c[failed].Load())
			if !short {
				live[name+"_abort"] = count(c[aborted].Load())
			}
		}
	}
}
