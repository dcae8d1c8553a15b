package cluster

import "time"

// A TxnPolicy configures the steps that end a transaction. The zero value is the default. The
// defaults are long enough to survive the failure of a node, because a step that the client does
// not complete leaves records locked until the server completes it.
type TxnPolicy struct {
	// TotalTimeout limits each step including its retries. Default 10 s; NoTimeout for none. An
	// earlier deadline of the context takes precedence.
	TotalTimeout time.Duration
	// SocketTimeout limits each wait for a node. Default 3 s, at most TotalTimeout; NoTimeout for
	// none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before each retry. Default 1 s.
	SleepBetweenRetries time.Duration
	// SleepMultiplier is the factor by which the pause grows from retry to retry, at least 1.
	// Default 1.
	SleepMultiplier float64
	// MaxRetries limits the retries, which are safe in every step. Default 5; NoRetries for none.
	MaxRetries int
	// MaxConcurrentNodes limits the number of nodes used at the same time. Default all.
	MaxConcurrentNodes int
}

// Defaults of TxnPolicy.
const (
	DefaultTxnTimeout       = 10 * time.Second
	DefaultTxnSocketTimeout = 3 * time.Second
	DefaultTxnSleep         = time.Second
	DefaultTxnRetries       = 5
)

func (p TxnPolicy) withDefaults() TxnPolicy {
	setDefault(&p.TotalTimeout, DefaultTxnTimeout)
	setDefault(&p.SocketTimeout, DefaultTxnSocketTimeout)
	setDefault(&p.SleepBetweenRetries, DefaultTxnSleep)
	setDefault(&p.MaxRetries, DefaultTxnRetries)
	return p
}

// batch returns the equivalent BatchPolicy.
func (p TxnPolicy) batch() BatchPolicy {
	p = p.withDefaults()
	return BatchPolicy{
		TotalTimeout: p.TotalTimeout, SocketTimeout: p.SocketTimeout, MaxRetries: p.MaxRetries,
		SleepBetweenRetries: p.SleepBetweenRetries, SleepMultiplier: p.SleepMultiplier,
		Replica: ReplicaMaster, ReadModeSC: ReadLinearize, MaxConcurrentNodes: p.MaxConcurrentNodes,
	}
}

func (p TxnPolicy) limits() limits {
	b := p.batch()
	return b.limits()
}

func (p TxnPolicy) validate(name string) error {
	if p.MaxConcurrentNodes < 0 {
		return configError("%s.MaxConcurrentNodes is negative: %d", name, p.MaxConcurrentNodes)
	}
	return p.limits().validate(name)
}
