package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol/wire"
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
	// SleepMultiplier makes each pause longer than the one before by that factor, at least 1; default 1.
	SleepMultiplier float64
	// MaxRetries is how often rows that failed are repeated; default 2 for rows that read and 0
	// for rows that write, NoRetries for none. A number of its own counts for both.
	MaxRetries int
	// Compress sends requests above CompressThreshold in compressed form, and lets the server compress
	// answers (Enterprise; a Community server refuses it with protocol.EnterpriseOnly).
	Compress bool
	// CompressThreshold is in bytes; default 128.
	CompressThreshold int
	// Replica chooses the nodes.
	Replica ReplicaPolicy
	// Filter is a packed filter expression for the rows that have none of their own; nil for none.
	Filter []byte
	// ReadModeAP and ReadModeSC matter for rows that read.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// ReadTouchTTLPercent is that of ReadPolicy, for rows that read.
	ReadTouchTTLPercent int
	// SendKey stores the user key, where it is known, with records that the batch writes.
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
	// Txn is the transaction to which the batch belongs; nil is the context's, if it has one.
	Txn *Txn
}

func (p *BatchPolicy) limits() limits {
	return limits{
		total: p.TotalTimeout, socket: p.SocketTimeout, sleep: p.SleepBetweenRetries, multiplier: p.SleepMultiplier,
		retries: p.MaxRetries, compress: compression(p.Compress, p.CompressThreshold),
	}
}

func (p *BatchPolicy) validate() error {
	if err := validateReadTouch("BatchPolicy", p.ReadTouchTTLPercent); err != nil {
		return err
	}
	switch {
	case p.MaxConcurrentNodes < 0:
		return configError("BatchPolicy.MaxConcurrentNodes is negative: %d", p.MaxConcurrentNodes)
	case p.Replica > ReplicaPreferRack || p.ReadModeAP > ReadAll || p.ReadModeSC > ReadAllowUnavailable:
		return configError("BatchPolicy has an unknown Replica, ReadModeAP or ReadModeSC")
	}
	return p.limits().validate("BatchPolicy")
}

// applyRead writes into the command of a row that reads what the policy adds to it.
func (p *BatchPolicy) applyRead(cmd *wire.Command) {
	cmd.Info1 |= p.ReadModeAP.info1()
	cmd.Info3 |= p.ReadModeSC.info3()
	cmd.RecordTTL = readTouchTTL(p.ReadTouchTTLPercent)
}

func (p *BatchPolicy) flags() (f wire.BatchFlags) {
	if !p.NotInline {
		f |= wire.BatchInline
	}
	if p.InlineSSD {
		f |= wire.BatchInlineSSD
	}
	if !p.StopAtError {
		f |= wire.BatchRespondAll
	}
	return f
}
