package integration

import (
	"fmt"
	"go/format"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	as "github.com/aerospike/aerospike-client-go/v8"
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

// TestLawL6BytesOfTheOfficialClient: of a struct with the official client's tags, its PutObject and
// the mapper store the same bytes, and each reads what the other wrote. AEROSQL_LAWS sets the
// number of values.
func TestLawL6BytesOfTheOfficialClient(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		n := 200
		if on.nodes == 1 {
			n = lawValues(t)
		}
		client := on.open(t)
		run := officialRun{on, client, on.official(t), on.set(t, client), rand.New(rand.NewPCG(1, 2))}
		laws := append([]func(*testing.T, *officialRun){holdsOfficial[official]}, officialTypes...)
		for i := range n {
			laws[i%len(laws)](t, &run)
		}
	})
}

func lawValues(t *testing.T) int {
	text := os.Getenv("AEROSQL_LAWS")
	if text == "" {
		return 10_000
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// An officialRun is what the law needs for each value.
type officialRun struct {
	on     target
	client *cluster.Client
	theirs *as.Client
	set    string
	random *rand.Rand
}

// holdsOfficial holds the law for one random value of a type.
func holdsOfficial[T any](t *testing.T, run *officialRun) {
	ctx := t.Context()
	repo, err := mapper.New[T](run.client, mapper.WithNamespace(run.on.namespace), mapper.WithSet(run.set), mapper.WithKey(func(*T) any { return "ours" }))
	require.NoError(t, err)
	x := new(T)
	fillOfficial(run.random, reflect.ValueOf(x).Elem())
	written := *x
	require.NoError(t, repo.Replace(ctx, x))
	_, err = run.client.Delete(ctx, nil, run.on.key(t, run.set, "theirs")) // it can't replace: its nil pointers are NULLs
	require.NoError(t, err)
	require.NoError(t, asError(run.theirs.PutObject(nil, mustKey(t, run.on.namespace, run.set, "theirs"), &written)))
	require.Equal(t, bytesOf(t, run.client, run.on.key(t, run.set, "theirs")), bytesOf(t, run.client, run.on.key(t, run.set, "ours")), "%T", x)

	read, err := repo.Find(ctx, "theirs")
	require.NoError(t, err)
	theirRead := new(T)
	require.NoError(t, asError(run.theirs.GetObject(nil, mustKey(t, run.on.namespace, run.set, "ours"), theirRead)))
	for _, v := range []*T{&written, read, theirRead} {
		normalizeOfficial(reflect.ValueOf(v).Elem())
	}
	require.Equal(t, &written, read)
	require.Equal(t, &written, theirRead)
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

// normalizeOfficial removes what reads may change: times are in the local zone or in UTC, an
// omitted slice is nil, and the generation is that of the record.
func normalizeOfficial(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = x.UTC()
		return
	case *Base:
		x.Version = 0
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if f.Kind() == reflect.Slice && f.Len() == 0 && strings.Contains(v.Type().Field(i).Tag.Get("as"), "omitempty") {
				f.SetZero()
			}
			normalizeOfficial(f)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			normalizeOfficial(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			item := reflect.New(v.Type().Elem()).Elem()
			item.Set(v.MapIndex(key))
			normalizeOfficial(item)
			v.SetMapIndex(key, item)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			normalizeOfficial(v.Elem())
		}
	}
}

const officialTypesFile = "mapper_official_types_test.go"

// TestOfficialTypesAreRandom: the types of officialTypes are those that drawOfficial draws.
// UPDATE=1 writes them.
func TestOfficialTypesAreRandom(t *testing.T) {
	want, err := format.Source([]byte(officialTypesSource()))
	require.NoError(t, err)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(officialTypesFile, want, 0o600))
	}
	got, err := os.ReadFile(officialTypesFile)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func officialTypesSource() string {
	r := rand.New(rand.NewPCG(3, 4))
	var names, types strings.Builder
	for i := range 40 {
		fmt.Fprintf(&names, "holdsOfficial[o%02d],\n", i)
		fmt.Fprintf(&types, "\ntype o%02d %s\n", i, strings.ReplaceAll(drawOfficial(r, 2).String(), "integration.", ""))
	}
	return "package integration\n\nimport (\n\"testing\"\n\"time\"\n)\n\n// officialTypes hold the law L6 for random struct types.\n" +
		"var officialTypes = []func(*testing.T, *officialRun){\n" + names.String() + "}\n" + types.String()
}

// drawOfficial returns a struct type with random fields of the types that official has.
func drawOfficial(r *rand.Rand, depth int) reflect.Type {
	fields := make([]reflect.StructField, 2+r.IntN(7))
	for i := range fields {
		f := reflect.TypeFor[official]().Field(1 + r.IntN(reflect.TypeFor[official]().NumField()-1))
		tag := fmt.Sprintf("f%d", i)
		if depth > 0 && r.IntN(8) == 0 {
			f.Type = drawOfficial(r, depth-1)
			if r.IntN(3) == 0 {
				f.Type = reflect.SliceOf(f.Type)
			}
		}
		if k := f.Type.Kind(); (k == reflect.String || k == reflect.Slice) && r.IntN(4) == 0 {
			tag += ",omitempty"
		}
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: f.Type, Tag: reflect.StructTag(fmt.Sprintf("as:%q", tag))}
	}
	return reflect.StructOf(fields)
}
