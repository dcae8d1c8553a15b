package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// openStrong starts a cluster whose namespace "test" has strong consistency, which transactions
// need.
func openStrong(t testing.TB) *cluster.Client {
	t.Helper()
	server, err := devserver.Start(devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise, Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

type entry struct {
	ID  int    `as:"id,pk"`
	N   int    `as:"n"`
	Gen uint32 `asm:"gen"`
}

// balances returns the n of the objects 1 to 9 that exist.
func balances(ctx context.Context, t testing.TB, entries *mapper.Repo[entry]) map[int]int {
	t.Helper()
	found, err := entries.FindMany(ctx, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	require.NoError(t, err)
	all := make(map[int]int)
	for _, e := range found {
		if e != nil {
			all[e.ID] = e.N
		}
	}
	return all
}

// TestVerbsInATransaction calls every method in a transaction. Its effects are visible inside at
// once, outside after the commit, and never if it is rolled back.
func TestVerbsInATransaction(t *testing.T) {
	client := openStrong(t)
	entries := repo[entry](t, client)
	require.NoError(t, entries.SaveMany(t.Context(), &entry{ID: 1, N: 10}, &entry{ID: 2, N: 20}, &entry{ID: 3, N: 30}, &entry{ID: 4, N: 40}))
	before := map[int]int{1: 10, 2: 20, 3: 30, 4: 40}
	after := map[int]int{1: 11, 2: 21, 3: 31, 5: 50, 6: 60, 7: 70}
	errNo := errors.New("no")
	work := func(ctx context.Context) error {
		one, err := entries.Find(ctx, 1)
		require.NoError(t, err)
		one.N++
		require.NoError(t, entries.Save(ctx, one))
		_, err = entries.Modify(ctx, 2, func(e *entry) error {
			e.N++
			return nil
		})
		require.NoError(t, err)
		three := entry{}
		require.NoError(t, entries.FindInto(ctx, 3, &three))
		three.N++
		require.NoError(t, entries.Update(ctx, &three))
		require.NoError(t, entries.Touch(ctx, &three))
		existed, err := entries.Delete(ctx, 4)
		require.NoError(t, err)
		require.True(t, existed)
		there, err := entries.Exists(ctx, 4)
		require.NoError(t, err)
		require.False(t, there)
		require.NoError(t, entries.Insert(ctx, &entry{ID: 5, N: 50}))
		require.NoError(t, entries.Replace(ctx, &entry{ID: 6, N: 60}))
		require.NoError(t, entries.InsertMany(ctx, &entry{ID: 7, N: 70}, &entry{ID: 8, N: 80}, &entry{ID: 9, N: 90}))
		deleted, err := entries.DeleteMany(ctx, 8, 9)
		require.NoError(t, err)
		require.Equal(t, 2, deleted)
		require.Equal(t, after, balances(ctx, t, entries))
		require.Equal(t, before, balances(t.Context(), t, entries), "others see nothing of it")
		return errNo
	}
	require.ErrorIs(t, client.Transact(t.Context(), nil, work), errNo)
	require.Equal(t, before, balances(t.Context(), t, entries))
	errNo = nil
	require.NoError(t, client.Transact(t.Context(), nil, work))
	require.Equal(t, after, balances(t.Context(), t, entries))
}

// TestConflictsOfATransaction: a transaction can't continue after a conflict, so Modify doesn't
// read again.
func TestConflictsOfATransaction(t *testing.T) {
	client := openStrong(t)
	entries := repo[entry](t, client)
	require.NoError(t, entries.Save(t.Context(), &entry{ID: 1, N: 10}))
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(t.Context(), txn)
	calls := 0
	_, err := entries.Modify(ctx, 1, func(e *entry) error {
		if calls++; calls == 1 {
			require.NoError(t, entries.Save(t.Context(), &entry{ID: 1, N: 11}))
		}
		e.N = 100
		return nil
	})
	require.ErrorIs(t, err, protocol.TransactionVersionMismatch)
	require.Equal(t, 1, calls)

	other := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
	require.NoError(t, entries.Save(other, &entry{ID: 2, N: 20}))
	require.ErrorIs(t, entries.Save(t.Context(), &entry{ID: 2, N: 21}), protocol.TransactionBlocked)
	for _, err := range entries.ScanAll(other) {
		require.ErrorIs(t, err, cluster.ErrTxnQuery)
	}
}

// TestGenerationsAfterATransaction: the server increases the generation when it rolls a record, so
// an object that was saved in a transaction must be read again before it can be saved with a
// generation check.
func TestGenerationsAfterATransaction(t *testing.T) {
	client := openStrong(t)
	entries := repo[entry](t, client)
	e := &entry{ID: 1, N: 10}
	require.NoError(t, client.Transact(t.Context(), nil, func(ctx context.Context) error { return entries.Save(ctx, e) }))
	require.ErrorIs(t, entries.Save(t.Context(), e), mapper.ErrStale)
	require.NoError(t, entries.FindInto(t.Context(), 1, e))
	require.NoError(t, entries.Save(t.Context(), e))
}

// TestRepoWithinSQLTransaction: objects and statements share the transaction of an sql.Tx.
func TestRepoWithinSQLTransaction(t *testing.T) {
	client := openStrong(t)
	db := sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "test"}))
	defer db.Close()
	entries, err := mapper.New[entry](db)
	require.NoError(t, err)
	require.NoError(t, entries.SaveMany(t.Context(), &entry{ID: 1, N: 10}, &entry{ID: 2, N: 20}))
	for _, commit := range []bool{false, true} {
		tx, err := db.Begin()
		require.NoError(t, err)
		within, err := driver.WithTx(t.Context(), tx)
		require.NoError(t, err)
		_, err = tx.Exec("UPDATE entry SET n = n + 1 WHERE PK = 1")
		require.NoError(t, err)
		e, err := entries.Find(within, 1)
		require.NoError(t, err)
		require.Equal(t, 11, e.N, "the object is as the statement has left it")
		e.N = 12
		require.NoError(t, entries.Save(within, e))
		var n int
		require.NoError(t, tx.QueryRow("SELECT n FROM entry WHERE PK = 1").Scan(&n))
		require.Equal(t, 12, n, "and the other way round")
		want := 10
		if commit {
			require.NoError(t, tx.Commit())
			want = 12
		} else {
			require.NoError(t, tx.Rollback())
		}
		require.Equal(t, map[int]int{1: want, 2: 20}, balances(t.Context(), t, entries))
	}
}
