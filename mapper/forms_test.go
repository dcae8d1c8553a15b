package mapper

import (
	"context"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// uuid is an array with the methods of common UUID types.
type uuid [4]byte

func (u uuid) MarshalText() ([]byte, error) { return []byte(netip.AddrFrom4(u).String()), nil }
func (u *uuid) UnmarshalText(b []byte) error {
	a, err := netip.ParseAddr(string(b))
	if err == nil {
		*u = a.As4()
	}
	return err
}

type color int

func (c color) MarshalText() ([]byte, error) { return []byte{'c', '0' + byte(c)}, nil }
func (c *color) UnmarshalText(b []byte) error {
	*c = color(b[1] - '0')
	return nil
}

// forms has each form option on each type that it can be used for.
type forms struct {
	UUID     uuid             // kinds go before MarshalText
	UUIDText uuid             `as:",text"`
	UUIDs    []uuid           `as:",blob"`
	UUIDMap  map[string]*uuid `as:",text"`
	Color    color
	Named    color                `as:",text"`
	Digits   int16                `as:",text"`
	Big      []uint64             `as:",blob"`
	URL      url.URL              `as:",blob"`
	Bytes    []byte               `as:",blob"`
	Flags    map[string]bool      `as:",bool=native"`
	Moments  []time.Time          `as:",unix"`
	RFC      time.Time            `as:",text"`
	List     []string             `as:",ordered"`
	Keys     map[int8]string      `as:",ordered"`
	Any      any                  `as:",json"`
	Raw      *map[string]int      `as:",json,blob"`
	Year     *time.Time           `as:",unixmilli"`
	Milli    map[string]time.Time `as:",unixmilli"`
}

func formsObject() *forms {
	id := uuid{10, 0, 0, 1}
	early := time.Date(1, 2, 3, 4, 5, 6, 0, time.UTC)
	return &forms{
		UUID: id, UUIDText: id, UUIDs: []uuid{id}, UUIDMap: map[string]*uuid{"k": &id, "nil": nil}, Color: 3, Named: 4, Digits: -77,
		Big: []uint64{1<<64 - 1}, URL: url.URL{Scheme: "https", Host: "example.org"}, Bytes: []byte{1}, Flags: map[string]bool{"t": true},
		Moments: []time.Time{early, {}}, RFC: early, List: []string{"a", "b"}, Keys: map[int8]string{-1: "x"}, Any: map[string]any{"a": 1.0},
		Raw: &map[string]int{"b": 2}, Year: &early, Milli: map[string]time.Time{"m": early},
	}
}

func TestForms(t *testing.T) {
	p, x := planOf[forms](t, false), formsObject()
	bins, err := encodeOf(p, x)
	require.NoError(t, err)
	texts := map[string]string{
		"UUID": "[10, 0, 0, 1]", "UUIDText": "10.0.0.1", "Color": "3", "Named": "c4", "Digits": "-77", "RFC": "0001-02-03T04:05:06Z", "Any": `{"a":1}`,
	}
	for bin, want := range texts {
		v, _ := bins.Get(bin)
		require.Equal(t, want, v.String(), bin)
	}
	kinds := map[string]protocol.Kind{"URL": protocol.KindBlob, "Bytes": protocol.KindBlob, "Raw": protocol.KindBlob, "Year": protocol.KindInt}
	for bin, want := range kinds {
		v, _ := bins.Get(bin)
		require.Equal(t, want, v.Kind(), bin)
	}
	for _, bin := range []string{"List", "Keys"} {
		v, _ := bins.Get(bin)
		require.Equal(t, protocol.Ordered, v.Order(), bin)
	}
	var got forms
	require.NoError(t, decodeInto(p, &got, overWire(t, bins), true))
	require.Equal(t, x, &got)

	bins, err = encodeOf(p, &forms{})
	require.NoError(t, err)
	require.NoError(t, decodeInto(p, &got, overWire(t, bins), false))
	require.Equal(t, forms{}, got)
}

func TestOmitEmptyOnEveryKind(t *testing.T) {
	type T struct {
		Bool   bool              `as:",omitempty"`
		Int    int8              `as:",omitempty"`
		Float  float64           `as:",omitempty"`
		Str    string            `as:",omitempty"`
		Bytes  []byte            `as:",omitempty"`
		Slice  []int             `as:",omitempty"`
		Map    map[string]int    `as:",omitempty"`
		Ptr    *int              `as:",omitempty"`
		Any    any               `as:",omitempty"`
		Time   time.Time         `as:",omitempty"`
		None   [0]int            `as:",omitempty"`
		NoByte [0]byte           `as:",omitempty"`
		JSON   map[string]string `as:",omitempty,json"`
		Value  protocol.Value    `as:",omitempty"`
		Inner  struct {
			A int       `as:"a,omitempty"`
			T time.Time `as:"t,omitzero"`
			P *int      `as:"p"`
			Q *int      `as:"q,omitempty"`
		}
	}
	p := planOf[T](t, false)
	bins, err := encodeOf(p, &T{Bytes: []byte{}, Slice: []int{}, Map: map[string]int{}, JSON: map[string]string{}})
	require.NoError(t, err)
	require.Equal(t, []string{"Inner"}, binNames(bins), "a struct is never empty")
	require.Equal(t, `{"p": nil}`, bins[0].Value.String())
}

func TestPoliciesReachTheClient(t *testing.T) {
	ctx := context.Background()
	r, m := repoOn[user](t, WithNativeTypes(), WithReadPolicy(cluster.ReadPolicy{MaxRetries: 1}), WithBatchPolicy(cluster.BatchPolicy{MaxRetries: 2}),
		WithScanPolicy(cluster.QueryPolicy{MaxRetries: 3}), WithNamespace("test"),
		WithWritePolicy(cluster.WritePolicy{DurableDelete: true, Exists: cluster.ReplaceOnly, Generation: 5, GenerationPolicy: cluster.ExpectGreater}))
	require.Equal(t, []int{1, 2, 3}, []int{r.store.read.MaxRetries, r.store.batch.MaxRetries, r.store.scan.MaxRetries})
	require.NoError(t, r.Save(ctx, &user{ID: 1}))
	require.Equal(t, &cluster.WritePolicy{DurableDelete: true, SendKey: true}, m.last)
}

// TestModifyUnderContention: Modify repeats a change after a conflict and gives up after its last
// attempt.
func TestModifyUnderContention(t *testing.T) {
	ctx := context.Background()
	r, _ := repoOn[user](t)
	require.NoError(t, r.Save(ctx, &user{ID: 1}))
	calls := 0
	x, err := r.Modify(ctx, 1, func(x *user) error {
		if calls++; calls <= 3 {
			require.NoError(t, r.Save(ctx, &user{ID: 1, Name: "others"}))
		}
		x.Age++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 4, calls)
	require.Equal(t, &user{ID: 1, Name: "others", Age: 1}, x)

	ctx, cancel := context.WithCancel(ctx)
	_, err = r.Modify(ctx, 1, func(*user) error {
		cancel()
		return r.Save(context.Background(), &user{ID: 1})
	})
	require.ErrorIs(t, err, context.Canceled)
	_, err = r.Modify(context.Background(), 1, func(*user) error {
		_, err := r.Delete(context.Background(), 1)
		return err
	})
	require.Error(t, err)
}

func TestErrorTexts(t *testing.T) {
	some := &ManyError{Errors: []error{nil, ErrStale, ErrNotFound}}
	require.EqualError(t, some, "mapper: 2 of 3 items failed; item 1: record has been changed by others")
	require.ErrorIs(t, some, ErrNotFound)
	require.EqualError(t, &ManyError{}, "mapper: no item failed")
}
