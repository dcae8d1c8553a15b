package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// HedgeMode controls whether a read that takes long is sent to a second node.
type HedgeMode uint8

// The modes.
const (
	HedgeOff  HedgeMode = iota
	HedgeAuto           // after the time within which 95 % of the node's latest reads were answered
)

// A ReadPolicy configures reading a record. The zero value is the default.
type ReadPolicy struct {
	// TotalTimeout limits the command including its retries. Default 1 s; NoTimeout for none. An
	// earlier deadline of the context takes precedence.
	TotalTimeout time.Duration
	// SocketTimeout limits each wait for the node. Default 30 s, at most TotalTimeout; NoTimeout
	// for none. If this leaves no time for a retry on another replica, a try waits only for an
	// equal share of the remaining time, at least 50 ms. With the defaults this is a third of a
	// second.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before each retry. Default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier is the factor by which the pause grows from retry to retry, at least 1.
	// Default 1.
	SleepMultiplier float64
	// MaxRetries limits the retries. Default 2; NoRetries for none.
	MaxRetries int
	// TimeoutDelay is how long a connection is kept open after a timeout. If the response arrives
	// in this time, it is discarded and the connection is reused. Default 0, which closes the
	// connection at once. Set it if opening connections is expensive.
	TimeoutDelay time.Duration
	// Compress compresses requests larger than CompressThreshold and accepts compressed responses.
	// Needs Enterprise; other servers return protocol.EnterpriseOnly.
	Compress bool
	// CompressThreshold is in bytes. Default 128.
	CompressThreshold int
	// Replica chooses the node.
	Replica ReplicaPolicy
	// Hedge sends a read to a second replica if the node has not answered within the time in which
	// it answered 95 % of its latest reads; the first answer counts. A node that takes three times
	// as long as the other replica is used second. Second requests are limited to 5 % of the hedged
	// reads of the client. Reads that only the master may answer are not hedged. The default is
	// HedgeOff. See NamespaceMetrics.Hedges.
	Hedge HedgeMode
	// SendKey sends the user key, so that the server compares it with the stored one.
	SendKey bool
	// Filter is a packed filter expression, nil for none. If it is false the error is
	// protocol.FilteredOut.
	Filter []byte
	// ReadModeAP applies to available (AP) namespaces, ReadModeSC to strong-consistency (SC)
	// namespaces.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// ReadTouchTTLPercent renews the record's time to live if less than this percentage of it is
	// left: 1 to 100, 0 for the server's default, -1 for never. Needs server 7.1.
	ReadTouchTTLPercent int
	// Txn is the transaction of the command. If it is nil the context's transaction, if any, is
	// used.
	Txn *Txn
}

func (p *ReadPolicy) limits() (l limits) {
	p.setLimits(&l)
	return l
}

func (p *ReadPolicy) setLimits(l *limits) {
	l.total, l.socket, l.sleep, l.multiplier = p.TotalTimeout, p.SocketTimeout, p.SleepBetweenRetries, p.SleepMultiplier
	l.retries, l.delay, l.compress = p.MaxRetries, p.TimeoutDelay, compression(p.Compress, p.CompressThreshold)
}

func (p *ReadPolicy) validate() error {
	if err := validateReadTouch("ReadPolicy", p.ReadTouchTTLPercent); err != nil {
		return err
	}
	if p.Replica > ReplicaPreferRack || p.Hedge > HedgeAuto || p.ReadModeAP > ReadAll || p.ReadModeSC > ReadAllowUnavailable {
		return configError("ReadPolicy has an unknown Replica, Hedge, ReadModeAP or ReadModeSC")
	}
	return p.limits().validate("ReadPolicy")
}

func validateReadTouch(policy string, percent int) error {
	if percent < readTouchPercentNever || percent > readTouchPercentMax {
		return configError("%s.ReadTouchTTLPercent is %d, not between -1 and 100", policy, percent)
	}
	return nil
}

// apply adds the policy's fields to the command.
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

// readTouchTTL returns the record TTL field of a read (docs/wire-core.md#1.7).
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
