package devserver

import (
	"sync/atomic"

	"github.com/aerosql/aerosql/protocol"
)

// counters are one node's counters for one namespace.
type counters struct {
	client, batch, fromProxy commandCounters
	background               commandCounters // of background queries
	proxied                  atomic.Int64    // commands proxied to the master
	queries                  queryStatistics
	transactions             transactionCounters
}

// transactionCounters count the steps of transactions, and the commands that were refused because
// of locks or versions.
type transactionCounters struct {
	verified, rolledForward, rolledBack     outcome
	monitorRolledForward, monitorRolledBack outcome // rolls of abandoned transactions by the server
	blocked, mismatched                     atomic.Int64
}

func (t *transactionCounters) rolls(forward bool) *outcome {
	if forward {
		return &t.rolledForward
	}
	return &t.rolledBack
}

func (t *transactionCounters) monitorRolls(forward bool) *outcome {
	if forward {
		return &t.monitorRolledForward
	}
	return &t.monitorRolledBack
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

// nodeCounters are one node's counters for all namespaces.
type nodeCounters struct {
	info                        atomic.Int64
	reaped                      atomic.Int64 // idle connections closed
	batchesBegun, batchesFailed atomic.Int64
}

// report adds the counters to live under their info names.
func (t *transactionCounters) report(live map[string]string) {
	for prefix, o := range map[string]*outcome{
		"mrt_verify_read": &t.verified, "mrt_roll_forward": &t.rolledForward, "mrt_roll_back": &t.rolledBack,
		"mrt_monitor_roll_forward": &t.monitorRolledForward, "mrt_monitor_roll_back": &t.monitorRolledBack,
	} {
		live[prefix+"_success"], live[prefix+"_error"] = count(o.success.Load()), count(o.failure.Load())
	}
	live["fail_mrt_blocked"], live["fail_mrt_version_mismatch"] = count(t.blocked.Load()), count(t.mismatched.Load())
}
