package mapper_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// open starts a cluster for a test.
func open(t testing.TB) *cluster.Client {
	t.Helper()
	return openWith(t, cluster.Policies{})
}

func openWith(t testing.TB, policies cluster.Policies) *cluster.Client {
	t.Helper()
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, Policies: policies})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// openWithOne opens a client with at most one connection to the node.
func openWithOne(t testing.TB) *cluster.Client {
	t.Helper()
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, MaxConnsPerNode: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

func repo[T any](t testing.TB, client *cluster.Client, opts ...mapper.Option) *mapper.Repo[T] {
	t.Helper()
	r, err := mapper.New[T](client, append([]mapper.Option{mapper.WithNamespace("test")}, opts...)...)
	require.NoError(t, err)
	return r
}

type account struct {
	ID      string            `as:"id,pk"`
	Balance int64             `as:"balance"`
	Tags    []string          `as:"tags"`
	Limits  map[string]int    `as:"limits"`
	Owner   *person           `as:"owner"`
	Opened  time.Time         `as:"opened,omitzero"`
	Notes   map[string]person `as:"notes,omitempty"`
	Gen     uint32            `asm:"gen"`
	Left    time.Duration     `asm:"ttl"`
}

type person struct {
	Name string
	Age  uint8 `as:"age,omitzero"`
}

func sample(id string) *account {
	return &account{
		ID: id, Balance: -5, Tags: []string{}, Limits: map[string]int{"day": 100}, Owner: &person{"Ada", 36},
		Opened: time.Date(2024, 5, 6, 7, 8, 9, 10, time.UTC), Notes: map[string]person{"n": {Name: "x"}}, Left: time.Hour,
	}
}

// TestWritesUseTheClientsPolicy: writes use the client's policy unless an option sets another.
func TestWritesUseTheClientsPolicy(t *testing.T) {
	client := openWith(t, cluster.Policies{Write: cluster.WritePolicy{TTL: cluster.TTLSeconds(1000)}})
	left := func(opts ...mapper.Option) time.Duration {
		people := repo[struct {
			ID   int    `as:"id,pk"`
			Name string `as:"name"`
		}](t, client, append(opts, mapper.WithSet("people"))...)
		x := &struct {
			ID   int    `as:"id,pk"`
			Name string `as:"name"`
		}{1, "Ada"}
		require.NoError(t, people.Save(context.Background(), x))
		rec, err := client.GetHeader(context.Background(), nil, protocol.MustKey("test", "people", 1))
		require.NoError(t, err)
		return rec.TTL(time.Now())
	}
	require.InDelta(t, 1000, left().Seconds(), 5)
	require.InDelta(t, 50, left(mapper.WithWritePolicy(cluster.WritePolicy{TTL: cluster.TTLSeconds(50)})).Seconds(), 5)
}

func TestVerbsOnAServer(t *testing.T) {
	ctx := context.Background()
	client := open(t)
	r := repo[account](t, client)

	x := sample("k")
	require.ErrorIs(t, r.Update(ctx, x), mapper.ErrNotFound)
	require.NoError(t, r.Insert(ctx, x))
	require.EqualValues(t, 1, x.Gen)
	require.ErrorIs(t, r.Insert(ctx, sample("k")), mapper.ErrExists)

	found, err := r.Find(ctx, "k")
	require.NoError(t, err)
	require.InDelta(t, time.Hour, found.Left, float64(2*time.Second))
	found.Left = x.Left
	require.Equal(t, x, found)

	key := protocol.MustKey("test", "account", "k")
	require.NoError(t, client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("unmapped", 1)}))
	err = r.Save(ctx, x)
	require.ErrorIs(t, err, mapper.ErrStale)
	require.ErrorIs(t, err, protocol.GenerationError)
	require.NoError(t, r.FindInto(ctx, "k", x))
	x.Opened, x.Owner, x.Tags, x.Notes = time.Time{}, nil, nil, nil
	require.NoError(t, r.Save(ctx, x))
	require.EqualValues(t, 3, x.Gen)
	rec, err := client.Get(ctx, nil, key)
	require.NoError(t, err)
	require.Len(t, rec.Bins, 4, "balance, limits, notes that were left unchanged, and the unmapped bin: %v", rec.Bins)

	require.NoError(t, r.Replace(ctx, x))
	rec, err = client.Get(ctx, nil, key)
	require.NoError(t, err)
	require.Len(t, rec.Bins, 2, "%v", rec.Bins)

	require.NoError(t, r.Touch(ctx, x))
	require.EqualValues(t, 5, x.Gen)
	existed, err := r.Delete(ctx, x)
	require.NoError(t, err)
	require.True(t, existed)
	exists, err := r.Exists(ctx, "k")
	require.NoError(t, err)
	require.False(t, exists)
}

func TestManyOnAServer(t *testing.T) {
	ctx := context.Background()
	r := repo[account](t, open(t))
	var all []*account
	for i := range 50 {
		all = append(all, sample(fmt.Sprint(i)))
	}
	require.NoError(t, r.InsertMany(ctx, all...))
	require.EqualValues(t, 1, all[49].Gen)

	found, err := r.FindMany(ctx, "7", "none", "3", "7")
	require.NoError(t, err)
	require.Nil(t, found[1])
	require.Equal(t, []string{"7", "3", "7"}, []string{found[0].ID, found[2].ID, found[3].ID})

	_, err = r.FindMany(ctx, 1, "2")
	var many *mapper.ManyError
	require.ErrorAs(t, err, &many)
	require.ErrorIs(t, many.Errors[0], mapper.ErrType)
	require.NoError(t, many.Errors[1])

	stale, good := *all[1], all[2]
	stale.Gen = 9
	err = r.SaveMany(ctx, &stale, good, nil, &account{})
	require.ErrorAs(t, err, &many)
	require.ErrorIs(t, err, mapper.ErrStale)
	require.NoError(t, many.Errors[1])
	require.ErrorContains(t, many.Errors[2], "nil")
	require.ErrorIs(t, many.Errors[3], protocol.ErrInvalidKey)
	require.EqualValues(t, 2, good.Gen)
	require.EqualValues(t, 9, stale.Gen)
	require.ErrorIs(t, r.InsertMany(ctx, good), mapper.ErrExists)
	require.ErrorIs(t, r.UpdateMany(ctx, sample("none")), mapper.ErrNotFound)
	require.NoError(t, r.ReplaceMany(ctx, all[3], all[4]))

	seen := 0
	for x, err := range r.ScanAll(ctx) {
		require.NoError(t, err)
		require.EqualValues(t, -5, x.Balance)
		seen++
	}
	require.Equal(t, 50, seen)
	for range r.ScanAll(ctx) {
		break // ends the scan; goleak would see what it leaves behind
	}

	deleted, err := r.DeleteMany(ctx, "1", "none", all[3], all[5])
	require.NoError(t, err)
	require.Equal(t, 3, deleted)
	deleted, err = r.DeleteMany(ctx, all[4], &account{ID: "6", Gen: 77})
	require.ErrorIs(t, err, mapper.ErrStale)
	require.Equal(t, 1, deleted)
	require.NoError(t, r.SaveMany(ctx))
}

// TestModifyOnAServer: with 32 writers, exactly one wins each generation.
func TestModifyOnAServer(t *testing.T) {
	ctx := context.Background()
	r := repo[account](t, open(t))
	require.NoError(t, r.Insert(ctx, &account{ID: "k"}))
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := r.Modify(ctx, "k", func(x *account) error { x.Balance++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	x, err := r.Find(ctx, "k")
	require.NoError(t, err)
	require.EqualValues(t, 32, x.Balance)
	require.EqualValues(t, 33, x.Gen)
}

func TestSaveOfNoBinsRemovesTheRecord(t *testing.T) {
	type T struct {
		ID int  `as:"id,pk"`
		A  *int `as:"a"`
	}
	ctx := context.Background()
	r := repo[T](t, open(t))
	one := 1
	require.NoError(t, r.Save(ctx, &T{1, &one}))
	require.NoError(t, r.Save(ctx, &T{ID: 1}))
	_, err := r.Find(ctx, 1)
	require.ErrorIs(t, err, mapper.ErrNotFound)
}

func TestWithoutSendKey(t *testing.T) {
	ctx := context.Background()
	r := repo[account](t, open(t), mapper.WithoutSendKey())
	require.NoError(t, r.Save(ctx, sample("k")))
	for x, err := range r.ScanAll(ctx) {
		require.Nil(t, x)
		require.ErrorIs(t, err, mapper.ErrNoUserKey)
	}
}

func TestCanceledContext(t *testing.T) {
	r := repo[account](t, open(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, r.Save(ctx, sample("k")), context.Canceled)
	require.ErrorIs(t, r.SaveMany(ctx, sample("k")), context.Canceled)
	_, err := r.FindMany(ctx, "k")
	require.ErrorIs(t, err, context.Canceled)
}
