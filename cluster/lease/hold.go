package lease

import (
	"context"
	"errors"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// Context returns a context that ends when the lease is lost, with ErrLost as its cause, and when
// cancel is called. Call cancel when the work is done.
func (l *Lease) Context(parent context.Context) (ctx context.Context, cancel context.CancelFunc) {
	ctx, end := context.WithCancelCause(parent)
	go func() {
		select {
		case <-l.lost:
			end(ErrLost)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { end(context.Canceled) }
}

// Check sends a heartbeat now. Its error is ErrLost if this process does not hold the lease
// anymore. After any other error it may still hold it.
func (l *Lease) Check(ctx context.Context) error {
	_, err := l.Operate(ctx)
	return err
}

// Operate applies operations to the lease's record if the lease is still held; otherwise the error
// is ErrLost and nothing is changed. The operations must not touch the bins whose names begin with
// "lease_". As each write it is a heartbeat.
func (l *Lease) Operate(ctx context.Context, ops ...protocol.Operation) (*protocol.Record, error) {
	if err := l.held(); err != nil {
		return nil, err
	}
	start := time.Now()
	rec, err := l.client.Operate(ctx, l.policy(l.mine(), cluster.UpdateOnly), l.key, append(ops, protocol.PutBin(binTTL, l.options.TTL.Milliseconds()))...)
	switch {
	case errors.Is(err, protocol.FilteredOut) || errors.Is(err, protocol.KeyNotFound):
		l.lose()
		return nil, ErrLost
	case err == nil:
		l.extend(start)
	}
	return rec, err
}

// mine is the condition that the record still belongs to this lease.
func (l *Lease) mine() exp.Bool { return exp.Eq(exp.StringBin(binOwner), exp.StringVal(l.owner)) }

// Release gives the lease up, so that others can take it at once. Its error is ErrLost if the lease
// had been lost. After any other error the lease ends with its time to live.
func (l *Lease) Release(ctx context.Context) error {
	l.mu.Lock()
	if l.stopped {
		l.mu.Unlock()
		return ErrReleased
	}
	l.stopped = true
	l.mu.Unlock()
	close(l.stop)
	<-l.done
	_, err := l.client.Operate(ctx, l.policy(l.mine(), cluster.UpdateOnly), l.key, protocol.PutBin(binOwner, ""))
	if errors.Is(err, protocol.FilteredOut) || errors.Is(err, protocol.KeyNotFound) {
		return ErrLost
	}
	return err
}

// beat sends heartbeats until the lease is released or lost.
func (l *Lease) beat() {
	defer close(l.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for {
		timer.Reset(min(l.options.Heartbeat, max(0, time.Until(l.deadline()))))
		select {
		case <-l.stop:
			return
		case <-timer.C:
		}
		if l.heartbeat() != nil && l.held() != nil {
			return
		}
	}
}

// heartbeat is Check that ends when the lease is released, or when its time is over.
func (l *Lease) heartbeat() error {
	ctx, cancel := context.WithDeadline(context.Background(), l.deadline())
	defer cancel()
	checked := make(chan error, 1)
	go func() { checked <- l.Check(ctx) }()
	select {
	case err := <-checked:
		return err
	case <-l.stop:
		cancel()
		return <-checked
	}
}

// held returns nil if the lease is held as far as this process knows. A lease whose time is over is
// lost, even if no other process has taken it.
func (l *Lease) held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.stopped:
		return ErrReleased
	case !l.isLost && time.Now().Before(l.until):
		return nil
	}
	l.loseLocked()
	return ErrLost
}

func (l *Lease) deadline() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.until
}

// extend notes that a write of the record succeeded that was sent at start or later.
func (l *Lease) extend(start time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := start.Add(l.options.TTL); until.After(l.until) {
		l.until = until
	}
}

func (l *Lease) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loseLocked()
}

func (l *Lease) loseLocked() {
	if !l.isLost {
		l.isLost = true
		close(l.lost)
	}
}
