package devserver

import (
	"sync/atomic"

	"github.com/aerosql/aerosql/protocol"
)

// counters are what one node counts for one namespace, and tells in its statistics.
type counters struct {
	client, batch, fromProxy commandCounters
	background               commandCounters // of queries that write
	proxied                  atomic.Int64    // commands passed on to the master's node
	queries                  queryStatistics
}

// commandCounters count commands on single records by kind and outcome.
type commandCounters struct {
	read, write, delete, udf outcome
}

// An outcome counts how commands ended.
type outcome struct {
	success, failure, notFound, filteredOut atomic.Int64
}

// count counts a result code and returns it.
func (o *outcome) count(code protocol.ResultCode) protocol.ResultCode {
	switch code {
	case protocol.OK:
		o.success.Add(1)
	case protocol.KeyNotFound:
		o.notFound.Add(1)
	case protocol.FilteredOut:
		o.filteredOut.Add(1)
	default:
		o.failure.Add(1)
	}
	return code
}

// nodeCounters are what a node counts for all namespaces together.
type nodeCounters struct {
	info                        atomic.Int64
	batchesBegun, batchesFailed atomic.Int64
}
