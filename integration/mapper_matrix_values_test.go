package integration

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/examples/shop/catalog"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// kept writes an object with the key "kept", requires that it is read as it was, and returns the
// stored bins.
func kept[T any](t *testing.T, ctx context.Context, m *matrixRun, x *T, opts ...mapper.Option) *protocol.Record {
	t.Helper()
	repo, err := mapper.New[T](m.client, append(opts, mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()))...)
	require.NoError(t, err)
	require.NoError(t, repo.Replace(ctx, x))
	found, err := repo.Find(ctx, "kept")
	require.NoError(t, err)
	require.Equal(t, x, found)
	key, err := repo.Key("kept")
	require.NoError(t, err)
	rec, err := m.client.Get(ctx, nil, key)
	require.NoError(t, err)
	return rec
}

// refused requires that an object can't be written, with an error that names a field.
func refused[T any](t *testing.T, ctx context.Context, m *matrixRun, x *T, field string) {
	t.Helper()
	repo, err := mapper.New[T](m.client, mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()))
	require.NoError(t, err)
	err = repo.Save(ctx, x)
	require.ErrorIs(t, err, mapper.ErrRange)
	require.ErrorContains(t, err, "."+field+" (bin ")
}

// requireBins requires the text of the values of bins.
func requireBins(t *testing.T, rec *protocol.Record, want map[string]string) {
	t.Helper()
	for name, text := range want {
		v, ok := rec.Bin(name)
		if text == "" {
			require.False(t, ok, "%s: %v", name, v)
			continue
		}
		got := fmt.Sprintf("%v %v", v.Kind(), v)
		if v.Kind() == protocol.KindString {
			got = fmt.Sprintf("string %q", v.String())
		}
		require.Equal(t, text, got, name)
	}
}

// matrixValueRows are the rows of the matrix about the types of values.
var matrixValueRows = []matrixRow{
	{"time.Time", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type moments struct {
			ID    string        `as:"id,pk"`
			At    time.Time     `as:"at"`
			Sec   time.Time     `as:"sec,unix"`
			Milli time.Time     `as:"milli,unixmilli"`
			Text  time.Time     `as:"text,text"`
			Zero  time.Time     `as:"zero"`
			Took  time.Duration `as:"took"`
		}
		at := time.Date(2026, 1, 2, 3, 4, 5, 6_000_007, time.UTC)
		rec := kept(t, ctx, m, &moments{ID: "kept", At: at, Sec: at.Truncate(time.Second), Milli: at.Truncate(time.Millisecond), Text: at, Took: time.Minute})
		requireBins(t, rec, map[string]string{
			"at": fmt.Sprintf("integer %d", at.UnixNano()), "sec": fmt.Sprintf("integer %d", at.Unix()), "milli": fmt.Sprintf("integer %d", at.UnixMilli()),
			"text": `string "2026-01-02T03:04:05.006000007Z"`, "zero": "", "took": "integer 60000000000",
		})
		refused(t, ctx, m, &moments{ID: "kept", At: time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)}, "At")
	}},
	{"uint64 and integers", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type numbers struct {
			ID   string `as:"id,pk"`
			I8   int8   `as:"i8"`
			U    uint64 `as:"u"`
			Blob uint64 `as:"blob,blob"`
			Text uint64 `as:"text,text"`
		}
		rec := kept(t, ctx, m, &numbers{"kept", -128, math.MaxInt64, math.MaxUint64, math.MaxUint64})
		requireBins(t, rec, map[string]string{"i8": "integer -128", "u": "integer 9223372036854775807", "text": `string "18446744073709551615"`})
		blob, _ := rec.Bin("blob")
		require.Equal(t, protocol.KindBlob, blob.Kind())
		refused(t, ctx, m, &numbers{ID: "kept", U: 1 << 63}, "U")
		key, err := m.Key("kept")
		require.NoError(t, err)
		require.NoError(t, m.client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("i8", 300)}))
		repo, err := mapper.New[numbers](m.client, mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()))
		require.NoError(t, err)
		_, err = repo.Find(ctx, "kept")
		require.ErrorIs(t, err, mapper.ErrRange)
		require.ErrorContains(t, err, `numbers.I8 (bin "i8")`)
	}},
	{"bool", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type flags struct {
			ID     string `as:"id,pk"`
			Plain  bool   `as:"plain"`
			Native bool   `as:"native,bool=native"`
			Int    bool   `as:"int,bool=int"`
		}
		x := &flags{"kept", true, true, true}
		requireBins(t, kept(t, ctx, m, x), map[string]string{"plain": "integer 1", "native": "boolean true", "int": "integer 1"})
		requireBins(t, kept(t, ctx, m, x, mapper.WithNativeTypes()), map[string]string{"plain": "boolean true", "native": "boolean true", "int": "integer 1"})
	}},
	{"bytes arrays and UUIDs", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type ids struct {
			ID    string    `as:"id,pk"`
			Bytes []byte    `as:"bytes"`
			Array [4]byte   `as:"array"`
			Blob  [4]byte   `as:"blob,blob"`
			UUID  uuid.UUID `as:"uuid"`
			Text  uuid.UUID `as:"text,text"`
			Raw   uuid.UUID `as:"raw,blob"`
		}
		id := uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
		x := &ids{"kept", []byte{1, 2}, [4]byte{1, 2, 3, 4}, [4]byte{1, 2, 3, 4}, id, id, id}
		requireBins(t, kept(t, ctx, m, x), map[string]string{"array": "list [1, 2, 3, 4]", "text": `string "` + id.String() + `"`})
		rec := kept(t, ctx, m, x, mapper.WithNativeTypes())
		requireBins(t, rec, map[string]string{"uuid": `string "` + id.String() + `"`})
		for _, bin := range []string{"bytes", "array", "blob", "raw"} {
			v, _ := rec.Bin(bin)
			require.Equal(t, protocol.KindBlob, v.Kind(), bin)
		}
	}},
	{"decimals and big numbers", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type amounts struct {
			ID    string   `as:"id,pk"`
			Big   *big.Int `as:"big"`
			Price string   `as:"price,scale=2"`
			Rate  float64  `as:"rate,scale=3"`
		}
		large, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
		rec := kept(t, ctx, m, &amounts{"kept", large, "12.50", 0.125})
		requireBins(t, rec, map[string]string{"big": `string "123456789012345678901234567890"`, "price": "integer 1250", "rate": "integer 125"})
	}},
	{"JSON GeoJSON and HyperLogLog", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type documents struct {
			ID    string         `as:"id,pk"`
			JSON  map[string]int `as:"json,json"`
			Blob  []string       `as:"blob,json,blob"`
			Place mapper.GeoJSON `as:"place"`
			HLL   protocol.Value `as:"hll"`
		}
		rec := kept(t, ctx, m, &documents{ID: "kept", JSON: map[string]int{"a": 1}, Blob: []string{"x"}, Place: mapper.Point(1, 2)})
		requireBins(t, rec, map[string]string{"json": `string "{\"a\":1}"`, "hll": ""})
		for bin, kind := range map[string]protocol.Kind{"blob": protocol.KindBlob, "place": protocol.KindGeoJSON} {
			v, _ := rec.Bin(bin)
			require.Equal(t, kind, v.Kind(), bin)
		}
		repo, err := mapper.New[documents](m.client, mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()))
		require.NoError(t, err)
		require.NoError(t, repo.Patch(ctx, "kept", mapper.Use[documents](cdt.HLLAdd("hll", []string{"ann", "bob"}, 8, 0))))
		found, err := repo.Find(ctx, "kept")
		require.NoError(t, err)
		require.Equal(t, protocol.KindHLL, found.HLL.Kind())
		require.NoError(t, repo.Save(ctx, found))
		again, err := repo.Find(ctx, "kept")
		require.NoError(t, err)
		require.True(t, protocol.Equal(found.HLL, again.HLL))
	}},
	{"NULL", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type nulls struct {
			ID      string              `as:"id,pk"`
			Name    sql.NullString      `as:"name"`
			N       sql.Null[int]       `as:"n"`
			At      sql.Null[time.Time] `as:"at"`
			Pointer *int                `as:"pointer"`
			Gone    *string             `as:"gone"`
			None    sql.NullInt64       `as:"none"`
		}
		five := 5
		x := &nulls{ID: "kept", Name: sql.NullString{String: "", Valid: true}, N: sql.Null[int]{V: 0, Valid: true}, Pointer: &five}
		requireBins(t, kept(t, ctx, m, x), map[string]string{"name": `string ""`, "n": "integer 0", "at": "", "pointer": "integer 5", "gone": "", "none": ""})
	}},
	{"Codecs", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type coded struct {
			ID      string           `as:"id,pk"`
			Method  bothMethods      `as:"method"`
			Valuer  valuerOnly       `as:"valuer"`
			Text    netip.Addr       `as:"text"`
			Typed   time.Month       `as:"typed"`
			Named   string           `as:"named,codec=upper"`
			Binary  netip.Addr       `as:"binary,blob"`
			Pointer *netip.Addr      `as:"pointer"`
			Map     map[netip.Addr]X `as:"map"`
		}
		addr := netip.MustParseAddr("10.0.0.1")
		rec := kept(t, ctx, m, &coded{"kept", bothMethods{"m"}, valuerOnly{"v"}, addr, time.May, "x", addr, &addr, map[netip.Addr]X{addr: 1}},
			mapper.WithEnum(mapper.Names(time.May, time.June)),
			mapper.WithNamedCodec("upper", mapper.Codec[string]{
				Encode: func(s string) (protocol.Value, error) { return protocol.String(strings.ToUpper(s)), nil },
				Decode: func(v protocol.Value) (string, error) { s, _ := v.Text(); return strings.ToLower(s), nil },
			}))
		requireBins(t, rec, map[string]string{
			"method": `string "bin m"`, "valuer": `string "value v"`, "text": `string "10.0.0.1"`, "typed": `string "May"`, "named": `string "X"`,
			"pointer": `string "10.0.0.1"`, "map": `map {"10.0.0.1": 1}`,
		})
	}},
}

// matrixToolRows are the rows of the matrix about generated code, the driver and observers.
var matrixToolRows = []matrixRow{
	{"Codegen", func(t *testing.T, ctx context.Context, m *matrixRun) {
		type plain catalog.Product // without the generated methods
		at := mapper.WithClock(func() time.Time { return time.Unix(5, 0) })
		opts := []mapper.Option{mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()), at}
		generated, err := mapper.New[catalog.Product](m.client, opts...)
		require.NoError(t, err)
		without, err := mapper.New[plain](m.client, opts...)
		require.NoError(t, err)
		x := catalog.Product{SKU: "a", Name: "pen", Price: 250, Stock: 3, Tags: []string{"new"}}
		y := plain(x)
		y.SKU = "b"
		require.NoError(t, generated.Insert(ctx, &x))
		require.NoError(t, without.Insert(ctx, &y))
		require.Equal(t, bytesOf(t, m.client, m.on.key(t, m.Set(), "b")), bytesOf(t, m.client, m.on.key(t, m.Set(), "a")))
		found, err := generated.Find(ctx, "b")
		require.NoError(t, err)
		other, err := without.Find(ctx, "b")
		require.NoError(t, err)
		require.Equal(t, catalog.Product(*other), *found)
		found, err = generated.Change(ctx, "b", catalog.ProductFields.Stock.Add(-1))
		require.NoError(t, err)
		require.Equal(t, 2, found.Stock)
	}},
	{"Reuse of driver", func(t *testing.T, ctx context.Context, m *matrixRun) {
		require.NoError(t, m.InsertMany(ctx, (&play{ID: "sel1", Title: "one"}).row(810), (&play{ID: "sel2", Title: "two"}).row(811)))
		type row struct {
			Title string   `as:"title"`
			Next  int      `as:"next"`
			Tags  []string `as:"tags"`
		}
		statement, err := mapper.Prepare[row](m.client, "SELECT title, row + 1 AS next, tags FROM `"+m.Set()+"` WHERE row >= ? AND row < ? ORDER BY row",
			mapper.WithNamespace(m.on.namespace))
		require.NoError(t, err)
		rows, err := statement.Slice(ctx, 810, 820)
		require.NoError(t, err)
		require.Equal(t, []*row{{"one", 811, nil}, {"two", 812, nil}}, rows)
	}},
	{"Observability", func(t *testing.T, ctx context.Context, m *matrixRun) {
		seen := &commandNames{}
		client, err := cluster.Open(ctx, cluster.Config{Seeds: m.on.seeds[:1], Observer: seen})
		require.NoError(t, err)
		defer client.Close()
		watched, err := mapper.NewTable[string, play](client, mapper.WithNamespace(m.on.namespace), mapper.WithSet(m.Set()))
		require.NoError(t, err)
		require.NoError(t, watched.Save(ctx, &play{ID: "watched", Made: time.Unix(1, 0)}))
		_, err = watched.Find(ctx, "watched")
		require.NoError(t, err)
		_, err = watched.Delete(ctx, "watched")
		require.NoError(t, err)
		require.Equal(t, []string{"Put", "Get", "Delete"}, seen.names)
		_, err = m.Find(ctx, "nobody")
		require.ErrorContains(t, err, m.Set())
		require.ErrorContains(t, err, "nobody")
	}},
}
