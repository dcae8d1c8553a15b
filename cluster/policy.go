package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

const (
	// NoTimeout as a timeout of a policy means that there is none.
	NoTimeout time.Duration = -1
	// NoRetries as MaxRetries means that a command is tried once.
	NoRetries = -1
)

// Default limits of policies.
const (
	DefaultTotalTimeout       = time.Second
	DefaultSocketTimeout      = 30 * time.Second
	DefaultReadRetries        = 2
	DefaultQueryRetries       = 5
	DefaultInfoTimeout        = time.Second
	defaultWriteRetries       = 0
	maxSleep                  = time.Hour
	maxMultiplier             = 1000.0
	readTouchPercentMax       = 100
	readTouchPercentNever int = -1
)

// A ReplicaPolicy chooses the node that a command is sent to among those which hold the
// record's partition.
type ReplicaPolicy uint8

// The replica policies. A write goes to the master under all of them but
// Sequence, whose retries try the next replica, which may have become the master.
const (
	ReplicaSequence     ReplicaPolicy = iota // the master first, the next replica on each retry
	ReplicaMaster                            // always the master
	ReplicaMasterProles                      // reads go round master and replicas
	ReplicaRandom                            // reads go to any node of the cluster, which forwards them if need be; for queries, which nobody forwards, it is ReplicaMasterProles
	ReplicaPreferRack                        // reads go to a replica in a rack of Config.RackIDs, the first that has one; retries go on to the others
)

// ofQueries is the policy that a query really has: a node answers for the partitions alone of which it has a copy.
func (p ReplicaPolicy) ofQueries() ReplicaPolicy {
	if p == ReplicaRandom {
		return ReplicaMasterProles
	}
	return p
}

// A ReadModeAP says how many copies a read consults in an available (AP) namespace.
type ReadModeAP uint8

// The AP read modes.
const (
	ReadOne ReadModeAP = iota // one copy
	ReadAll                   // all copies that may differ while data migrates
)

// A ReadModeSC says how consistent a read is in a strong-consistency (SC) namespace.
type ReadModeSC uint8

// The SC read modes.
const (
	ReadSession          ReadModeSC = iota // sequential for this client; asks the master
	ReadLinearize                          // sequential for all clients; asks the master
	ReadAllowReplica                       // master or any replica
	ReadAllowUnavailable                   // even from partitions that are unavailable
)

// limits are the fields that decide how long and how often a command is tried.
type limits struct {
	total   time.Duration // 0: none
	socket  time.Duration // 0: none
	sleep   time.Duration
	retries int

	multiplier float64       // of the sleep, from retry to retry
	delay      time.Duration // that a connection is kept after a timeout
	compress   int           // size in bytes above which requests are compressed, 0: never

	begun time.Time // when the total time began, if that was before the command itself does; zero otherwise
}

// newSpan starts the clock of a command.
func newSpan(ctx context.Context, l *limits) link.Span {
	s := link.Span{Start: time.Now(), Socket: l.socket, Delay: l.delay, Compress: l.compress}
	if l.total > 0 {
		begun := s.Start
		if !l.begun.IsZero() {
			begun = l.begun
		}
		s.Deadline = begun.Add(l.total)
	}
	if d, ok := ctx.Deadline(); ok && (s.Deadline.IsZero() || d.Before(s.Deadline)) {
		s.Deadline, s.FromContext = d, true
	}
	return s
}

// compression is the threshold of a policy, -1 for one that contradicts itself.
func compression(on bool, threshold int) int {
	switch {
	case threshold < 0 || !on && threshold > 0:
		return -1
	case !on:
		return 0
	case threshold == 0:
		return protocol.CompressThreshold
	}
	return threshold
}

// sleeps is the pause before the n-th retry, counted from 1.
func (l *limits) sleeps(n int) time.Duration {
	d := float64(l.sleep)
	for range n - 1 {
		if d *= max(l.multiplier, 1); d >= float64(maxSleep) {
			return maxSleep
		}
	}
	return time.Duration(d)
}

// resolve replaces zeroes by defaults and -1 by none, and lowers the socket timeout to the total one.
func (l limits) resolve(total, socket time.Duration, retries int) limits {
	l.total = orDefault(l.total, total)
	l.socket = orDefault(l.socket, socket)
	if l.total > 0 && l.socket > l.total {
		l.socket = l.total
	}
	if l.retries == 0 {
		l.retries = retries
	}
	l.retries = max(l.retries, 0)
	return l
}

// orDefault returns the default for zero and zero, which is none, for a negative value.
func orDefault(d, value time.Duration) time.Duration {
	if d == 0 {
		d = value
	}
	return max(d, 0)
}

// checkTimeout reports the Timeout of a policy that makes no sense.
func checkTimeout(policy string, timeout time.Duration) error {
	if timeout < 0 && timeout != NoTimeout {
		return configError("%s.Timeout is %v; use NoTimeout (-1) for none", policy, timeout)
	}
	return nil
}

// validate reports limits that make no sense; policy names the policy they belong to.
func (l limits) validate(policy string) error {
	switch {
	case l.total < 0 && l.total != NoTimeout:
		return configError("%s.TotalTimeout is %v; use NoTimeout (-1) for none", policy, l.total)
	case l.socket < 0 && l.socket != NoTimeout:
		return configError("%s.SocketTimeout is %v; use NoTimeout (-1) for none", policy, l.socket)
	case l.sleep < 0 || l.sleep > maxSleep:
		return configError("%s.SleepBetweenRetries is %v, not between 0 and %v", policy, l.sleep, maxSleep)
	case l.multiplier != 0 && !(l.multiplier >= 1 && l.multiplier <= maxMultiplier):
		return configError("%s.SleepMultiplier is %v, not between 1 and %v", policy, l.multiplier, maxMultiplier)
	case l.delay < 0 || l.delay > maxSleep:
		return configError("%s.TimeoutDelay is %v, not between 0 and %v", policy, l.delay, maxSleep)
	case l.compress < 0:
		return configError("%s.CompressThreshold is negative, or set without Compress", policy)
	case l.retries < NoRetries:
		return configError("%s.MaxRetries is %d; use NoRetries (-1) for none", policy, l.retries)
	}
	return nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
