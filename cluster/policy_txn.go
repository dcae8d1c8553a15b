package cluster

import "time"

// A TxnPolicy is how the steps are sent that end a transaction. The zero value is the default. It outlasts the
// failure of a node: what a client leaves undone keeps records locked until the server does it.
type TxnPolicy struct {
	// TotalTimeout bounds each step with its retries; default 10 s, NoTimeout for none. A nearer
	// deadline of the context wins.
	TotalTimeout time.Duration
	// SocketTimeout bounds a wait for a node; default 3 s, lowered to TotalTimeout, NoTimeout for none.
	SocketTimeout time.Duration
	// SleepBetweenRetries is the pause before each retry; default 1 s.
	SleepBetweenRetries time.Duration
	// SleepMultiplier makes each pause longer than the one before by that factor, at least 1; default 1.
	SleepMultiplier float64
	// MaxRetries is how often what failed is repeated, which harms in no step; default 5, NoRetries for none.
	MaxRetries int
	// MaxConcurrentNodes bounds the nodes that are asked at the same time; default all.
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

// batch is the policy as one for batches.
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
