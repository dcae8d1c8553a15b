package cluster

import "time"

// A QueryPolicy is how a scan or query runs. The zero value is the default.
type QueryPolicy struct {
	// TotalTimeout bounds the whole query; default none. A deadline of the context works as well.
	TotalTimeout time.Duration
	// SocketTimeout bounds a wait for the next bytes of a node, and how long a node waits for a
	// reader that has stopped reading; default 30 s, NoTimeout for none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before partitions are asked for again; default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier makes each pause longer than the one before by that factor, at least 1; default 1.
	SleepMultiplier float64
	// MaxRetries is how many rounds in a row may fail without a record or the end of a partition; default 5, NoRetries
	// for none.
	MaxRetries int
	// Compress sends requests above CompressThreshold in compressed form, and lets the server compress
	// answers (Enterprise; a Community server refuses it with protocol.EnterpriseOnly).
	Compress bool
	// CompressThreshold is in bytes; default 128.
	CompressThreshold int
	// Replica chooses the nodes.
	Replica ReplicaPolicy
	// MaxRecords ends the query after that many records, of any partitions; 0 for all.
	MaxRecords int64
	// RecordsPerSecond bounds the speed of each node; 0 for no bound.
	RecordsPerSecond int
	// Filter is a packed filter expression; nil for none.
	Filter []byte
	// MaxConcurrentNodes bounds the nodes that are asked at the same time; default all.
	MaxConcurrentNodes int
	// ExpectedDuration tells the server how to run the query.
	ExpectedDuration QueryDuration
}

// A QueryDuration tells how long a query is expected to run.
type QueryDuration uint8

// The durations.
const (
	// LongQuery reads many records of each node. The server lists it among its jobs, where it can be ended.
	LongQuery QueryDuration = iota
	// ShortQuery reads less than about a hundred records of each node: the server runs it at once, without a job, and
	// ends it after a second if TotalTimeout does not say otherwise. It excludes RecordsPerSecond.
	ShortQuery
	// LongQueryRelaxAP is a LongQuery that in an available (AP) namespace reads partitions while
	// they migrate, and may miss records then (server 7.1).
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
		return configError("QueryPolicy.RecordsPerSecond is set, which a ShortQuery can't obey; use LongQuery")
	}
	return p.limits().validate("QueryPolicy")
}

// An InfoPolicy is how an info command is sent. The zero value is the default.
type InfoPolicy struct {
	// Timeout bounds the command; default 1 s, NoTimeout for none.
	Timeout time.Duration
}

func (p *InfoPolicy) validate() error {
	return checkTimeout("InfoPolicy", p.Timeout)
}
