package cluster_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

var quick = &cluster.TransactOptions{Attempts: 4, Backoff: time.Microsecond}

func TestTransact(t *testing.T) {
	_, c := startStrong(t, 3, nil)
	require.NoError(t, c.Transact(t.Context(), nil, func(ctx context.Context) error {
		if err := c.Put(ctx, nil, strongKey(1), bin("n", 1)); err != nil {
			return err
		}
		return c.Put(ctx, nil, strongKey(2), bin("n", 2))
	}))
	require.EqualValues(t, 2, number(t, c, strongKey(2)))

	failure := errors.New("no")
	var te *cluster.TransactError
	err := c.Transact(t.Context(), nil, func(ctx context.Context) error {
		require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 9)))
		return failure
	})
	require.ErrorIs(t, err, failure)
	require.ErrorAs(t, err, &te)
	require.Equal(t, 1, te.Attempts)
	require.ErrorContains(t, err, "rolled back")
	require.PanicsWithValue(t, "oh", func() {
		_ = c.Transact(t.Context(), nil, func(ctx context.Context) error {
			require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 9)))
			panic("oh")
		})
	})
	require.EqualValues(t, 1, number(t, c, strongKey(1)))
	require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 3)), "nothing is locked")
}

func TestTransactRetries(t *testing.T) {
	_, c := startStrong(t, 1, nil)
	require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 1)))
	interferences := 3
	attempts := 0
	increment := func(ctx context.Context) error {
		attempts++
		r, err := c.Get(ctx, nil, strongKey(1))
		if err != nil {
			return err
		}
		v, _ := r.Bins.Get("n")
		n, _ := v.Int()
		if interferences--; interferences >= 0 {
			require.NoError(t, c.Add(t.Context(), nil, strongKey(1), bin("n", 10)))
		}
		return c.Put(ctx, nil, strongKey(2), bin("n", n+1))
	}
	require.NoError(t, c.Transact(t.Context(), quick, increment))
	require.Equal(t, 4, attempts)
	require.EqualValues(t, 32, number(t, c, strongKey(2)))

	attempts, interferences = 0, 100
	err := c.Transact(t.Context(), quick, increment)
	require.ErrorIs(t, err, protocol.TransactionVersionMismatch)
	require.Equal(t, 4, attempts, "retries are limited")

	blocker := cluster.NewTxn(cluster.TxnOptions{})
	require.NoError(t, c.Put(cluster.WithTxn(t.Context(), blocker), nil, strongKey(3), bin("n", 1)))
	attempts = 0
	require.NoError(t, c.Transact(t.Context(), quick, func(ctx context.Context) error {
		if attempts++; attempts == 3 {
			_, err := c.Abort(t.Context(), blocker)
			require.NoError(t, err)
		}
		return c.Put(ctx, nil, strongKey(3), bin("n", 2))
	}))
	require.Equal(t, 3, attempts)
}

// TestTransactRetriesTimeouts: a transaction that exceeded its timeout is run again, whether a
// write or the commit reports it.
func TestTransactRetriesTimeouts(t *testing.T) {
	var passed atomic.Int64
	_, c := startStrong(t, 1, func(o *devserver.Options, _ *cluster.Config) {
		o.Clock = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	})
	for _, late := range []int{1, 2} {
		attempts := 0
		require.NoError(t, c.Transact(t.Context(), quick, func(ctx context.Context) error {
			attempts++
			for i := range 2 {
				if err := c.Put(ctx, nil, strongKey(i), bin("n", late)); err != nil {
					return err
				}
				if attempts == 1 && i+1 == late {
					passed.Add(int64(time.Minute))
				}
			}
			return nil
		}))
		require.Equal(t, 2, attempts)
		require.EqualValues(t, late, number(t, c, strongKey(0)))
	}
}

func TestTransactInDoubt(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	put := func(ctx context.Context) error { return c.Put(ctx, nil, strongKey(1), bin("n", 1)) }
	server.Inject(devserver.Fault{Match: isMark, Count: 2, Do: devserver.CutAnswer(0)})
	require.NoError(t, c.Transact(t.Context(), quick, put), "another call finds out")

	attempts := 0
	remove := server.Inject(devserver.Fault{Match: isMark, Do: devserver.Break()})
	err := c.Transact(t.Context(), quick, func(ctx context.Context) error {
		attempts++
		return put(ctx)
	})
	remove()
	var te *cluster.TransactError
	require.ErrorAs(t, err, &te)
	require.True(t, te.InDoubt)
	require.ErrorContains(t, err, "in doubt")
	require.Equal(t, 1, attempts, "a transaction that may be committed is not run again")

	var ce *cluster.CommitError
	require.ErrorAs(t, err, &ce)
	require.True(t, ce.InDoubt)
	status, err := c.Commit(t.Context(), ce.Txn)
	require.NoError(t, err, "the error has the transaction")
	require.Equal(t, cluster.CommitOK, status)
}

func TestCommitOrAbort(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	txn := cluster.NewTxn(cluster.TxnOptions{})
	require.NoError(t, c.Put(cluster.WithTxn(t.Context(), txn), nil, strongKey(1), bin("n", 1)))
	remove := server.Inject(devserver.Fault{Match: isMark, Do: devserver.Refuse(protocol.DeviceOverload)})
	err := c.CommitOrAbort(t.Context(), txn)
	remove()
	require.ErrorIs(t, err, protocol.DeviceOverload)
	require.Equal(t, cluster.TxnAborted, txn.State())
	require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 2)), "no record is locked")
}

func TestTransactUnderContext(t *testing.T) {
	_, c := startStrong(t, 1, nil)
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Transact(ctx, nil, func(ctx context.Context) error {
		require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 1)))
		cancel()
		return ctx.Err()
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 2)), "it was rolled back anyway")

	blocker := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
	require.NoError(t, c.Put(blocker, nil, strongKey(1), bin("n", 3)))
	ctx, cancel = context.WithCancel(t.Context())
	err = c.Transact(ctx, &cluster.TransactOptions{Backoff: time.Hour, MaxBackoff: time.Hour}, func(ctx context.Context) error {
		err := c.Put(ctx, nil, strongKey(1), bin("n", 4))
		cancel()
		return err
	})
	require.ErrorIs(t, err, context.Canceled)

	require.NoError(t, c.Transact(t.Context(), nil, func(ctx context.Context) error {
		require.ErrorIs(t, c.Transact(ctx, nil, nil), cluster.ErrTxnNested)
		return nil
	}))
	for _, o := range []*cluster.TransactOptions{{Attempts: -1}, {Backoff: -1}, {Backoff: 2, MaxBackoff: 1}, {TxnOptions: cluster.TxnOptions{Timeout: -1}}} {
		require.ErrorIs(t, c.Transact(t.Context(), o, nil), cluster.ErrConfig)
	}
}

// TestTransactIsSerializable: some callers move amounts between accounts and others add them up,
// all in transactions. Every sum must be the same, and in the end each account must match its
// transfers.
func TestTransactIsSerializable(t *testing.T) {
	_, c := startStrong(t, 3, nil)
	const accounts, start = 5, 100
	for i := range accounts {
		require.NoError(t, c.Put(t.Context(), nil, strongKey(i), bin("n", start)))
	}
	patient := &cluster.TransactOptions{Attempts: 1000, Backoff: 50 * time.Microsecond, MaxBackoff: time.Millisecond}
	read := func(ctx context.Context, i int) (int64, error) {
		r, err := c.Get(ctx, nil, strongKey(i))
		if err != nil {
			return 0, err
		}
		v, _ := r.Bins.Get("n")
		n, _ := v.Int()
		return n, nil
	}
	transfer := func(ctx context.Context, from, to int, amount int64) error {
		a, err := read(ctx, from)
		if err != nil {
			return err
		}
		b, err := read(ctx, to)
		if err != nil {
			return err
		}
		if err := c.Put(ctx, nil, strongKey(from), bin("n", a-amount)); err != nil {
			return err
		}
		return c.Put(ctx, nil, strongKey(to), bin("n", b+amount))
	}
	var moved [accounts]atomic.Int64
	var callers sync.WaitGroup
	for i := range 4 {
		callers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			for range 25 {
				from, amount := random.IntN(accounts), random.Int64N(10)
				to := (from + 1 + random.IntN(accounts-1)) % accounts
				if err := c.Transact(t.Context(), patient, func(ctx context.Context) error { return transfer(ctx, from, to, amount) }); err != nil {
					t.Error(err)
					return
				}
				moved[from].Add(-amount)
				moved[to].Add(amount)
			}
		})
	}
	callers.Go(func() {
		for range 20 {
			var sum int64
			err := c.Transact(t.Context(), patient, func(ctx context.Context) error {
				sum = 0
				for i := range accounts {
					n, err := read(ctx, i)
					if err != nil {
						return err
					}
					sum += n
				}
				return nil
			})
			if err != nil || sum != accounts*start {
				t.Errorf("sum %d, %v", sum, err)
				return
			}
		}
	})
	callers.Wait()
	for i := range accounts {
		require.Equal(t, start+moved[i].Load(), number(t, c, strongKey(i)))
	}
}
