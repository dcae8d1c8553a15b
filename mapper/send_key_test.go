package mapper_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// TestRecordsWithoutUserKeys: records that were stored without their keys, which is the default of
// the official clients, can be changed by their digests, alone and in batches with other records.
func TestRecordsWithoutUserKeys(t *testing.T) {
	client, ctx := open(t), t.Context()
	r := repo[plainCounter](t, client)
	require.NoError(t, r.Save(ctx, &plainCounter{ID: "with"}))
	key := protocol.MustKey("test", "counter", "without")
	require.NoError(t, client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("n", 0)}))
	for rec, err := range client.Scan(ctx, nil, "test", "counter") {
		require.NoError(t, err)
		for _, k := range []any{rec.Key, rec.Key.Digest()} {
			x, err := r.Modify(ctx, k, func(x *plainCounter) error { x.N++; return nil })
			require.NoError(t, err)
			require.Positive(t, x.N)
			require.NoError(t, r.Touch(ctx, k))
			exists, err := r.Exists(ctx, k)
			require.NoError(t, err)
			require.True(t, exists)
		}
	}
	for _, id := range []string{"with", "without"} {
		x, err := r.Find(ctx, id)
		require.NoError(t, err)
		require.Equal(t, &plainCounter{id, 2}, x)
	}
	n, err := r.DeleteMany(ctx, protocol.MustKey("test", "counter", "with").Digest(), key.Digest())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.NoError(t, client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("n", 0)}))
	existed, err := r.Delete(ctx, key.Digest())
	require.NoError(t, err)
	require.True(t, existed)
}

// TestSendKeyOfADSN: send_key=false in the DSN also applies to the mapper.
func TestSendKeyOfADSN(t *testing.T) {
	for dsn, want := range map[string]bool{
		"aerospike+mem://sendkey/test": true, "aerospike+mem://sendkey/test?send_key=true": true, "aerospike+mem://sendkey/test?send_key=false": false,
	} {
		db, err := sql.Open("aerospike", dsn)
		require.NoError(t, err)
		defer db.Close()
		for _, stored := range []func(x *plainCounter) error{
			func(x *plainCounter) error {
				r, err := mapper.New[plainCounter](db)
				require.NoError(t, err)
				return r.Save(t.Context(), x)
			},
			func(x *plainCounter) error {
				r, err := mapper.New[plainCounter](db, mapper.WithWritePolicy(cluster.WritePolicy{SendKey: true}))
				require.NoError(t, err)
				return r.SaveMany(t.Context(), x)
			},
		} {
			_, err = db.Exec("DELETE FROM counter")
			require.NoError(t, err)
			require.NoError(t, stored(&plainCounter{ID: "k"}))
			var key sql.NullString
			require.NoError(t, db.QueryRow("SELECT PK FROM counter").Scan(&key))
			require.Equal(t, want, key.Valid, dsn)
		}
	}
	client := open(t)
	db := sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "test", NoSendKey: true}))
	defer db.Close()
	r, err := mapper.New[plainCounter](db)
	require.NoError(t, err)
	require.NoError(t, r.Save(t.Context(), &plainCounter{ID: "k"}))
	for rec, err := range client.Scan(t.Context(), nil, "test", "counter") {
		require.NoError(t, err)
		require.True(t, rec.Key.UserKey().IsNil())
	}
}
