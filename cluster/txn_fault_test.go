package cluster_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// These functions match requests of a transaction on the server.
func onMonitor(r *devserver.Request) bool { return r.Set() == "<ERO~MRT" }

func isMark(r *devserver.Request) bool {
	return onMonitor(r) && r.Message.Info2&wire.Info2Delete == 0 && string(r.Message.Ops[0].Name) == "fwd"
}

func isClose(r *devserver.Request) bool {
	return onMonitor(r) && r.Message.Info2&wire.Info2Delete != 0
}

func isMonitorAdd(r *devserver.Request) bool { return onMonitor(r) && !isMark(r) && !isClose(r) }

func isStep(flag wire.Info4) func(*devserver.Request) bool {
	return func(r *devserver.Request) bool { return r.Message != nil && r.Message.Info4&flag != 0 }
}

var (
	isVerify      = isStep(wire.Info4VerifyRead)
	isRollForward = isStep(wire.Info4RollForward)
	isRollBack    = isStep(wire.Info4RollBack)
)

func refuse(match func(*devserver.Request) bool) devserver.Fault {
	return devserver.Fault{On: devserver.Reads | devserver.Writes, Match: match, Do: devserver.Refuse(protocol.DeviceOverload)}
}

// A txnEnding is the end of a transaction that has written one record and read another.
type txnEnding struct {
	faults  []devserver.Fault
	changes bool // a record that was read is changed before the commit
	aborts  bool
	commit  cluster.CommitStatus
	abort   cluster.AbortStatus
	err     error
	inDoubt bool
	value   int64 // of the record, as others read it afterwards
	again   int64 // the same after another call without faults
	status  string
}

var txnEndings = map[string]txnEnding{
	"ok":      {commit: cluster.CommitOK, value: 2, again: 2, status: "already committed"},
	"aborted": {aborts: true, abort: cluster.AbortOK, value: 1, again: 1, status: "already aborted"},
	"verify fails": {
		faults: []devserver.Fault{refuse(isVerify)}, commit: cluster.CommitVerifyFailed, err: protocol.DeviceOverload,
		value: 1, again: 1, status: "already aborted",
	},
	"a read has changed": {
		changes: true, commit: cluster.CommitVerifyFailed, err: protocol.TransactionVersionMismatch, value: 1, again: 1, status: "already aborted",
	},
	"verifying and rolling back fail": {
		faults: []devserver.Fault{refuse(isVerify), refuse(isRollBack)}, commit: cluster.CommitVerifyFailedRollBackAbandoned,
		err: protocol.DeviceOverload, value: 1, again: 1, status: "already aborted",
	},
	"verifying and closing fail": {
		faults: []devserver.Fault{refuse(isVerify), refuse(isClose)}, commit: cluster.CommitVerifyFailedCloseAbandoned,
		err: protocol.DeviceOverload, value: 1, again: 1, status: "already aborted",
	},
	"the mark is refused": {
		faults: []devserver.Fault{refuse(isMark)}, commit: cluster.CommitMarkAbandoned, err: protocol.DeviceOverload, value: 1, again: 2, status: "committed",
	},
	"the mark is lost": {
		faults:  []devserver.Fault{{Match: isMark, Do: devserver.CutAnswer(0)}},
		commit:  cluster.CommitMarkAbandoned,
		inDoubt: true, value: 1, again: 2, status: "committed",
	},
	"the mark never arrives": {
		faults:  []devserver.Fault{{Match: isMark, Do: devserver.Break()}},
		commit:  cluster.CommitMarkAbandoned,
		inDoubt: true, value: 1, again: 2, status: "committed",
	},
	"rolling forward fails": {
		faults: []devserver.Fault{refuse(isRollForward)}, commit: cluster.CommitRollForwardAbandoned, value: 1, again: 2, status: "committed",
	},
	"closing fails": {
		faults: []devserver.Fault{refuse(isClose)}, commit: cluster.CommitCloseAbandoned, value: 2, again: 2, status: "committed",
	},
	"rolling back fails": {
		faults: []devserver.Fault{refuse(isRollBack)}, aborts: true, abort: cluster.AbortRollBackAbandoned, value: 1, again: 1, status: "already aborted",
	},
	"closing an abort fails": {
		faults: []devserver.Fault{refuse(isClose)}, aborts: true, abort: cluster.AbortCloseAbandoned, value: 1, again: 1, status: "already aborted",
	},
}

// TestTxnStatuses makes each step of ending a transaction fail, and checks the returned status, the
// records, and whether another call completes the end.
func TestTxnStatuses(t *testing.T) {
	for name, test := range txnEndings {
		t.Run(name, func(t *testing.T) {
			server, c := startStrong(t, 3, nil)
			require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 1)))
			txn := cluster.NewTxn(cluster.TxnOptions{})
			ctx := cluster.WithTxn(t.Context(), txn)
			require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 2)))
			_, err := c.Exists(ctx, nil, strongKey(2))
			require.NoError(t, err)
			if test.changes {
				require.NoError(t, c.Put(t.Context(), nil, strongKey(2), bin("n", 2)))
			}
			remove := inject(server, test.faults)
			if test.aborts {
				status, err := c.Abort(ctx, txn)
				require.NoError(t, err)
				require.Equal(t, test.abort, status)
			} else {
				status, err := c.Commit(ctx, txn)
				require.Equal(t, test.commit, status)
				requireCommitError(t, err, status, test.err, test.inDoubt)
			}
			require.Equal(t, test.inDoubt, txn.InDoubt())
			require.Equal(t, test.value, number(t, c, strongKey(1)))
			if test.inDoubt {
				status, err := c.Abort(ctx, txn)
				require.ErrorIs(t, err, cluster.ErrTxnInDoubt)
				require.Equal(t, cluster.AbortInDoubt, status)
			}
			remove()
			status, _ := c.Commit(ctx, txn)
			require.Equal(t, test.status, status.String())
			require.Equal(t, test.again, number(t, c, strongKey(1)))
			require.False(t, txn.InDoubt())
			if txn.State() == cluster.TxnCommitted {
				status, err := c.Abort(ctx, txn)
				require.ErrorIs(t, err, cluster.ErrTxnCommitted)
				require.Equal(t, cluster.AbortAlreadyCommitted, status)
			} else {
				_, err := c.Abort(ctx, txn)
				require.NoError(t, err)
				require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 1)), "no record is locked")
			}
		})
	}
}

func inject(server *devserver.Server, faults []devserver.Fault) (remove func()) {
	var all []func()
	for _, f := range faults {
		all = append(all, server.Inject(f))
	}
	return func() {
		for _, remove := range all {
			remove()
		}
	}
}

func requireCommitError(t *testing.T, err error, status cluster.CommitStatus, cause error, inDoubt bool) {
	t.Helper()
	if status <= cluster.CommitCloseAbandoned {
		require.NoError(t, err)
		return
	}
	var ce *cluster.CommitError
	require.ErrorAs(t, err, &ce)
	require.Equal(t, status, ce.Status)
	require.Equal(t, inDoubt, ce.InDoubt)
	require.ErrorContains(t, err, status.String())
	if cause != nil {
		require.ErrorIs(t, err, cause)
	}
}

// TestTxnWriteInDoubt: a write in doubt is rolled back or forward with the others, and the monitor
// stays, so that the server can handle a copy that arrives late.
func TestTxnWriteInDoubt(t *testing.T) {
	for _, commits := range []bool{true, false} {
		for name, do := range map[string]devserver.Action{"applied": devserver.CutAnswer(0), "not applied": devserver.Break()} {
			server, c := startStrong(t, 1, nil)
			txn := cluster.NewTxn(cluster.TxnOptions{})
			ctx := cluster.WithTxn(t.Context(), txn)
			remove := server.Inject(devserver.Fault{On: devserver.Writes, Match: func(r *devserver.Request) bool { return !onMonitor(r) }, Do: do})
			err := c.Put(ctx, nil, strongKey(1), bin("n", 2))
			remove()
			var pe *protocol.Error
			require.True(t, errors.As(err, &pe) && pe.InDoubt, name)
			want := int64(-1)
			if commits {
				_, err = c.Commit(ctx, txn)
				if name == "applied" {
					want = 2
				}
			} else {
				_, err = c.Abort(ctx, txn)
			}
			require.NoError(t, err, name)
			require.Equal(t, want, number(t, c, strongKey(1)), name)
			require.NotNil(t, server.Peek(protocol.MustKey("sc", "<ERO~MRT", txn.ID())), name)
		}
	}
}

// TestTxnLateCopy: a late copy of a retried write arrives after the transaction was committed, and
// locks the record again. The monitor still exists, so the server releases the record in the end.
func TestTxnLateCopy(t *testing.T) {
	writes := map[string]func(context.Context, *cluster.Client) error{
		"a write": func(ctx context.Context, c *cluster.Client) error {
			return c.Put(ctx, &cluster.WritePolicy{SocketTimeout: 100 * time.Millisecond, MaxRetries: 1}, strongKey(1), bin("n", 2))
		},
		"a batch": func(ctx context.Context, c *cluster.Client) error {
			policy := &cluster.BatchPolicy{SocketTimeout: 100 * time.Millisecond, MaxRetries: 1}
			_, err := c.BatchOperate(ctx, policy, []protocol.Key{strongKey(1), strongKey(2)}, protocol.PutBin("n", protocol.Int(2)))
			return err
		},
	}
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, c := startStrong(t, 1, func(o *devserver.Options, _ *cluster.Config) {
					o.Clock = func() time.Time { return time.Now().AddDate(20, 0, 0) } // a bubble's time is before the servers' epoch
				})
				txn := cluster.NewTxn(cluster.TxnOptions{Timeout: 10 * time.Second})
				server.Inject(devserver.Fault{
					On: devserver.Writes | devserver.Batches, Match: func(r *devserver.Request) bool { return !onMonitor(r) }, Count: 1, Do: devserver.Delay(5 * time.Second),
				})
				require.NoError(t, write(cluster.WithTxn(t.Context(), txn), c))
				_, err := c.Commit(t.Context(), txn)
				require.NoError(t, err)
				require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 3)))
				time.Sleep(6 * time.Second)
				require.ErrorIs(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 4)), protocol.TransactionBlocked, "the copy has arrived")
				time.Sleep(10 * time.Second)
				require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 4)))
			})
		})
	}
}

// TestTxnMonitorInDoubt: the request that creates the monitor, or its response, may be lost;
// another write finds out.
func TestTxnMonitorInDoubt(t *testing.T) {
	for name, do := range map[string]devserver.Action{"created": devserver.CutAnswer(0), "not created": devserver.Break()} {
		for _, retries := range []int{0, 2} {
			server, c := startStrong(t, 1, nil)
			txn := cluster.NewTxn(cluster.TxnOptions{})
			ctx := cluster.WithTxn(t.Context(), txn)
			server.Inject(devserver.Fault{On: devserver.Writes, Match: isMonitorAdd, Count: 1, Do: do})
			policy := &cluster.WritePolicy{MaxRetries: retries}
			err := c.Put(ctx, policy, strongKey(1), bin("n", 2))
			if retries == 0 {
				var pe *protocol.Error
				require.ErrorAs(t, err, &pe, name)
				require.False(t, pe.InDoubt, "%s: the write itself was not sent", name)
				require.Nil(t, server.Peek(strongKey(1)))
				require.NoError(t, c.Put(ctx, policy, strongKey(1), bin("n", 2)), name)
			} else {
				require.NoError(t, err, name)
			}
			status, err := c.Commit(ctx, txn)
			require.NoError(t, err, name)
			require.Equal(t, cluster.CommitOK, status)
			require.EqualValues(t, 2, number(t, c, strongKey(1)), name)
		}
	}
}

// TestTxnTime: the total timeout applies to registering a record and the command together.
func TestTxnTime(t *testing.T) {
	for _, batch := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			server, c := startStrong(t, 1, nil)
			server.Inject(devserver.Fault{On: devserver.Writes, Match: isMonitorAdd, Do: devserver.Delay(600 * time.Millisecond)})
			server.Inject(devserver.Fault{On: devserver.Writes | devserver.Batches, Do: devserver.Ignore()})
			ctx := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
			begin := time.Now()
			var err error
			if batch {
				policy := &cluster.BatchPolicy{TotalTimeout: time.Second}
				_, err = c.BatchOperate(ctx, policy, []protocol.Key{strongKey(1), strongKey(2)}, protocol.PutBin("n", protocol.Int(1)))
			} else {
				err = c.Put(ctx, &cluster.WritePolicy{TotalTimeout: time.Second}, strongKey(1), bin("n", 1))
			}
			require.ErrorIs(t, err, cluster.ErrTimeout)
			require.Equal(t, time.Second, time.Since(begin))
		})
	}
}

// TestTxnMonitorOfAnother: a monitor of another client's transaction with the same id is not used.
func TestTxnMonitorOfAnother(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	server.Inject(devserver.Fault{On: devserver.Writes, Match: isMonitorAdd, Do: devserver.Refuse(protocol.TransactionMonitorExists)})
	ctx := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
	require.ErrorIs(t, c.Put(ctx, nil, strongKey(1), bin("n", 1)), protocol.TransactionMonitorExists)
	require.Nil(t, server.Peek(strongKey(1)))
}

// TestTxnBatchInDoubt: if a node fails, the rows of a batch in a transaction that were sent to it
// are in doubt.
func TestTxnBatchInDoubt(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), txn)
	remove := server.Inject(devserver.Fault{On: devserver.Batches, Do: devserver.CutAnswer(0)})
	_, err := c.BatchOperate(ctx, nil, []protocol.Key{strongKey(1), strongKey(2)}, protocol.PutBin("n", protocol.Int(1)))
	remove()
	require.Error(t, err)
	_, err = c.Commit(ctx, txn)
	require.NoError(t, err)
	require.EqualValues(t, 1, number(t, c, strongKey(2)))
}

// TestTxnCommitInterrupted: an ended context interrupts a commit. Another call can complete it.
func TestTxnCommitInterrupted(t *testing.T) {
	server, c := startStrong(t, 1, nil)
	require.NoError(t, c.Put(t.Context(), nil, strongKey(1), bin("n", 1)))
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx, cancel := context.WithCancel(cluster.WithTxn(t.Context(), txn))
	require.NoError(t, c.Put(ctx, nil, strongKey(1), bin("n", 2)))
	server.Inject(devserver.Fault{On: devserver.Writes, Match: func(r *devserver.Request) bool {
		if isRollForward(r) {
			cancel()
		}
		return isRollForward(r)
	}, Count: 1, Do: devserver.Ignore()})
	status, err := c.Commit(ctx, txn)
	require.NoError(t, err)
	require.Equal(t, cluster.CommitRollForwardAbandoned, status)
	require.EqualValues(t, 1, number(t, c, strongKey(1)))
	status, err = c.Commit(t.Context(), txn)
	require.NoError(t, err)
	require.Equal(t, cluster.CommitOK, status)
	require.EqualValues(t, 2, number(t, c, strongKey(1)))
}
