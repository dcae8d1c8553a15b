package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A BatchPolicy is how a batch is sent. The zero value is the default.
type BatchPolicy struct {
	// TotalTimeout bounds the batch with its retries; default 1 s, NoTimeout for none. A nearer
	// deadline of the context wins.
	TotalTimeout time.Duration
	// SocketTimeout bounds a wait for a node; default 30 s, lowered to TotalTimeout, NoTimeout for none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before rows are tried again; default none.
	SleepBetweenRetries time.Duration
	// MaxRetries is how often rows that failed are repeated; default 2 for rows that read and 0
	// for rows that write, NoRetries for none. A number of its own counts for both.
	MaxRetries int
	// Replica chooses the nodes.
	Replica ReplicaPolicy
	// Filter is a packed filter expression for the rows that have none of their own; nil for none.
	Filter []byte
	// ReadModeAP and ReadModeSC matter for rows that read.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// ReadTouchTTLPercent is that of ReadPolicy, for rows that read.
	ReadTouchTTLPercent int
	// SendKey stores the user key with records that BatchOperate writes.
	SendKey bool
	// NotInline keeps the server from doing rows of namespaces in memory on the receiving thread.
	NotInline bool
	// InlineSSD lets it do so with rows of namespaces on disk.
	InlineSSD bool
	// StopAtError lets each node stop at its first row that fails otherwise than by a missing or
	// filtered record; what it leaves undone fails with the same code.
	StopAtError bool
	// MaxConcurrentNodes bounds the nodes that are asked at the same time; default all.
	MaxConcurrentNodes int
}

func (p *BatchPolicy) limits() limits {
	return limits{p.TotalTimeout, p.SocketTimeout, p.SleepBetweenRetries, p.MaxRetries}
}

func (p *BatchPolicy) validate() error {
	if err := validateReadTouch("BatchPolicy", p.ReadTouchTTLPercent); err != nil {
		return err
	}
	switch {
	case p.MaxConcurrentNodes < 0:
		return configError("BatchPolicy.MaxConcurrentNodes is negative: %d", p.MaxConcurrentNodes)
	case p.Replica > ReplicaRandom || p.ReadModeAP > ReadAll || p.ReadModeSC > ReadAllowUnavailable:
		return configError("BatchPolicy has an unknown Replica, ReadModeAP or ReadModeSC")
	}
	return p.limits().validate("BatchPolicy")
}

func (p *BatchPolicy) flags() (f protocol.BatchFlags) {
	if !p.NotInline {
		f |= protocol.BatchInline
	}
	if p.InlineSSD {
		f |= protocol.BatchInlineSSD
	}
	if !p.StopAtError {
		f |= protocol.BatchRespondAll
	}
	return f
}
