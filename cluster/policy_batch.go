package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A BatchPolicy configures a batch. The zero value is the default.
type BatchPolicy struct {
	// TotalTimeout limits the batch including its retries. Default 1 s; NoTimeout for none. An
	// earlier deadline of the context takes precedence.
	TotalTimeout time.Duration
	// SocketTimeout limits each wait for a node. Default 30 s, at most TotalTimeout; NoTimeout for
	// none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before a retry. Default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier is the factor by which the pause grows from retry to retry, at least 1.
	// Default 1.
	SleepMultiplier float64
	// MaxRetries limits the retries of failed rows. Default 2 for rows that only read and 0 for
	// rows that write. Any other value applies to both; NoRetries for none.
	MaxRetries int
	// Compress compresses requests larger than CompressThreshold and accepts compressed responses.
	// Needs Enterprise; other servers return protocol.EnterpriseOnly.
	Compress bool
	// CompressThreshold is in bytes. Default 128.
	CompressThreshold int
	// Replica chooses the nodes.
	Replica ReplicaPolicy
	// Filter is a packed filter expression for rows that have none of their own, nil for none.
	Filter []byte
	// ReadModeAP and ReadModeSC apply to rows that read.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// ReadTouchTTLPercent applies to rows that read, see ReadPolicy.
	ReadTouchTTLPercent int
	// SendKey stores the user keys, if known, with the records that the batch writes.
	SendKey bool
	// NotInline prevents the server from processing rows of in-memory namespaces on the thread that
	// received the batch.
	NotInline bool
	// InlineSSD allows the server to do so for namespaces on disk.
	InlineSSD bool
	// StopAtError stops each node at its first row that fails, except for a missing or filtered
	// record. The rows after it fail with the same code.
	StopAtError bool
	// MaxConcurrentNodes limits the number of nodes used at the same time. Default all.
	MaxConcurrentNodes int
	// Txn is the transaction of the batch. If it is nil the context's transaction, if any, is used.
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

// applyRead adds the policy's fields to the command of a row that reads.
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
