package plan

import "time"

// Counters are what an operator did in one run, for EXPLAIN ANALYZE.
type Counters struct {
	// Rows is the number of rows that the operator returned, Opened the number of times it ran.
	Rows, Opened int64
	// Records and Bytes are what a Scan received, before the conditions were checked here. Commands
	// and Retries are what it sent. They are 0 for other operators.
	Records, Bytes, Commands, Retries int64
	// Memory is the largest amount of memory that the operator kept, in bytes.
	Memory int64
	// Time is the time spent in the operator and the ones below it.
	Time time.Duration
	// Nodes are the counters by node of the cluster, for a Scan.
	Nodes map[string]NodeCounters
}

// NodeCounters are what one node of the cluster did for a Scan.
type NodeCounters struct {
	Records, Bytes, Commands, Retries int64
	Time                              time.Duration
}

// An Analysis is what is known of a plan besides the plan itself. All fields are optional.
type Analysis struct {
	// Accesses are the lowered scans.
	Accesses map[*Scan]*Access
	// Counters are those of a run.
	Counters map[Node]*Counters
}

// ExplainText returns a plan as lines of text.
func ExplainText(b *Block, a *Analysis) []string { return nil }

// ExplainJSON returns a plan as a JSON document.
func ExplainJSON(b *Block, a *Analysis) []byte { return nil }
