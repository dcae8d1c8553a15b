package cluster_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// startStrong runs an in-process cluster with two namespaces: "sc" with strong consistency and
// "test" without.
func startStrong(t testing.TB, nodes int, change func(*devserver.Options, *cluster.Config)) (*devserver.Server, *cluster.Client) {
	t.Helper()
	options := devserver.Options{
		Nodes: nodes, Edition: devserver.Enterprise, History: true,
		Namespaces: []devserver.NamespaceOptions{{Name: "sc", StrongConsistency: true}, {Name: "test"}},
	}
	var cfg cluster.Config
	cfg.Policies.TxnVerify = cluster.TxnPolicy{MaxRetries: cluster.NoRetries, TotalTimeout: time.Minute}
	cfg.Policies.TxnRoll = cfg.Policies.TxnVerify
	cfg.Policies.Read.TotalTimeout, cfg.Policies.Write.TotalTimeout, cfg.Policies.Batch.TotalTimeout = time.Minute, time.Minute, time.Minute
	if change != nil {
		change(&options, &cfg)
	}
	server, err := devserver.Start(options)
	require.NoError(t, err)
	cfg.Seeds, cfg.Dial, cfg.ConnectTimeout = server.Seeds(), server.Dial, time.Minute
	client, err := cluster.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, client.Close())
		require.NoError(t, server.Close())
	})
	return server, client
}

func strongKey(i int) protocol.Key { return protocol.MustKey("sc", "people", i) }

// number returns bin n of a record as read outside of transactions, -1 if there is no record.
func number(t testing.TB, c *cluster.Client, k protocol.Key) int64 {
	t.Helper()
	r, err := c.Get(context.Background(), nil, k)
	if err != nil {
		require.ErrorIs(t, err, protocol.KeyNotFound)
		return -1
	}
	v, _ := r.Bins.Get("n")
	n, _ := v.Int()
	return n
}

const txnModule = `
function set(rec, v)
  rec.n = v
  if aerospike:exists(rec) then return aerospike:update(rec) end
  return aerospike:create(rec)
end
function get(rec) return rec.n end
function remove(rec) return aerospike:remove(rec) end
`

// A txnWrite is a write command, and the value of bin n after it, which was 1 before; -1 if the
// record is removed.
type txnWrite struct {
	write func(ctx context.Context) error
	want  int64
}

func txnWrites(t *testing.T, c *cluster.Client, k protocol.Key) map[string]txnWrite {
	return map[string]txnWrite{
		"Put":   {func(ctx context.Context) error { return c.Put(ctx, nil, k, bin("n", 7)) }, 7},
		"Add":   {func(ctx context.Context) error { return c.Add(ctx, nil, k, bin("n", 7)) }, 8},
		"Touch": {func(ctx context.Context) error { return c.Touch(ctx, nil, k) }, 1},
		"Replace": {func(ctx context.Context) error {
			return c.Put(ctx, &cluster.WritePolicy{Exists: cluster.Replace}, k, bin("n", 7))
		}, 7},
		"Delete": {func(ctx context.Context) error {
			existed, err := c.Delete(ctx, nil, k)
			require.True(t, existed)
			return err
		}, -1},
		"Operate": {func(ctx context.Context) error {
			r, err := c.Operate(ctx, nil, k, protocol.AddBin("n", protocol.Int(2)), protocol.GetBin("n"))
			if err == nil {
				require.Equal(t, "3", r.Bins[0].Value.String())
			}
			return err
		}, 3},
		"Operate that deletes": {func(ctx context.Context) error {
			_, err := c.Operate(ctx, nil, k, protocol.GetBin("n"), protocol.DeleteRecord())
			return err
		}, -1},
		"Execute": {func(ctx context.Context) error {
			_, err := c.Execute(ctx, nil, k, "txn", "set", protocol.Int(7))
			return err
		}, 7},
		"Execute that deletes": {func(ctx context.Context) error {
			_, err := c.Execute(ctx, nil, k, "txn", "remove")
			return err
		}, -1},
		"BatchWrite": {func(ctx context.Context) error {
			_, err := c.BatchWrite(ctx, nil, []cluster.BatchRow{
				cluster.PutRow(nil, k, bin("n", 7)), cluster.PutRow(nil, strongKey(2), bin("n", 7)), cluster.ReadRow(strongKey(3)),
			})
			return err
		}, 7},
		"BatchOperate": {func(ctx context.Context) error {
			_, err := c.BatchOperate(ctx, nil, []protocol.Key{k}, cdt.ListAppend("l", protocol.Int(1)), protocol.AddBin("n", protocol.Int(1)))
			return err
		}, 2},
		"BatchDelete": {func(ctx context.Context) error {
			_, err := c.BatchDelete(ctx, nil, []protocol.Key{k, strongKey(4)})
			return err
		}, -1},
		"BatchExecute": {func(ctx context.Context) error {
			_, err := c.BatchExecute(ctx, nil, []protocol.Key{k}, "txn", "set", protocol.Int(7))
			return err
		}, 7},
	}
}

// TestTxnCommands runs each write command in a transaction: other clients see it only after the
// commit, and never after an abort.
func TestTxnCommands(t *testing.T) {
	server, c := startStrong(t, 3, nil)
	_, err := admin.New(c).RegisterUDF(t.Context(), nil, "txn.lua", []byte(txnModule))
	require.NoError(t, err)
	k := strongKey(1)
	for name, test := range txnWrites(t, c, k) {
		t.Run(name, func(t *testing.T) {
			for _, commits := range []bool{false, true} {
				require.NoError(t, c.Put(t.Context(), &cluster.WritePolicy{Exists: cluster.Replace}, k, bin("n", 1)))
				txn := cluster.NewTxn(cluster.TxnOptions{})
				ctx := cluster.WithTxn(t.Context(), txn)
				require.NoError(t, test.write(ctx))
				require.EqualValues(t, 1, number(t, c, k))
				exists, err := c.Exists(ctx, nil, k)
				require.NoError(t, err)
				require.Equal(t, test.want >= 0, exists)
				require.ErrorIs(t, c.Put(t.Context(), nil, k, bin("n", 2)), protocol.TransactionBlocked)
				want := int64(1)
				if commits {
					want = test.want
					status, err := c.Commit(t.Context(), txn)
					require.NoError(t, err)
					require.Equal(t, cluster.CommitOK, status)
				} else {
					status, err := c.Abort(t.Context(), txn)
					require.NoError(t, err)
					require.Equal(t, cluster.AbortOK, status)
				}
				require.Equal(t, want, number(t, c, k))
				require.Nil(t, server.Peek(protocol.MustKey("sc", "<ERO~MRT", txn.ID())), "the monitor is removed")
			}
		})
	}
}

func TestTxnReadsAreVerified(t *testing.T) {
	_, c := startStrong(t, 3, nil)
	changed, absent, batched := strongKey(1), strongKey(2), strongKey(3)
	for name, read := range map[string]func(ctx context.Context) error{
		"Get":       func(ctx context.Context) error { _, err := c.Get(ctx, nil, changed); return err },
		"GetHeader": func(ctx context.Context) error { _, err := c.GetHeader(ctx, nil, changed); return err },
		"Exists":    func(ctx context.Context) error { _, err := c.Exists(ctx, nil, changed); return err },
		"Operate": func(ctx context.Context) error {
			_, err := c.Operate(ctx, nil, changed, protocol.GetBin("n"))
			return err
		},
		"of none": func(ctx context.Context) error { _, err := c.Exists(ctx, nil, absent); return err },
		"a write that was refused": func(ctx context.Context) error {
			err := c.Put(ctx, &cluster.WritePolicy{Exists: cluster.CreateOnly}, changed, bin("n", 1))
			require.ErrorIs(t, err, protocol.KeyExists)
			return nil
		},
		"BatchRead": func(ctx context.Context) error {
			_, err := c.BatchRead(ctx, nil, []protocol.Key{changed, batched})
			return err
		},
		"BatchExists": func(ctx context.Context) error {
			_, err := c.BatchExists(ctx, nil, []protocol.Key{changed, batched})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, interferes := range []bool{false, true} {
				require.NoError(t, c.Put(t.Context(), nil, changed, bin("n", 1)))
				require.NoError(t, c.Put(t.Context(), nil, batched, bin("n", 1)))
				_, err := c.Delete(t.Context(), &cluster.WritePolicy{DurableDelete: true}, absent)
				require.NoError(t, err)
				txn := cluster.NewTxn(cluster.TxnOptions{})
				ctx := cluster.WithTxn(t.Context(), txn)
				require.NoError(t, read(ctx))
				require.NoError(t, c.Put(ctx, nil, strongKey(9), bin("n", 1)))
				if interferes {
					require.NoError(t, c.Put(t.Context(), nil, changed, bin("n", 2)))
					require.NoError(t, c.Put(t.Context(), nil, absent, bin("n", 2)))
				}
				status, err := c.Commit(t.Context(), txn)
				if !interferes {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, protocol.TransactionVersionMismatch)
				require.Equal(t, cluster.CommitVerifyFailed, status)
				var ce *cluster.CommitError
				require.ErrorAs(t, err, &ce)
				require.False(t, ce.InDoubt)
				require.Len(t, ce.Rolled, 1)
				require.NotEmpty(t, ce.Verified)
				require.Equal(t, cluster.TxnAborted, txn.State())
			}
		})
	}
}

func TestTxnFromPolicyOrContext(t *testing.T) {
	_, c := startStrong(t, 1, nil)
	txn, other := cluster.NewTxn(cluster.TxnOptions{}), cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), other)
	require.NoError(t, c.Put(ctx, &cluster.WritePolicy{Txn: txn}, strongKey(1), bin("n", 1)))
	_, err := c.Get(ctx, nil, strongKey(1))
	require.ErrorIs(t, err, protocol.TransactionBlocked)
	r, err := c.Get(ctx, &cluster.ReadPolicy{Txn: txn}, strongKey(1))
	require.NoError(t, err)
	require.EqualValues(t, 1, r.Generation)
	rows, err := c.BatchRead(ctx, &cluster.BatchPolicy{Txn: txn}, []protocol.Key{strongKey(1), strongKey(2)})
	require.NoError(t, err)
	require.NotNil(t, rows[0].Record)
	_, err = c.Get(cluster.WithTxn(ctx, nil), nil, strongKey(1))
	require.ErrorIs(t, err, protocol.KeyNotFound)
	require.Same(t, other, cluster.TxnFrom(ctx))
	require.Nil(t, cluster.TxnFrom(t.Context()))
	require.NotEqual(t, txn.ID(), other.ID())
	require.Positive(t, txn.ID())
	require.Equal(t, "sc", txn.Namespace())
}

func TestTxnOnLockingOnly(t *testing.T) {
	_, c := startStrong(t, 1, nil)
	ctx := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
	once := &cluster.WritePolicy{OnLockingOnly: true}
	require.NoError(t, c.Add(ctx, once, strongKey(1), bin("n", 1)))
	require.ErrorIs(t, c.Add(ctx, once, strongKey(1), bin("n", 1)), protocol.TransactionAlreadyLocked)
}

func TestTxnRestrictions(t *testing.T) {
	_, c := startStrong(t, 1, nil)
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), txn)
	require.True(t, c.SupportsTxn("sc"))
	require.False(t, c.SupportsTxn("test"))
	require.False(t, c.SupportsTxn("nowhere"))
	err := c.Put(ctx, nil, key(1), bin("n", 1))
	require.ErrorIs(t, err, cluster.ErrTxnUnsupported)
	require.ErrorIs(t, err, protocol.UnsupportedFeature)
	require.ErrorIs(t, c.Put(ctx, nil, protocol.MustKey("nowhere", "s", 1), bin("n", 1)), cluster.ErrNamespace)

	txn = cluster.NewTxn(cluster.TxnOptions{})
	ctx = cluster.WithTxn(t.Context(), txn)
	require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 1)))
	_, err = c.BatchWrite(ctx, nil, []cluster.BatchRow{cluster.ReadRow(strongKey(1)), cluster.ReadRow(protocol.MustKey("test", "s", 1))})
	require.ErrorIs(t, err, cluster.ErrTxnNamespace)
	for _, err := range c.Scan(ctx, nil, "sc", "people") {
		require.ErrorIs(t, err, cluster.ErrTxnQuery)
	}
	stmt := cluster.Statement{Namespace: "sc", Set: "people"}
	for _, err := range c.Aggregate(ctx, nil, stmt, "m", "f") {
		require.ErrorIs(t, err, cluster.ErrTxnQuery)
	}
	_, err = c.QueryOperate(ctx, nil, stmt, protocol.PutBin("n", protocol.Int(1)))
	require.ErrorIs(t, err, cluster.ErrTxnQuery)
	require.ErrorIs(t, c.Truncate(ctx, nil, "sc", "people", time.Time{}), cluster.ErrTxnQuery)

	_, err = c.Commit(ctx, txn)
	require.NoError(t, err)
	require.ErrorIs(t, c.Put(ctx, nil, strongKey(1), bin("n", 1)), cluster.ErrTxnEnded)
	_, err = c.Get(ctx, nil, strongKey(1))
	require.ErrorIs(t, err, cluster.ErrTxnEnded)
	_, err = c.BatchRead(ctx, nil, []protocol.Key{strongKey(1)})
	require.ErrorIs(t, err, cluster.ErrTxnEnded)

	late := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{Timeout: 3 * time.Minute}))
	require.ErrorIs(t, c.Put(late, nil, strongKey(1), bin("n", 1)), cluster.ErrConfig)
	_, err = cluster.Open(t.Context(), cluster.Config{Seeds: []string{"x"}, Policies: cluster.Policies{Write: cluster.WritePolicy{Txn: txn}}})
	require.ErrorIs(t, err, cluster.ErrConfig)
	_, err = cluster.Open(t.Context(), cluster.Config{Seeds: []string{"x"}, Policies: cluster.Policies{TxnRoll: cluster.TxnPolicy{MaxRetries: -7}}})
	require.ErrorContains(t, err, "TxnRoll")
}

func TestTxnTooManyWrites(t *testing.T) {
	_, c := startStrong(t, 1, nil)
	ctx := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
	keys := make([]protocol.Key, cluster.MaxTxnWrites)
	for i := range keys {
		keys[i] = strongKey(i)
	}
	_, err := c.BatchOperate(ctx, nil, keys, protocol.PutBin("n", protocol.Int(1)))
	require.NoError(t, err)
	err = c.Put(ctx, nil, strongKey(-1), bin("n", 1))
	require.ErrorIs(t, err, protocol.TransactionTooManyWrites)
	require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 2)), "a record that it has already written")
	_, err = c.Commit(ctx, cluster.TxnFrom(ctx))
	require.NoError(t, err)
	require.EqualValues(t, 2, number(t, c, strongKey(1)))
	require.EqualValues(t, 1, number(t, c, strongKey(4095)))
}

// TestTxnInParallel: several goroutines use a transaction, and its monitor is created once.
func TestTxnInParallel(t *testing.T) {
	_, c := startStrong(t, 3, nil)
	for range 20 {
		txn := cluster.NewTxn(cluster.TxnOptions{})
		ctx := cluster.WithTxn(t.Context(), txn)
		var writers sync.WaitGroup
		for i := range 8 {
			writers.Go(func() {
				if err := c.Put(ctx, nil, strongKey(i), bin("n", i)); err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		_, err := c.Commit(ctx, txn)
		require.NoError(t, err)
	}
	require.EqualValues(t, 7, number(t, c, strongKey(7)))
}

func TestTxnIsBusy(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	arrived, until, done := make(chan struct{}), make(chan struct{}), make(chan error)
	server.Inject(devserver.Fault{On: devserver.Reads, Count: 1, Match: func(*devserver.Request) bool {
		close(arrived)
		return true
	}, Do: devserver.Hold(until)})
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), txn)
	go func() {
		_, err := c.Exists(ctx, nil, strongKey(1))
		done <- err
	}()
	<-arrived
	_, err := c.Commit(ctx, txn)
	require.ErrorIs(t, err, cluster.ErrTxnBusy)
	_, err = c.Abort(ctx, txn)
	require.ErrorIs(t, err, cluster.ErrTxnBusy)
	close(until)
	require.NoError(t, <-done)
	_, err = c.Abort(ctx, txn)
	require.NoError(t, err)
}

// TestTxnTimeout: the server enforces a transaction's timeout.
func TestTxnTimeout(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	advance := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	_, c := startStrong(t, 1, func(o *devserver.Options, _ *cluster.Config) {
		o.Clock = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
	})
	require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 1)))
	begin := func() (*cluster.Txn, context.Context) {
		txn := cluster.NewTxn(cluster.TxnOptions{Timeout: 2 * time.Second})
		ctx := cluster.WithTxn(t.Context(), txn)
		require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 2)))
		return txn, ctx
	}
	txn, ctx := begin()
	advance(3 * time.Second)
	require.ErrorIs(t, c.Put(ctx, nil, strongKey(2), bin("n", 2)), protocol.TransactionExpired)
	require.ErrorIs(t, c.Put(ctx, nil, strongKey(1), bin("n", 2)), protocol.TransactionExpired)
	status, err := c.Commit(ctx, txn)
	require.ErrorIs(t, err, protocol.TransactionExpired)
	require.Equal(t, cluster.CommitMarkAbandoned, status)
	require.False(t, txn.InDoubt())
	abort, err := c.Abort(ctx, txn)
	require.NoError(t, err)
	require.Equal(t, cluster.AbortOK, abort)

	txn, ctx = begin()
	advance(time.Minute)
	require.EqualValues(t, 1, number(t, c, strongKey(1)), "the server has rolled back")
	status, err = c.Commit(ctx, txn)
	require.ErrorIs(t, err, protocol.TransactionAborted)
	require.Equal(t, cluster.CommitMarkAbandoned, status)
	require.Equal(t, cluster.TxnAborted, txn.State())
	abort, err = c.Abort(ctx, txn)
	require.NoError(t, err)
	require.Equal(t, cluster.AbortAlreadyAborted, abort)
}
