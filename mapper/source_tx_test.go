package mapper_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// TestRepoOnTx: each verb of a Repo on an sql.Tx belongs to its transaction.
func TestRepoOnTx(t *testing.T) {
	_, db, done := openBank()
	defer done()
	ctx := t.Context()
	plain, err := mapper.New[Account](db)
	require.NoError(t, err)
	outside := plain.With(mapper.Durable()) // as deletes must be with strong consistency
	amount := mapper.NumOf(func(a *Account) *int { return &a.Amount })
	begin := func() {
		_, err := outside.DeleteMany(ctx, "a", "b", "c", "d")
		require.NoError(t, err)
		require.NoError(t, outside.SaveMany(ctx, &Account{"a", 1}, &Account{"b", 2}))
	}
	for name, write := range map[string]func(r *mapper.Repo[Account]) error{
		"Save":      func(r *mapper.Repo[Account]) error { return r.Save(ctx, &Account{"a", 9}) },
		"Insert":    func(r *mapper.Repo[Account]) error { return r.Insert(ctx, &Account{"c", 9}) },
		"Update":    func(r *mapper.Repo[Account]) error { return r.Update(ctx, &Account{"a", 9}) },
		"Replace":   func(r *mapper.Repo[Account]) error { return r.Replace(ctx, &Account{"a", 9}) },
		"Patch":     func(r *mapper.Repo[Account]) error { return r.Patch(ctx, "a", amount.Add(8)) },
		"Change":    func(r *mapper.Repo[Account]) error { _, err := r.Change(ctx, "a", amount.Add(8)); return err },
		"Upsert":    func(r *mapper.Repo[Account]) error { _, err := r.Upsert(ctx, &Account{"c", 9}); return err },
		"Delete":    func(r *mapper.Repo[Account]) error { _, err := r.With(mapper.Durable()).Delete(ctx, "a"); return err },
		"SaveMany":  func(r *mapper.Repo[Account]) error { return r.SaveMany(ctx, &Account{"a", 9}, &Account{"c", 9}) },
		"PatchMany": func(r *mapper.Repo[Account]) error { return r.PatchMany(ctx, []any{"a", "b"}, amount.Add(8)) },
		"DeleteMany": func(r *mapper.Repo[Account]) error {
			_, err := r.With(mapper.Durable()).DeleteMany(ctx, "a", "b")
			return err
		},
		"UpsertMany": func(r *mapper.Repo[Account]) error {
			_, err := r.UpsertMany(ctx, []*Account{{"a", 1}, {"d", 4}}, amount.Add(8))
			return err
		},
		"Modify": func(r *mapper.Repo[Account]) error {
			_, err := r.Modify(ctx, "a", func(a *Account) error { a.Amount = 9; return nil })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			begin()
			before, err := outside.FindMany(ctx, "a", "b", "c", "d")
			require.NoError(t, err)
			tx, err := db.BeginTx(ctx, nil)
			require.NoError(t, err)
			within, err := mapper.New[Account](tx)
			require.NoError(t, err)
			require.NoError(t, write(within))
			inside, err := within.FindMany(ctx, "a", "b", "c", "d")
			require.NoError(t, err)
			require.NotEqual(t, before, inside, "the transaction sees its writes")
			require.NoError(t, tx.Rollback())
			after, err := outside.FindMany(ctx, "a", "b", "c", "d")
			require.NoError(t, err)
			require.Equal(t, before, after, "rolled back")
			require.Error(t, within.Save(ctx, &Account{"a", 9}), "the transaction has ended")
		})
	}
}

func TestRepoOnTxErrors(t *testing.T) {
	_, err := mapper.New[Account]((*sql.Tx)(nil))
	require.EqualError(t, err, "mapper: the transaction is nil")
	client := open(t)
	db := sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "test", Tx: driver.TxAutocommit}))
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	r, err := mapper.New[Account](tx)
	require.NoError(t, err)
	require.NoError(t, r.Save(t.Context(), &Account{"a", 1}), "with tx=autocommit each call takes effect at once")
	require.Equal(t, "test", r.Namespace())
	rec, err := client.Get(t.Context(), nil, protocol.MustKey("test", "account", "a"))
	require.NoError(t, err)
	require.EqualValues(t, 1, rec.Generation)
}
