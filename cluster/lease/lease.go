package lease

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// Errors of this package.
var (
	// ErrHeld means that another process holds the lease. The error is a *HeldError.
	ErrHeld = errors.New("the lease is held by another process")
	// ErrLost means that this process does not hold the lease anymore: another process has taken
	// it, or may take it because no heartbeat succeeded in time.
	ErrLost = errors.New("the lease is lost")
	// ErrReleased means that the lease has been released.
	ErrReleased = errors.New("the lease has been released")
)

// Bins of the record.
const (
	binOwner  = "lease_owner"  // identifies the acquisition, "" if the lease is free
	binHolder = "lease_holder" // describes the process
	binToken  = "lease_token"
	binTTL    = "lease_ttl" // milliseconds
)

// DefaultTTL is the time to live of a lease for which Options say nothing else.
const DefaultTTL = 30 * time.Second

// Options configure a lease. The zero Options are the defaults.
type Options struct {
	// TTL is how long the lease lasts without a heartbeat; default DefaultTTL. It is rounded to
	// milliseconds.
	TTL time.Duration
	// Heartbeat is the pause between heartbeats; default a sixth of TTL. It must be shorter than
	// TTL.
	Heartbeat time.Duration
	// Retry is the pause after which Acquire tries again; default a tenth of TTL, at most 100 ms.
	Retry time.Duration
	// Holder describes the process to others that wait; default its host and process number.
	Holder string
}

func (o *Options) complete() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	c.TTL = cmp.Or(c.TTL, DefaultTTL).Round(time.Millisecond)
	c.Heartbeat = cmp.Or(c.Heartbeat, c.TTL/6)
	c.Retry = cmp.Or(c.Retry, min(c.TTL/10, 100*time.Millisecond))
	if c.TTL <= 0 || c.Heartbeat <= 0 || c.Heartbeat >= c.TTL || c.Retry <= 0 {
		return c, fmt.Errorf("lease: a TTL of %v, a heartbeat of %v and a retry of %v: all must be positive, and the heartbeat shorter than the TTL", c.TTL, c.Heartbeat, c.Retry)
	}
	if c.Holder == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "unknown host"
		}
		c.Holder = fmt.Sprintf("%s, process %d", host, os.Getpid())
	}
	return c, nil
}

// A HeldError is the error of TryAcquire if another process holds the lease. It is ErrHeld.
type HeldError struct {
	// Holder describes the process that holds the lease, and Token is its token.
	Holder string
	Token  int64
}

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("the lease is held by another process: %s (token %d)", e.Holder, e.Token)
}

// Is reports whether target is ErrHeld.
func (e *HeldError) Is(target error) bool { return target == ErrHeld }

// A Lease is held until Release, or until it is lost. Its methods can be called concurrently.
type Lease struct {
	client  *cluster.Client
	key     protocol.Key
	options Options
	owner   string
	token   int64

	stop chan struct{} // closed by Release
	done chan struct{} // closed when the heartbeat has ended
	lost chan struct{} // closed when the lease is lost

	mu      sync.Mutex
	until   time.Time // the lease can't be taken before; has a monotonic clock reading
	isLost  bool
	stopped bool
}

// Acquire takes the lease. While another process holds it Acquire waits, until the context ends;
// the error then is both the context's and ErrHeld.
func Acquire(ctx context.Context, client *cluster.Client, key protocol.Key, o *Options) (*Lease, error) {
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	var held error
	for {
		l, err := TryAcquire(ctx, client, key, &options)
		switch {
		case errors.Is(err, ErrHeld):
			held = err
		case held != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)):
			return nil, fmt.Errorf("%w: %w", held, err)
		default:
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", held, context.Cause(ctx))
		case <-time.After(options.Retry):
		}
	}
}

// TryAcquire takes the lease if it is free, or if its holder's time to live is over. Otherwise the
// error is a *HeldError. The key's record may have other bins, which are kept.
func TryAcquire(ctx context.Context, client *cluster.Client, key protocol.Key, o *Options) (*Lease, error) {
	options, err := o.complete()
	if err != nil {
		return nil, err
	}
	l := &Lease{
		client: client, key: key, options: options, owner: rand.Text(),
		stop: make(chan struct{}), done: make(chan struct{}), lost: make(chan struct{}),
	}
	free := exp.Or(
		exp.Not(exp.BinExists(binOwner)),
		exp.Eq(exp.StringBin(binOwner), exp.StringVal("")),
		exp.Gt(exp.SinceUpdate(), exp.IntBin(binTTL)))
	start := time.Now()
	rec, err := client.Operate(ctx, l.policy(free, cluster.Upsert), key,
		protocol.PutBin(binOwner, l.owner), protocol.PutBin(binHolder, options.Holder), protocol.PutBin(binTTL, options.TTL.Milliseconds()),
		protocol.AddBin(binToken, 1), protocol.GetBin(binToken))
	if errors.Is(err, protocol.FilteredOut) {
		return nil, l.heldBy(ctx)
	}
	if isInDoubt(err) {
		rec, err = l.resolve(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	token, _ := rec.Bin(binToken)
	l.token, _ = token.Int()
	l.until = start.Add(options.TTL)
	go l.beat()
	return l, nil
}

// policy returns the policy of a write that is done only if the condition is true.
func (l *Lease) policy(condition exp.Bool, exists cluster.ExistsAction) *cluster.WritePolicy {
	return &cluster.WritePolicy{Filter: exp.Filter(condition), Exists: exists, TTL: cluster.TTLNever, SendKey: true}
}

// heldBy reads who holds the lease.
func (l *Lease) heldBy(ctx context.Context) error {
	rec, err := l.client.Get(ctx, nil, l.key, binHolder, binToken)
	if errors.Is(err, protocol.KeyNotFound) {
		return &HeldError{Holder: "unknown"}
	}
	if err != nil {
		return err
	}
	holder, _ := rec.Bin(binHolder)
	token, _ := rec.Bin(binToken)
	held := new(HeldError)
	held.Holder, _ = holder.Text()
	held.Token, _ = token.Int()
	return held
}

// resolve finds out whether a write took effect whose answer was lost.
func (l *Lease) resolve(ctx context.Context, doubt error) (*protocol.Record, error) {
	rec, err := l.client.Get(ctx, nil, l.key, binOwner, binToken)
	if err != nil {
		return nil, errors.Join(doubt, err)
	}
	owner, _ := rec.Bin(binOwner)
	if text, _ := owner.Text(); text != l.owner {
		return nil, doubt
	}
	return rec, nil
}

func isInDoubt(err error) bool {
	pe, ok := errors.AsType[*protocol.Error](err)
	return ok && pe.InDoubt
}

// Token returns the number of this acquisition. Each later acquisition has a larger token.
func (l *Lease) Token() int64 { return l.token }

// Lost returns a channel that is closed when the lease is lost. It is not closed by Release.
func (l *Lease) Lost() <-chan struct{} { return l.lost }
