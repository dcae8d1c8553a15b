package integration

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

type (
	shade    int16
	nickname string
	Base     struct {
		BaseID  int    `as:"base_id"`
		Version uint32 `asm:"gen"`
	}
)

// official has a field of every kind that the official client can write and read back. It has no
// field tagged pk, which is not an option of that client.
type official struct {
	Base
	Bool    bool               `as:"bool"`
	I8      int8               `as:"i8"`
	U8      uint8              `as:"u8"`
	I16     int16              `as:"i16"`
	U16     uint16             `as:"u16"`
	I32     int32              `as:"i32"`
	U32     uint32             `as:"u32"`
	I64     int64              `as:"i64"`
	U64     uint64             `as:"u64"`
	F32     float32            `as:"f32"`
	F64     float64            `as:"f64"`
	Str     string             `as:"str"`
	Omitted string             `as:"omitted,omitempty"`
	Skipped string             `as:"-"`
	Shade   shade              `as:"shade"`
	Nick    nickname           `as:"nick"`
	Blob    []byte             `as:"blob"`
	UUID    [16]byte           `as:"uuid"`
	Array   [3]int             `as:"array"`
	Ints    []int              `as:"ints"`
	Strs    []string           `as:"strs,omitempty"`
	Floats  []float64          `as:"floats"`
	Lists   [][]int            `as:"lists"`
	Bools   []bool             `as:"bools"`
	Map     map[string]int     `as:"map"`
	IntMap  map[int]string     `as:"int_map"`
	Home    address            `as:"home"`
	Work    *address           `as:"work"`
	Homes   []address          `as:"homes"`
	ByName  map[string]address `as:"by_name"`
	Count   *int               `as:"count"`
	Text    *string            `as:"text"`
	At      time.Time          `as:"at"`
	Took    time.Duration      `as:"took"`
	Unnamed int
}

// fillOfficial sets a variable to a random value that the official client stores without loss.
func fillOfficial(r *rand.Rand, v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(0, r.Int64())
		return
	case *Base:
		x.BaseID = r.Int()
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> (64 - v.Type().Bits()) >> r.IntN(v.Type().Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.Uint64() & math.MaxInt64 >> (64 - v.Type().Bits()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(float32(r.NormFloat64())))
	case reflect.String:
		v.SetString([]string{"", "a", "h\u00e9llo", "a longer text"}[r.IntN(4)])
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		for i := range v.Len() {
			fillOfficial(r, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fillOfficial(r, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(2) { // of several keys the official client writes any order
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fillOfficial(r, key)
			fillOfficial(r, item)
			v.SetMapIndex(key, item)
		}
	case reflect.Pointer:
		if r.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillOfficial(r, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.Tag.Get("as") != "-" {
				fillOfficial(r, v.Field(i))
			}
		}
	}
}

// TestL6BytesOfTheOfficialClient: of a struct with the official client's tags, its PutObject and
// the mapper store the same bytes, and each reads what the other wrote.
func TestL6BytesOfTheOfficialClient(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		ctx, client, theirs := t.Context(), on.open(t), on.official(t)
		set := on.set(t, client)
		var name string
		repo, err := mapper.New[official](client, mapper.WithNamespace(on.namespace), mapper.WithSet(set), mapper.WithKey(func(*official) any { return name }))
		require.NoError(t, err)
		r := rand.New(rand.NewPCG(1, 2))
		for range 200 {
			x := new(official)
			fillOfficial(r, reflect.ValueOf(x).Elem())
			written := *x
			name = "ours"
			require.NoError(t, repo.Replace(ctx, x))
			require.NoError(t, asError(theirs.PutObject(nil, mustKey(t, on.namespace, set, "theirs"), &written)))
			require.Equal(t, bytesOf(t, client, on.key(t, set, "theirs")), bytesOf(t, client, on.key(t, set, "ours")))

			read, err := repo.Find(ctx, "theirs")
			require.NoError(t, err)
			var theirRead official
			require.NoError(t, asError(theirs.GetObject(nil, mustKey(t, on.namespace, set, "ours"), &theirRead)))
			requireSameObject(t, written, *read)
			requireSameObject(t, written, theirRead)
			_, err = client.Delete(ctx, nil, on.key(t, set, "theirs"))
			require.NoError(t, err)
		}
	})
}

// bytesOf returns each bin of a record as it is stored: the particle type and the bytes.
func bytesOf(t *testing.T, client *cluster.Client, key protocol.Key) map[string]string {
	rec, err := client.Get(t.Context(), nil, key)
	require.NoError(t, err)
	stored := map[string]string{}
	for _, bin := range rec.Bins {
		data, err := protocol.AppendParticle(nil, bin.Value)
		require.NoError(t, err)
		stored[bin.Name] = fmt.Sprintf("%v %x", bin.Value.Particle(), data)
	}
	return stored
}

// requireSameObject compares what was written with what was read. Times are in the local zone or in
// UTC, an omitted slice is nil, and the generation is that of the record.
func requireSameObject(t *testing.T, want, got official) {
	for _, x := range []*official{&want, &got} {
		x.At, x.Version = x.At.UTC(), 0
		if len(x.Strs) == 0 {
			x.Strs = nil
		}
	}
	require.Equal(t, want, got)
}
