package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A WritePolicy configures writing a record by Put, Add, Append, Prepend, Touch, Delete, Operate
// and Execute, and by the rows of a batch. For rows only the fields from SendKey on apply, except
// for Txn. The zero value is the default.
type WritePolicy struct {
	// TotalTimeout limits the command including its retries. Default 1 s; NoTimeout for none. An
	// earlier deadline of the context takes precedence.
	TotalTimeout time.Duration
	// SocketTimeout limits each wait for the node. Default 30 s, at most TotalTimeout; NoTimeout
	// for none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before each retry. Default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier is the factor by which the pause grows from retry to retry, at least 1.
	// Default 1.
	SleepMultiplier float64
	// MaxRetries limits the retries. Default 0. A retried write that is not idempotent may be
	// applied more than once.
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
	// SendKey stores the user key with the record. It has no effect if the key was made from a
	// digest.
	SendKey bool
	// Filter is a packed filter expression, nil for none. If it is false for an existing record,
	// nothing is written and the error is protocol.FilteredOut. It does not prevent a record from
	// being created.
	Filter []byte
	// Exists sets what happens if the record exists or does not exist.
	Exists ExistsAction
	// Generation is compared with the record's generation as GenerationPolicy specifies. The
	// generation of a missing record is 0.
	Generation       uint32
	GenerationPolicy GenerationPolicy
	// CommitLevel sets which copies must be written before the server responds.
	CommitLevel CommitLevel
	// DurableDelete leaves a tombstone, so that a deleted record can't reappear. Needs Enterprise.
	DurableDelete bool
	// TTL is the record's new time to live.
	TTL TTL
	// RespondAllOps makes Operate return a result for every operation, including those that have
	// none.
	RespondAllOps bool
	// ReadModeAP and ReadModeSC apply if Operate reads.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// Txn is the transaction of the command. If it is nil the context's transaction, if any, is
	// used. Rows of a batch belong to the batch's transaction.
	Txn *Txn
	// OnLockingOnly makes a write in a transaction fail with protocol.TransactionAlreadyLocked if
	// the transaction has written the record before. A write that is not idempotent can then be
	// repeated safely.
	OnLockingOnly bool
}

// An ExistsAction sets what a write does if the record exists or does not exist: Upsert,
// UpdateOnly, Replace, ReplaceOnly, CreateOnly.
type ExistsAction uint8

// The actions of a write.
const (
	Upsert      ExistsAction = iota // create the record, or merge the bins into it
	UpdateOnly                      // merge; fail with protocol.KeyNotFound if it does not exist
	Replace                         // create the record, or replace all its bins
	ReplaceOnly                     // replace; fail with protocol.KeyNotFound if it does not exist
	CreateOnly                      // create; fail with protocol.KeyExists if it exists
)

// A GenerationPolicy sets which generations of a record a write accepts: IgnoreGeneration,
// ExpectEqual, ExpectGreater.
type GenerationPolicy uint8

// The generation policies. A write that they reject fails with protocol.GenerationError.
const (
	IgnoreGeneration GenerationPolicy = iota
	ExpectEqual                       // the record's generation must be the policy's
	ExpectGreater                     // the policy's generation must be greater than the record's
)

// A CommitLevel sets when the server responds to a write: CommitAll, CommitMaster.
type CommitLevel uint8

// The commit levels.
const (
	CommitAll    CommitLevel = iota // after the master and all replicas have written
	CommitMaster                    // after the master has written
)

// A TTL is the time to live that a write sets, in seconds: TTLDefault, TTLNever, TTLDontUpdate,
// TTLClientDefault, or the result of TTLSeconds or TTLFor. The zero TTL is TTLDefault, the default
// of the set or namespace.
type TTL uint32

// The special values of a TTL.
const (
	TTLDefault    = TTL(protocol.TTLNamespaceDefault)
	TTLNever      = TTL(protocol.TTLNever)
	TTLDontUpdate = TTL(protocol.TTLDontUpdate)
	// TTLClientDefault is the TTL of Config.Policies.Write.
	TTLClientDefault TTL = 0xFFFFFFFD
)

// TTLSeconds returns a time to live of n seconds. The maximum is ten years; a longer one is an
// error of the command that uses it. 0 is TTLDefault.
func TTLSeconds(n uint32) TTL { return TTL(n) }

// TTLFor returns a time to live of d, rounded up to seconds. If d is negative, as
// protocol.NeverExpires is, the record never expires.
func TTLFor(d time.Duration) TTL {
	if d < 0 {
		return TTLNever
	}
	seconds := (d + time.Second - 1) / time.Second
	// A value out of range must stay out of range, and not become a special value.
	return TTL(min(seconds, time.Duration(protocol.MaxTTL+1)))
}

func (t TTL) valid() bool {
	return t <= TTL(protocol.MaxTTL) || t == TTLNever || t == TTLDontUpdate || t == TTLClientDefault
}

func (p *WritePolicy) limits() (l limits) {
	p.setLimits(&l)
	return l
}

func (p *WritePolicy) setLimits(l *limits) {
	l.total, l.socket, l.sleep, l.multiplier = p.TotalTimeout, p.SocketTimeout, p.SleepBetweenRetries, p.SleepMultiplier
	l.retries, l.delay, l.compress = p.MaxRetries, p.TimeoutDelay, compression(p.Compress, p.CompressThreshold)
}

func (p *WritePolicy) validate() error {
	switch {
	case !p.TTL.valid():
		return configError("WritePolicy.TTL is %d s, more than ten years", p.TTL)
	case p.Exists > CreateOnly:
		return configError("WritePolicy.Exists is unknown: %d", p.Exists)
	case p.GenerationPolicy > ExpectGreater:
		return configError("WritePolicy.GenerationPolicy is unknown: %d", p.GenerationPolicy)
	case p.Generation != 0 && p.GenerationPolicy == IgnoreGeneration:
		return configError("WritePolicy.Generation is %d, but GenerationPolicy ignores it; set ExpectEqual or ExpectGreater", p.Generation)
	case p.Replica > ReplicaPreferRack || p.CommitLevel > CommitMaster || p.ReadModeAP > ReadAll || p.ReadModeSC > ReadAllowUnavailable:
		return configError("WritePolicy has an unknown Replica, CommitLevel, ReadModeAP or ReadModeSC")
	}
	return p.limits().validate("WritePolicy")
}

// apply adds the policy's fields to the command (docs/wire-core.md#5.1).
func (p *WritePolicy) apply(cmd *wire.Command) {
	cmd.SendKey = p.SendKey
	cmd.Filter = p.Filter
	if cmd.Info1 != 0 {
		cmd.Info1 |= p.ReadModeAP.info1()
		cmd.Info3 |= p.ReadModeSC.info3()
	}
	if p.Compress && (cmd.Info1 != 0 || cmd.IsUDF()) {
		cmd.Info1 |= wire.Info1CompressResponses
	}
	if !cmd.IsWrite() {
		return
	}
	cmd.RecordTTL = uint32(p.TTL)
	cmd.Info2 |= p.info2()
	if cmd.Info2&wire.Info2Delete == 0 {
		cmd.Info2 |= p.Exists.info2()
		cmd.Info3 |= p.Exists.info3()
	} else {
		cmd.RecordTTL = 0
	}
	if p.GenerationPolicy != IgnoreGeneration {
		cmd.Generation = p.Generation
	}
	if p.CommitLevel == CommitMaster {
		cmd.Info3 |= wire.Info3CommitMaster
	}
	if p.OnLockingOnly {
		cmd.Info4 |= wire.Info4OnLockingOnly
	}
}

func (p *WritePolicy) info2() (flags wire.Info2) {
	switch p.GenerationPolicy {
	case ExpectEqual:
		flags |= wire.Info2Generation
	case ExpectGreater:
		flags |= wire.Info2GenerationGT
	}
	if p.DurableDelete {
		flags |= wire.Info2DurableDelete
	}
	return flags
}

func (a ExistsAction) info2() wire.Info2 {
	if a == CreateOnly {
		return wire.Info2CreateOnly
	}
	return 0
}

func (a ExistsAction) info3() wire.Info3 {
	switch a {
	case UpdateOnly:
		return wire.Info3UpdateOnly
	case Replace:
		return wire.Info3CreateOrReplace
	case ReplaceOnly:
		return wire.Info3ReplaceOnly
	}
	return 0
}
