package mapper_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
)

// TestReadsAndQueriesOnTx: reads of a Repo on an sql.Tx see its writes. What can't be part of a
// transaction is refused by name, whether the Repo has the transaction or the context.
func TestReadsAndQueriesOnTx(t *testing.T) {
	client, db, done := openBank()
	defer done()
	ctx := t.Context()
	plain, err := mapper.New[Account](db)
	require.NoError(t, err)
	native, err := mapper.New[Account](client, mapper.WithNamespace("bank"))
	require.NoError(t, err)
	amount := mapper.NumOf(func(a *Account) *int { return &a.Amount })
	id := mapper.TextOf(func(a *Account) *string { return &a.ID })
	require.NoError(t, plain.SaveMany(ctx, &Account{"a", 1}, &Account{"b", 2}))

	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	defer func() { _ = tx.Rollback() }()
	onTx, err := mapper.New[Account](tx)
	require.NoError(t, err)
	require.NoError(t, onTx.Save(ctx, &Account{"a", 10}))
	within, err := driver.WithTx(ctx, tx)
	require.NoError(t, err)
	type view struct {
		Amount int `as:"amount"`
	}
	for name, in := range map[string]struct {
		repo *mapper.Repo[Account]
		ctx  context.Context
	}{"Repo on the Tx": {onTx, ctx}, "database and context": {plain, within}, "client and context": {native, within}} {
		t.Run(name, func(t *testing.T) {
			r, ctx := in.repo, in.ctx
			byKey := r.Where(id.Eq("a"))
			found, err := byKey.First(ctx)
			require.NoError(t, err)
			require.Equal(t, 10, found.Amount, "a query by key")
			selected, err := mapper.Select[view](r.Where(id.In("a", "b"))).Slice(ctx)
			require.NoError(t, err)
			require.Len(t, selected, 2)
			n, err := byKey.Where(amount.Eq(10)).Count(ctx)
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			exists, err := r.ExistsMany(ctx, "a", "nobody")
			require.NoError(t, err)
			require.Equal(t, []bool{true, false}, exists)
			require.NoError(t, r.TouchMany(ctx, "a"))
			changed, err := r.Change(ctx, "b", amount.Add(1), mapper.If(amount.Ge(2)))
			require.NoError(t, err)
			require.GreaterOrEqual(t, changed.Amount, 3)

			for _, err := range r.ScanAll(ctx) {
				require.ErrorIs(t, err, cluster.ErrTxnQuery, "ScanAll")
			}
			for name, q := range map[string]mapper.Query[Account]{"scan": r.All(), "scan with a condition": r.Where(amount.Gt(0)).AllowScan()} {
				_, err = q.Slice(ctx)
				require.ErrorIs(t, err, cluster.ErrTxnQuery, name)
				_, err = q.Count(ctx)
				require.ErrorIs(t, err, cluster.ErrTxnQuery, name)
				_, err = q.Page(ctx, "", 5)
				require.ErrorIs(t, err, cluster.ErrTxnQuery, name)
				_, err = q.Patch(ctx, amount.Add(1))
				require.ErrorIs(t, err, cluster.ErrTxnQuery, name)
				_, err = q.Delete(ctx)
				require.ErrorIs(t, err, cluster.ErrTxnQuery, name)
			}
			_, err = byKey.Patch(ctx, amount.Add(1))
			require.ErrorIs(t, err, cluster.ErrTxnQuery, "a background patch by key")
		})
	}
	require.NoError(t, tx.Rollback())
	a, err := plain.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, 1, a.Amount, "nothing stays after the rollback")
	for name, err := range map[string]error{
		"Find":  func() error { _, err := onTx.Find(ctx, "a"); return err }(),
		"query": func() error { _, err := onTx.Where(id.Eq("a")).First(ctx); return err }(),
		"Patch": onTx.Patch(ctx, "a", amount.Add(1)),
	} {
		require.Error(t, err, "%s after the end of the transaction", name)
	}
}
