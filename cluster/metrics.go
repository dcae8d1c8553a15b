package cluster

import (
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

// Metrics are a client's counters. They only grow; DisableMetrics stops them and EnableMetrics
// continues. PoolMetrics and CoalesceMetrics are counted even if metrics are off.
type Metrics struct {
	// Enabled reports whether metrics are on.
	Enabled bool
	// Nodes has the nodes of the cluster by name, including nodes that have left since metrics were
	// first enabled.
	Nodes map[string]NodeMetrics
	// NoNode counts tries that found no node to send the command to.
	NoNode int64
}

// NodeMetrics are a client's counters for one node.
type NodeMetrics struct {
	// Address is "" if the node has left.
	Address string
	Pool    PoolMetrics
	// BytesOut and BytesIn count the bytes sent to and received from the node, for everything
	// except tending.
	BytesOut, BytesIn int64
	// Reads and Writes describe the commands that were sent together, see Config.Coalesce. They are
	// counted even if metrics are off.
	Reads, Writes CoalesceMetrics
	// Namespaces has the counters by namespace. Info commands are under "".
	Namespaces map[string]NamespaceMetrics
}

// PoolMetrics describe the connections to a node. Open, Idle, InUse, Opening and Waiting are
// current; Opened, Closed and Failed count since the client first connected to the node.
type PoolMetrics struct {
	Open, Idle, InUse int
	// Opening is the number of connections being opened, Waiting the number of callers waiting for
	// a connection, and Max the most connections that may be open.
	Opening, Waiting, Max int
	// Opened and Closed count connections. Failed counts connections that could not be opened.
	Opened, Closed, Failed int64
}

// NamespaceMetrics are a client's counters for the commands that it sent to one node for one
// namespace. A try is one attempt at one command on one node; batches and queries have at least one
// try for each node that they use.
type NamespaceMetrics struct {
	// Latency has the durations of tries, including failed ones, by command family. Families
	// without tries are left out.
	Latency map[CommandFamily]Histogram
	// Retries counts tries other than the first of their command.
	Retries int64
	// Timeouts counts tries that timed out on the client or on the server.
	Timeouts int64
	// Hedges counts reads that were sent to this node because another one took long, see
	// ReadPolicy.Hedge. HedgesWon counts those that this node answered first.
	Hedges, HedgesWon int64
	// InDoubt counts commands, and rows of batches, that failed but may have been applied.
	InDoubt int64
	// Errors counts the failures of tries, and of rows of batches, by kind. The key is the name of
	// the server's result code, such as "KEY_NOT_FOUND", or one of the Failure constants.
	Errors map[string]int64
}

// Failures of a try in the client, as they appear in NamespaceMetrics.Errors.
const (
	FailureTimeout   = "timeout"        // total timeout, socket timeout, or the context's deadline
	FailureCanceled  = "canceled"       // the context was canceled, or the client was closed
	FailurePool      = "pool exhausted" // all connections were in use until the time ran out
	FailureConnect   = "connect"        // no connection could be made
	FailureBackoff   = "backoff"        // the node is in backoff after too many errors
	FailureOverload  = "overload"       // too many commands were waiting for the node
	FailureLost      = "lost"           // the connection failed
	FailureMalformed = "malformed"      // the response could not be parsed
	FailureOther     = "other"          // anything else
)

// EnableMetrics turns metrics on. Counting a try allocates nothing and takes about 0.15 µs.
func (c *Client) EnableMetrics() { c.setMetrics(true) }

// DisableMetrics turns metrics off and keeps the counters. Metrics are off by default, unless
// Config.Metrics is set.
func (c *Client) DisableMetrics() { c.setMetrics(false) }

func (c *Client) setMetrics(on bool) {
	if m := c.env.meter; m != nil {
		m.on.Store(on)
	}
}

// Metrics returns a snapshot of the client's counters.
func (c *Client) Metrics() Metrics {
	m := c.env.meter
	if m == nil {
		return Metrics{} // the client was not made by Open
	}
	all := Metrics{Enabled: m.on.Load(), Nodes: make(map[string]NodeMetrics), NoNode: m.noNode.Load()}
	for _, n := range c.seen().nodes {
		all.Nodes[n.name] = NodeMetrics{
			Address: n.Address(), Pool: poolMetrics(n.pool.Stats()), Namespaces: make(map[string]NamespaceMetrics),
			Reads: n.reads.metrics(), Writes: n.writes.metrics(),
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, traffic := range m.traffic {
		if traffic.In.Load()+traffic.Out.Load() > 0 {
			node := all.Nodes[name]
			node.BytesIn, node.BytesOut = traffic.In.Load(), traffic.Out.Load()
			all.Nodes[name] = node
		}
	}
	for where, space := range *m.namespaces.Load() {
		node := all.Nodes[where.node]
		if node.Namespaces == nil {
			node.Namespaces = make(map[string]NamespaceMetrics)
		}
		node.Namespaces[where.namespace] = space.metrics()
		all.Nodes[where.node] = node
	}
	return all
}

func poolMetrics(s link.Stats) PoolMetrics {
	return PoolMetrics{
		Max: s.Max, Open: s.Open, Idle: s.Idle, InUse: s.Open - s.Idle, Opening: s.Opening, Waiting: s.Waiting,
		Opened: s.Opened, Closed: s.Closed, Failed: s.Failed,
	}
}

func (s *namespaceMeter) metrics() NamespaceMetrics {
	m := NamespaceMetrics{
		Latency: make(map[CommandFamily]Histogram), Errors: make(map[string]int64),
		Retries: s.retries.Load(), Timeouts: s.timeouts.Load(), InDoubt: s.inDoubt.Load(),
		Hedges: s.hedges.Load(), HedgesWon: s.hedgesWon.Load(),
	}
	for f := range s.latency {
		if h := s.latency[f].histogram(); h.Count > 0 {
			m.Latency[CommandFamily(f)] = h
		}
	}
	for code := range s.refusals {
		if n := s.refusals[code].Load(); n > 0 {
			m.Errors[protocol.ResultCode(code).String()] = n
		}
	}
	for kind := range s.failures {
		if n := s.failures[kind].Load(); n > 0 {
			m.Errors[failureNames[kind]] = n
		}
	}
	return m
}

// failureNames are the names of the kinds of failures.
var failureNames = [failureKinds]string{
	failureTimeout: FailureTimeout, failureCanceled: FailureCanceled, failurePool: FailurePool, failureConnect: FailureConnect, failureBackoff: FailureBackoff,
	failureOverload: FailureOverload, failureLost: FailureLost, failureMalformed: FailureMalformed, failureOther: FailureOther,
}
