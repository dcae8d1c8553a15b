package cluster

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A WritePolicy is how a record is written: by Put, Add, Append, Prepend, Touch,
// Delete and Operate, and by the rows of a batch, for which only the record's own
// fields count, from SendKey on. The zero value is the default.
type WritePolicy struct {
	// TotalTimeout bounds the command with its retries; default 1 s, NoTimeout for none. A nearer
	// deadline of the context wins.
	TotalTimeout time.Duration
	// SocketTimeout bounds a wait for the node; default 30 s, lowered to TotalTimeout, NoTimeout for none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before each retry; default none.
	SleepBetweenRetries time.Duration
	// SleepMultiplier makes each pause longer than the one before by that factor, at least 1; default 1.
	SleepMultiplier float64
	// MaxRetries is how often a failed try is repeated; default 0. A write that is not idempotent
	// may be applied more than once if it is repeated.
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
	// SendKey stores the user key with the record, where the key has one: of a key made from a
	// digest nothing is sent.
	SendKey bool
	// Filter is a packed filter expression; where it is false for an existing record, nothing is
	// written and the error is protocol.FilteredOut. It does not keep a record from being created. nil for none.
	Filter []byte
	// Exists says what the record's existence means.
	Exists ExistsAction
	// Generation is compared with the record's as GenerationPolicy says, 0 for a missing record.
	Generation       uint32
	GenerationPolicy GenerationPolicy
	// CommitLevel says which copies must be written before the answer.
	CommitLevel CommitLevel
	// DurableDelete leaves a tombstone, so that a deleted record can't come back (Enterprise).
	DurableDelete bool
	// TTL is the record's new time to live.
	TTL TTL
	// RespondAllOps gives every operation of Operate its place in the answer.
	RespondAllOps bool
	// ReadModeAP and ReadModeSC matter where Operate reads.
	ReadModeAP ReadModeAP
	ReadModeSC ReadModeSC
	// Txn is the transaction to which the command belongs; nil is the context's, if it has one. Rows of a batch belong to
	// that of the batch.
	Txn *Txn
	// OnLockingOnly makes a write of a transaction fail with protocol.TransactionAlreadyLocked if the transaction has written the
	// record before, so that a write that is not idempotent can be repeated safely.
	OnLockingOnly bool
}

// An ExistsAction says what a write does with a record that exists, or does not.
type ExistsAction uint8

// The actions.
const (
	Upsert      ExistsAction = iota // create the record, or merge the bins into it
	UpdateOnly                      // merge; fail with protocol.KeyNotFound if it does not exist
	Replace                         // create the record, or replace all its bins
	ReplaceOnly                     // replace; fail with protocol.KeyNotFound if it does not exist
	CreateOnly                      // create; fail with protocol.KeyExists if it exists
)

// A GenerationPolicy says which record a write accepts.
type GenerationPolicy uint8

// The generation policies; a write that they refuse fails with protocol.GenerationError.
const (
	IgnoreGeneration GenerationPolicy = iota
	ExpectEqual                       // the record's generation must be the policy's
	ExpectGreater                     // the policy's generation must be greater than the record's
)

// A CommitLevel says when a write is answered.
type CommitLevel uint8

// The commit levels.
const (
	CommitAll    CommitLevel = iota // when master and replicas have it
	CommitMaster                    // when the master has it
)

// A TTL is the time to live that a write gives a record, in seconds; the zero TTL is the default of the
// set or namespace.
type TTL uint32

// The TTLs that are no number of seconds.
const (
	TTLDefault    = TTL(protocol.TTLNamespaceDefault)
	TTLNever      = TTL(protocol.TTLNever)
	TTLDontUpdate = TTL(protocol.TTLDontUpdate)
	// TTLClientDefault is the TTL of the client's own policy for writes, Config.Policies.Write.
	TTLClientDefault TTL = 0xFFFFFFFD
)

// TTLSeconds is a time to live of n seconds, at most ten years; the command
// reports one that is longer. 0 is the default of the set or namespace.
func TTLSeconds(n uint32) TTL { return TTL(n) }

// TTLFor is a time to live of a duration, rounded up to seconds. A negative one (protocol.NeverExpires
// among them) never expires.
func TTLFor(d time.Duration) TTL {
	if d < 0 {
		return TTLNever
	}
	seconds := (d + time.Second - 1) / time.Second
	// What is out of range must stay so, and not turn into a special value.
	return TTL(min(seconds, time.Duration(protocol.MaxTTL+1)))
}

func (t TTL) valid() bool {
	return t <= TTL(protocol.MaxTTL) || t == TTLNever || t == TTLDontUpdate || t == TTLClientDefault
}

func (p *WritePolicy) limits() limits {
	return limits{
		total: p.TotalTimeout, socket: p.SocketTimeout, sleep: p.SleepBetweenRetries, multiplier: p.SleepMultiplier,
		retries: p.MaxRetries, delay: p.TimeoutDelay, compress: compression(p.Compress, p.CompressThreshold),
	}
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

// apply writes into the command what the policy adds to it (docs/wire-core.md#5.1).
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
