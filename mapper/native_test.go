package mapper_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	aerospike "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

func TestKeyAndNamespace(t *testing.T) {
	client := open(t)
	r := repo[account](t, client, mapper.WithSet("accounts"))
	require.Equal(t, "test", r.Namespace())
	want := protocol.MustKey("test", "accounts", "k")
	for name, arg := range map[string]any{"key": "k", "object": &account{ID: "k"}, "protocol.Key": want} {
		t.Run(name, func(t *testing.T) {
			key, err := r.Key(arg)
			require.NoError(t, err)
			require.Equal(t, want, key)
		})
	}
	for name, arg := range map[string]any{
		"other kind": 5, "nil": nil, "nil object": (*account)(nil), "struct": account{}, "other set": protocol.MustKey("test", "users", "k"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.Key(arg)
			require.Error(t, err)
		})
	}
}

func TestDecodeAndEncode(t *testing.T) {
	client, ctx := open(t), t.Context()
	r := repo[account](t, client)
	x := sample("k")
	bins, err := r.Encode(x)
	require.NoError(t, err)
	require.NoError(t, r.Save(ctx, x))
	key, err := r.Key("k")
	require.NoError(t, err)
	rec, err := client.Get(ctx, nil, key)
	require.NoError(t, err)
	require.Len(t, rec.Bins, len(bins))
	for _, bin := range bins {
		stored, ok := rec.Bin(bin.Name)
		require.True(t, ok, bin.Name)
		require.Zero(t, protocol.Compare(bin.Value, stored), bin.Name)
	}

	want, err := r.Find(ctx, "k")
	require.NoError(t, err)
	var fresh account
	used := account{Balance: 1, Notes: map[string]person{"old": {}}, Left: time.Second, Gen: 9}
	for _, got := range []*account{&fresh, &used} {
		require.NoError(t, r.Decode(rec, got))
		require.InDelta(t, want.Left, got.Left, float64(time.Minute))
		got.Left = want.Left
		require.Equal(t, want, got)
	}

	x.Owner, x.Notes = nil, nil
	bins, err = r.Encode(x)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, bin := range bins {
		names[bin.Name] = bin.Value.IsNil()
	}
	require.Equal(t, map[string]bool{"balance": false, "tags": false, "limits": false, "owner": true, "opened": false}, names)
}

// TestDecodeKeepsTheExpiry: Save of an object that Decode has set keeps the record's expiry.
func TestDecodeKeepsTheExpiry(t *testing.T) {
	client, ctx := open(t), t.Context()
	r := repo[account](t, client)
	require.NoError(t, r.Save(ctx, sample("k")))
	key, err := r.Key("k")
	require.NoError(t, err)
	before, err := client.Get(ctx, nil, key)
	require.NoError(t, err)
	before.VoidTime -= 60 // the field is off by a minute, as with another clock
	var x account
	require.NoError(t, r.Decode(before, &x))
	require.NoError(t, r.Save(ctx, &x))
	after, err := client.Get(ctx, nil, key)
	require.NoError(t, err)
	require.Equal(t, before.VoidTime+60, after.VoidTime)
}

func TestDecodeErrors(t *testing.T) {
	client := open(t)
	r := repo[account](t, client)
	require.ErrorContains(t, r.Decode(nil, &account{}), "record is nil")
	require.ErrorContains(t, r.Decode(&protocol.Record{}, nil), "*account is nil")
	_, err := r.Encode(nil)
	require.ErrorContains(t, err, "*account is nil")

	key := protocol.MustKey("test", "account", "k")
	rec := &protocol.Record{Key: key, Bins: protocol.Bins{protocol.NewBin("balance", "x")}}
	var field *mapper.FieldError
	require.ErrorAs(t, r.Decode(rec, &account{}), &field)
	require.Equal(t, "balance", field.Bin)

	// If a record has no user key everything else is set.
	unnamed, err := protocol.KeyFromDigest("test", "account", key.Digest())
	require.NoError(t, err)
	x := account{ID: "old"}
	err = r.Decode(&protocol.Record{Key: unnamed, Generation: 3, Bins: protocol.Bins{protocol.NewBin("balance", 7)}}, &x)
	require.ErrorIs(t, err, mapper.ErrNoUserKey)
	require.Equal(t, account{Balance: 7, Gen: 3, Left: mapper.NeverExpires}, x)
}

// newAccounts takes a database or a client.
func newAccounts(src mapper.Source, opts ...mapper.Option) (*mapper.Repo[account], error) {
	return mapper.New[account](src, opts...)
}

func TestSourceAsParameter(t *testing.T) {
	client, ctx := open(t), t.Context()
	db := sql.OpenDB(aerospike.NewClientConnector(client, aerospike.Config{Namespace: "test"}))
	defer db.Close()
	native, err := newAccounts(mapper.Native(client), mapper.WithNamespace("test"))
	require.NoError(t, err)
	overSQL, err := newAccounts(mapper.SQL(db))
	require.NoError(t, err)
	require.NoError(t, native.Save(ctx, sample("k")))
	x, err := overSQL.Find(ctx, "k")
	require.NoError(t, err)
	require.Equal(t, "Ada", x.Owner.Name)

	for name, src := range map[string]mapper.Source{"empty": {}, "nil database": mapper.SQL(nil), "nil client": mapper.Native(nil)} {
		t.Run(name, func(t *testing.T) {
			_, err := newAccounts(src)
			require.Error(t, err)
		})
	}
}

// A clientDriver is a driver that returns the native client without a connection.
type clientDriver struct {
	aerospike.Driver
	client  *cluster.Client
	failure error
}

func (d *clientDriver) Client(context.Context) (*cluster.Client, error) { return d.client, d.failure }
func (d *clientDriver) Namespace() string                               { return "test" }
func (d *clientDriver) SendKey() bool                                   { return false }

// A noConns is a connector without connections.
type noConns struct{ driver *clientDriver }

func (c noConns) Connect(context.Context) (driver.Conn, error) {
	return nil, errors.New("no connection")
}
func (c noConns) Driver() driver.Driver { return c.driver }

func TestClientOfTheDriver(t *testing.T) {
	client, ctx := open(t), t.Context()
	d := &clientDriver{failure: errors.New("no node")}
	db := sql.OpenDB(noConns{d})
	defer db.Close()
	r, err := mapper.New[account](db)
	require.NoError(t, err)
	require.Equal(t, "test", r.Namespace())
	require.ErrorIs(t, r.Save(ctx, sample("k")), d.failure)
	d.client, d.failure = client, nil
	require.NoError(t, r.Save(ctx, sample("k")))
	for _, err := range r.ScanAll(ctx) {
		require.ErrorIs(t, err, mapper.ErrNoUserKey, "the driver says not to send keys")
	}
}

// TestOpenRows: the first call of a Repo works while another statement uses the only connection.
func TestOpenRows(t *testing.T) {
	db, err := sql.Open("aerospike", "aerospike+mem://open-rows/test")
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), "INSERT INTO account (PK, balance) VALUES ('k', 1)")
	require.NoError(t, err)
	rows, err := db.QueryContext(t.Context(), "SELECT balance FROM account WHERE PK = 'k'")
	require.NoError(t, err)
	defer rows.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := mapper.New[account](db)
	require.NoError(t, err)
	require.Equal(t, "test", r.Namespace())
	x, err := r.Find(ctx, "k")
	require.NoError(t, err)
	require.EqualValues(t, 1, x.Balance)
}
