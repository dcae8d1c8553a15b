package cluster

import "time"

// A QueryPolicy configures a scan or query. The zero value is the default.
type QueryPolicy struct {
	// TotalTimeout limits the whole query. Default none. A deadline of the context applies too.
	TotalTimeout time.Duration
	// SocketTimeout limits each wait for the next bytes from a node, and how long a node waits for
	// a reader that has stopped reading. Default 30 s; NoTimeout for none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before partitions are requested again. Default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier is the factor by which the pause grows from retry to retry, at least 1.
	// Default 1.
	SleepMultiplier float64
	// MaxRetries limits the number of consecutive retries that return no record and complete no
	// partition. Default 5; NoRetries for none.
	MaxRetries int
	// Compress compresses requests larger than CompressThreshold and accepts compressed responses.
	// Needs Enterprise; other servers return protocol.EnterpriseOnly.
	Compress bool
	// CompressThreshold is in bytes. Default 128.
	CompressThreshold int
	// Replica chooses the nodes.
	Replica ReplicaPolicy
	// MaxRecords ends the query after this many records, from any partitions. 0 for all.
	MaxRecords int64
	// RecordsPerSecond limits the rate on each node. 0 for no limit.
	RecordsPerSecond int
	// Filter is a packed filter expression, nil for none.
	Filter []byte
	// MaxConcurrentNodes limits the number of nodes used at the same time. Default all.
	MaxConcurrentNodes int
	// ExpectedDuration is a hint to the server about how to run the query. Default LongQuery.
	ExpectedDuration QueryDuration
}

// A QueryDuration is the expected length of a query: LongQuery, ShortQuery, LongQueryRelaxAP.
type QueryDuration uint8

// The durations.
const (
	// LongQuery reads many records from each node. The server lists it as a job, which can be
	// aborted.
	LongQuery QueryDuration = iota
	// ShortQuery reads fewer than about a hundred records from each node. The server runs it at
	// once, without a job, and ends it after one second unless TotalTimeout is set. It can't be
	// combined with RecordsPerSecond.
	ShortQuery
	// LongQueryRelaxAP is a LongQuery that in an available (AP) namespace also reads partitions
	// that are migrating, and may miss records in them. Needs server 7.1.
	LongQueryRelaxAP
)

func (p *QueryPolicy) limits() limits {
	return limits{
		total: p.TotalTimeout, socket: p.SocketTimeout, sleep: p.SleepBetweenRetries, multiplier: p.SleepMultiplier,
		retries: p.MaxRetries, compress: compression(p.Compress, p.CompressThreshold),
	}
}

func (p *QueryPolicy) validate() error {
	switch {
	case p.MaxRecords < 0 || p.RecordsPerSecond < 0 || p.MaxConcurrentNodes < 0:
		return configError("QueryPolicy has a negative MaxRecords, RecordsPerSecond or MaxConcurrentNodes")
	case p.Replica > ReplicaPreferRack || p.ExpectedDuration > LongQueryRelaxAP:
		return configError("QueryPolicy has an unknown Replica (%d) or ExpectedDuration (%d)", p.Replica, p.ExpectedDuration)
	case p.ExpectedDuration == ShortQuery && p.RecordsPerSecond > 0:
		return configError("QueryPolicy.RecordsPerSecond is set, which ShortQuery does not support; use LongQuery")
	}
	return p.limits().validate("QueryPolicy")
}

// An InfoPolicy configures an info command. The zero value is the default.
type InfoPolicy struct {
	// Timeout bounds the command; default 1 s, NoTimeout for none.
	Timeout time.Duration
}

func (p *InfoPolicy) validate() error {
	return checkTimeout("InfoPolicy", p.Timeout)
}
