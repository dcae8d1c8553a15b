package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A ReadPolicy is how a record is read. The zero value is the default.
type ReadPolicy struct {
	// TotalTimeout bounds the command with its retries; default 1 s, NoTimeout for none. A nearer
	// deadline of the context wins.
	TotalTimeout time.Duration
	// SocketTimeout bounds a wait for the node; default 30 s, lowered to TotalTimeout, NoTimeout for none. Where it leaves no time for
	// another try, and another replica may be asked, a try waits for an equal share of the time left, at least 50 ms: with the
	// defaults a third of a second.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before each retry; default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier makes each pause longer than the one before by that factor, at least 1; default 1.
	SleepMultiplier float64
	// MaxRetries is how often a failed try is repeated; default 2, NoRetries for none.
	MaxRetries int
	// TimeoutDelay is how long a connection is kept open after a timeout: if the answer comes meanwhile, it is thrown away and
	// the connection used again; default none, which closes it. It matters where connections are expensive.
	TimeoutDelay time.Duration
	// Compress sends requests above CompressThreshold in compressed form, and lets the server compress
	// answers (Enterprise; a Community server refuses it with protocol.EnterpriseOnly).
	Compress bool
	// CompressThreshold is in bytes; default 128.
	CompressThreshold int
	// Replica chooses the node.
	Replica ReplicaPolicy
	// SendKey sends the user key along, so that the server compares it with the stored one.
	SendKey bool
	// Filter is a packed filter expression; where it is false the error is protocol.FilteredOut. nil for none.
	Filter []byte
	// ReadModeAP and ReadModeSC matter in namespaces of their kind.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// ReadTouchTTLPercent renews the time to live if less than that part of it is left: 1 to
	// 100, 0 for the server's default, -1 never (server 7.1).
	ReadTouchTTLPercent int
	// Txn is the transaction to which the command belongs; nil is the context's, if it has one.
	Txn *Txn
}

func (p *ReadPolicy) limits() limits {
	return limits{
		total: p.TotalTimeout, socket: p.SocketTimeout, sleep: p.SleepBetweenRetries, multiplier: p.SleepMultiplier,
		retries: p.MaxRetries, delay: p.TimeoutDelay, compress: compression(p.Compress, p.CompressThreshold),
	}
}

func (p *ReadPolicy) validate() error {
	if err := validateReadTouch("ReadPolicy", p.ReadTouchTTLPercent); err != nil {
		return err
	}
	if p.Replica > ReplicaPreferRack || p.ReadModeAP > ReadAll || p.ReadModeSC > ReadAllowUnavailable {
		return configError("ReadPolicy has an unknown Replica, ReadModeAP or ReadModeSC")
	}
	return p.limits().validate("ReadPolicy")
}

func validateReadTouch(policy string, percent int) error {
	if percent < readTouchPercentNever || percent > readTouchPercentMax {
		return configError("%s.ReadTouchTTLPercent is %d, not between -1 and 100", policy, percent)
	}
	return nil
}

// apply writes into the command what the policy adds to it.
func (p *ReadPolicy) apply(cmd *wire.Command) {
	cmd.Info1 |= p.ReadModeAP.info1()
	cmd.Info3 |= p.ReadModeSC.info3()
	cmd.RecordTTL = readTouchTTL(p.ReadTouchTTLPercent)
	cmd.SendKey = p.SendKey
	cmd.Filter = p.Filter
	if p.Compress {
		cmd.Info1 |= wire.Info1CompressResponses
	}
}

// readTouchTTL is the record TTL field of a read (docs/wire-core.md#1.7).
func readTouchTTL(percent int) uint32 {
	if percent < 0 {
		return protocol.ReadTouchNever
	}
	return uint32(percent)
}

func (m ReadModeAP) info1() wire.Info1 {
	if m == ReadAll {
		return wire.Info1ConsistencyAll
	}
	return 0
}

func (m ReadModeSC) info3() wire.Info3 {
	switch m {
	case ReadLinearize:
		return wire.Info3SCReadType
	case ReadAllowReplica:
		return wire.Info3SCReadRelax
	case ReadAllowUnavailable:
		return wire.Info3SCReadRelax | wire.Info3SCReadType
	}
	return 0
}
