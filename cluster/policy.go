package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
)

const (
	// NoTimeout as a timeout of a policy means no limit.
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

// A ReplicaPolicy chooses the node for a command among those that hold the record's partition:
// ReplicaSequence, ReplicaMaster, ReplicaMasterProles, ReplicaRandom, ReplicaPreferRack.
type ReplicaPolicy uint8

// The replica policies. Writes always go to the master, except for retries with ReplicaSequence.
// These try the next replica, which may have become the master.
const (
	// ReplicaSequence uses the master first, and the next replica on each retry.
	ReplicaSequence ReplicaPolicy = iota
	// ReplicaMaster always uses the master.
	ReplicaMaster
	// ReplicaMasterProles alternates reads between master and replicas.
	ReplicaMasterProles
	// ReplicaRandom sends reads to any node, which forwards them if needed. Queries are not
	// forwarded, so they use ReplicaMasterProles.
	ReplicaRandom
	// ReplicaPreferRack sends reads to a replica in the first rack of Config.RackIDs that has one.
	// Retries go to the others.
	ReplicaPreferRack
)

// forQuery returns the policy that applies to queries. A node answers queries only for partitions
// of which it has a copy.
func (p ReplicaPolicy) forQuery() ReplicaPolicy {
	if p == ReplicaRandom {
		return ReplicaMasterProles
	}
	return p
}

// A ReadModeAP sets how many copies a read consults in an available (AP) namespace: ReadOne,
// ReadAll.
type ReadModeAP uint8

// The AP read modes.
const (
	ReadOne ReadModeAP = iota // one copy
	ReadAll                   // all copies that may differ while data is migrating
)

// A ReadModeSC sets the consistency of reads in a strong-consistency (SC) namespace: ReadSession,
// ReadLinearize, ReadAllowReplica, ReadAllowUnavailable.
type ReadModeSC uint8

// The SC read modes.
const (
	ReadSession          ReadModeSC = iota // sequential for this client; reads from the master
	ReadLinearize                          // sequential for all clients; reads from the master
	ReadAllowReplica                       // reads from the master or any replica
	ReadAllowUnavailable                   // reads even from unavailable partitions
)

// limits are the policy fields that limit how long and how often a command is tried.
type limits struct {
	total   time.Duration // 0: none
	socket  time.Duration // 0: none
	sleep   time.Duration
	retries int

	multiplier float64       // factor of the pause from retry to retry
	delay      time.Duration // how long a connection is kept after a timeout
	compress   int           // requests of more bytes than this are compressed, 0: none

	// begun is the start of the total timeout if it is before the command's own start, otherwise
	// zero.
	begun time.Time
}

// newSpan starts the clock of a command.
func newSpan(ctx context.Context, l *limits) (s link.Span) {
	l.start(ctx, &s)
	return s
}

// start is newSpan for a Span in place.
func (l *limits) start(ctx context.Context, s *link.Span) {
	s.Start, s.Socket, s.Delay, s.Compress = time.Now(), l.socket, l.delay, l.compress
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
}

// compression returns the compression threshold in bytes, 0 for no compression, or -1 if the fields
// contradict each other.
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

// pause returns the pause before the n-th retry, counted from 1.
func (l *limits) pause(n int) time.Duration {
	d := float64(l.sleep)
	for range n - 1 {
		if d *= max(l.multiplier, 1); d >= float64(maxSleep) {
			return maxSleep
		}
	}
	return time.Duration(d)
}

// resolve returns the limits with zeros replaced by the defaults and -1 by 0, and the socket
// timeout capped at the total timeout.
func (l limits) resolve(total, socket time.Duration, retries int) limits {
	l.setDefaults(total, socket, retries)
	return l
}

// setDefaults is resolve in place.
func (l *limits) setDefaults(total, socket time.Duration, retries int) {
	l.total = orDefault(l.total, total)
	l.socket = orDefault(l.socket, socket)
	if l.total > 0 && l.socket > l.total {
		l.socket = l.total
	}
	if l.retries == 0 {
		l.retries = retries
	}
	l.retries = max(l.retries, 0)
}

// orDefault returns value if d is 0, and 0, which means no limit, if d is negative.
func orDefault(d, value time.Duration) time.Duration {
	if d == 0 {
		d = value
	}
	return max(d, 0)
}

// checkTimeout returns an error if the Timeout of a policy is invalid.
func checkTimeout(policy string, timeout time.Duration) error {
	if timeout < 0 && timeout != NoTimeout {
		return configError("%s.Timeout is %v; use NoTimeout (-1) for none", policy, timeout)
	}
	return nil
}

// validate returns an error if a limit is invalid. The error names the policy.
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
