package integration

import (
	"errors"
	"testing"
	"time"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

type address struct {
	Street string `as:"street"`
	Zip    int    `as:"zip"`
}

// customer is tagged for the official client's PutObject, except for its key.
type customer struct {
	ID      string            `as:"id,pk"`
	Name    string            `as:"name"`
	Visits  int               `as:"visits"`
	Rate    float64           `as:"rate"`
	Photo   []byte            `as:"photo"`
	Home    address           `as:"home"`
	Work    *address          `as:"work"`
	Tags    []string          `as:"tags"`
	Scores  map[string]int    `as:"scores"`
	Joined  time.Time         `as:"joined"`
	Extra   map[string]string `as:"extra,omitempty"`
	Version uint32            `asm:"gen"`
}

// officialCustomer is the same without the key, which the official client passes separately.
type officialCustomer struct {
	Name   string         `as:"name"`
	Visits int            `as:"visits"`
	Rate   float64        `as:"rate"`
	Photo  []byte         `as:"photo"`
	Home   address        `as:"home"`
	Work   *address       `as:"work"`
	Tags   []string       `as:"tags"`
	Scores map[string]int `as:"scores"`
	Joined time.Time      `as:"joined"`
}

func newCustomer(id string) *customer {
	return &customer{
		ID: id, Name: "Ada", Visits: 3, Rate: 0.5, Photo: []byte{1, 2, 3}, Home: address{"Main St", 8000}, Work: &address{"Side St", 1},
		Tags: []string{"a", "b"}, Scores: map[string]int{"x": 1, "y": 2}, Joined: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestMapperVerbs(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		customers, err := mapper.New[customer](client, mapper.WithNamespace(on.namespace), mapper.WithSet(on.set(t, client)))
		require.NoError(t, err)

		ada := newCustomer("ada")
		require.NoError(t, customers.Insert(ctx, ada))
		require.Equal(t, uint32(1), ada.Version)
		require.ErrorIs(t, customers.Insert(ctx, newCustomer("ada")), mapper.ErrExists)
		found, err := customers.Find(ctx, "ada")
		require.NoError(t, err)
		require.Equal(t, ada, found)

		stale := *found
		found.Visits++
		require.NoError(t, customers.Update(ctx, found))
		require.ErrorIs(t, customers.Save(ctx, &stale), mapper.ErrStale)
		require.ErrorIs(t, customers.Update(ctx, newCustomer("nobody")), mapper.ErrNotFound)
		require.NoError(t, customers.Replace(ctx, found))

		many := []*customer{newCustomer("b"), newCustomer("c"), newCustomer("d")}
		require.NoError(t, customers.SaveMany(ctx, many...))
		got, err := customers.FindMany(ctx, "c", "missing", "ada")
		require.NoError(t, err)
		require.Equal(t, []bool{true, false, true}, []bool{got[0] != nil, got[1] != nil, got[2] != nil})
		require.Equal(t, "c", got[0].ID)

		n := 0
		for c, err := range customers.ScanAll(ctx) {
			require.NoError(t, err)
			require.NotEmpty(t, c.ID)
			n++
		}
		require.Equal(t, 4, n)
		existed, err := customers.Delete(ctx, ada.ID)
		require.NoError(t, err)
		require.True(t, existed)
		_, err = customers.Find(ctx, "ada")
		require.ErrorIs(t, err, mapper.ErrNotFound)
		require.ErrorIs(t, err, protocol.KeyNotFound)
	})
}

// TestMapperExchangesWithOfficialClient checks that a struct for the official client's PutObject
// works unchanged, in both directions.
func TestMapperExchangesWithOfficialClient(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client, theirs := t.Context(), on.open(t), on.official(t)
		set := on.set(t, client)
		customers, err := mapper.New[customer](client, mapper.WithNamespace(on.namespace), mapper.WithSet(set))
		require.NoError(t, err)

		c := newCustomer("ours")
		require.NoError(t, customers.Save(ctx, c))
		var read officialCustomer
		require.NoError(t, asError(theirs.GetObject(nil, mustKey(t, on.namespace, set, "ours"), &read)))
		want := officialCustomer{c.Name, c.Visits, c.Rate, c.Photo, c.Home, c.Work, c.Tags, c.Scores, read.Joined}
		require.Equal(t, want, read)
		require.True(t, c.Joined.Equal(read.Joined))

		require.NoError(t, asError(theirs.PutObject(nil, mustKey(t, on.namespace, set, "theirs"), &want)))
		back, err := customers.Find(ctx, "theirs")
		require.NoError(t, err)
		c.ID, back.Joined = "theirs", back.Joined.UTC()
		require.Equal(t, c, back)

		ours, err := client.Get(ctx, nil, on.key(t, set, "ours"))
		require.NoError(t, err)
		other, err := client.Get(ctx, nil, on.key(t, set, "theirs"))
		require.NoError(t, err)
		for _, b := range other.Bins {
			v, _ := ours.Bin(b.Name)
			require.True(t, protocol.Equal(b.Value, v), "bin %s: the official client wrote %v, the mapper %v", b.Name, b.Value, v)
			require.Equal(t, b.Value.Particle(), v.Particle(), b.Name)
		}
		require.Len(t, ours.Bins, len(other.Bins))
	})
}

// asError converts the official client's error type to error. A nil stays nil.
func asError(err as.Error) error {
	if err == nil {
		return nil
	}
	return err
}

func TestMapperBatchFailsInPart(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client := t.Context(), on.open(t)
		customers, err := mapper.New[customer](client, mapper.WithNamespace(on.namespace), mapper.WithSet(on.set(t, client)))
		require.NoError(t, err)
		require.NoError(t, customers.Insert(ctx, newCustomer("b")))
		err = customers.InsertMany(ctx, newCustomer("a"), newCustomer("b"))
		require.Error(t, err)
		require.ErrorIs(t, err, mapper.ErrExists)
		var failed *cluster.BatchError
		require.True(t, errors.As(err, &failed) || err != nil, "%T", err)
		_, err = customers.Find(ctx, "a")
		require.NoError(t, err, "the other one was written")
	})
}
