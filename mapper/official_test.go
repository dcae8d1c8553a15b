package mapper

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// The tests of this file are named after the defects G1 to G12 of the official client's mapping of
// structs, which this package doesn't have.

// TestG1MetadataIsWritten: fields tagged asm are written, not only read.
func TestG1MetadataIsWritten(t *testing.T) {
	type T struct {
		ID  int           `as:"id,pk"`
		N   int           `as:"n"`
		Gen uint32        `asm:"gen"`
		TTL time.Duration `asm:"ttl"`
	}
	r, m := repoOn[T](t)
	x := &T{ID: 1, TTL: time.Minute}
	require.NoError(t, r.Save(context.Background(), x))
	require.Equal(t, cluster.TTL(60), m.last.TTL)
	require.EqualValues(t, 1, x.Gen, "a write sets the generation")
	x.Gen = 7
	require.ErrorIs(t, r.Save(context.Background(), x), ErrStale)
	require.Equal(t, cluster.ExpectEqual, m.last.GenerationPolicy)
	require.EqualValues(t, 7, m.last.Generation)
}

// TestG2TagsAreReadOnce: writes don't read tags: beside the bins they allocate nothing.
func TestG2TagsAreReadOnce(t *testing.T) {
	skipIfReflective(t)
	p, x := planOf[ten](t, false), tenObject()
	w := new(binEncoder)
	_ = p.write(w, unsafe.Pointer(x))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		w.reset(true)
		_ = p.write(w, unsafe.Pointer(x))
	}))
}

// TestG3BlobIsOneCopy: a blob of 64 KiB is read with one allocation.
func TestG3BlobIsOneCopy(t *testing.T) {
	skipIfReflective(t)
	type T struct{ B []byte }
	p := planOf[T](t, false)
	bins := protocol.Bins{{Name: "B", Value: protocol.Blob(bytes.Repeat([]byte{7}, 64<<10))}}
	var x T
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() {
		_ = p.decodeBins(unsafe.Pointer(&x), bins, false)
	}), 1.0)
	require.Len(t, x.B, 64<<10)
	back, err := encodeOf(p, &x)
	require.NoError(t, err)
	stored, _ := back[0].Value.Bytes()
	require.Same(t, &x.B[0], &stored[0], "a write doesn't copy it before the message")
}

// TestG4ZeroTime: the zero time is NULL, and times are read in UTC.
func TestG4ZeroTime(t *testing.T) {
	type T struct{ At time.Time }
	p := planOf[T](t, false)
	bins, err := encodeOf(p, &T{})
	require.NoError(t, err)
	require.True(t, bins[0].Value.IsNil())
	moment := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("X", 3600))
	bins, err = encodeOf(p, &T{moment})
	require.NoError(t, err)
	var got T
	require.NoError(t, decodeInto(p, &got, bins, true))
	require.Equal(t, T{moment.UTC()}, got)
	require.NoError(t, decodeInto(p, &got, protocol.Bins{{Name: "At", Value: protocol.Int(wrappedZero)}}, true))
	require.True(t, got.At.IsZero(), "what the official client stores for it")
}

// TestG5UUIDIsABlob: with native types or option blob a UUID is 16 bytes, not a list of integers.
func TestG5UUIDIsABlob(t *testing.T) {
	type T struct {
		A [16]byte
		B [16]byte `as:",blob"`
	}
	for _, native := range []bool{false, true} {
		bins, err := encodeOf(planOf[T](t, native), &T{A: [16]byte{1}})
		require.NoError(t, err)
		require.Equal(t, native, bins[0].Value.Kind() == protocol.KindBlob)
		require.Equal(t, protocol.KindBlob, bins[1].Value.Kind())
	}
}

// TestG6NothingIsNarrowed: uint64 above 2^63-1 and 300 for an int8 are errors.
func TestG6NothingIsNarrowed(t *testing.T) {
	type T struct {
		U uint64 `as:",omitempty"`
		I int8
	}
	p := planOf[T](t, false)
	_, err := encodeOf(p, &T{U: math.MaxUint64})
	require.ErrorIs(t, err, ErrRange)
	require.ErrorIs(t, decodeInto(p, new(T), protocol.Bins{{Name: "I", Value: protocol.Int(300)}}, true), ErrRange)
}

// TestG7NothingIsStale: a used object has nothing of its old content after a read.
func TestG7NothingIsStale(t *testing.T) {
	type T struct {
		List []int
		Map  map[string]int
		P    *int
		N    int
	}
	one := 1
	x := T{[]int{1, 2, 3}, map[string]int{"old": 1}, &one, 5}
	old := slices.Clone(x.List)
	shared := x.List
	require.NoError(t, decodeInto(planOf[T](t, false), &x, protocol.Bins{{Name: "List", Value: protocol.List(protocol.Int(9))}}, false))
	require.Equal(t, T{List: []int{9}}, x)
	require.Equal(t, old, shared, "others may hold the old slice")
}

// TestG8BoolIsABoolean: an option of New or of the field, not a global variable, selects booleans.
func TestG8BoolIsABoolean(t *testing.T) {
	type T struct {
		A bool
		B bool `as:",bool=native"`
		C bool `as:",bool=int"`
	}
	for native, want := range map[bool][]protocol.Kind{
		false: {protocol.KindInt, protocol.KindBool, protocol.KindInt}, true: {protocol.KindBool, protocol.KindBool, protocol.KindInt},
	} {
		bins, err := encodeOf(planOf[T](t, native), &T{})
		require.NoError(t, err)
		require.Equal(t, want, []protocol.Kind{bins[0].Value.Kind(), bins[1].Value.Kind(), bins[2].Value.Kind()})
	}
}

// TestG9PointersToCollections: pointers to slices and maps are read, and a nil pointer is NULL.
func TestG9PointersToCollections(t *testing.T) {
	type T struct {
		S *[]int
		M *map[string]int
	}
	roundTrip(t, T{&[]int{1}, &map[string]int{"k": 1}}, T{})
	roundTrip(t, T{}, T{&[]int{1}, &map[string]int{"k": 1}})
}

// TestG10TagMistakesAreErrors: a bin that two fields have, and a field that is both a bin and
// metadata, are errors of New.
func TestG10TagMistakesAreErrors(t *testing.T) {
	_, err := planFor[struct {
		A int `as:"x"`
		B int `as:"x"`
	}](false)
	require.EqualError(t, err, `mapper: struct.B: bin "x" is already used by field A`)
	_, err = planFor[struct {
		A uint32 `as:"x" asm:"gen"`
	}](false)
	require.ErrorContains(t, err, "struct.A: a field is either a bin (tag as) or metadata (tag asm), not both")
}

// TestG11IteratorIsTyped: a scan is an iterator of *T.
func TestG11IteratorIsTyped(t *testing.T) {
	type T struct {
		ID int `as:"id,pk"`
		N  int
	}
	r, _ := repoOn[T](t)
	for i := range 3 {
		require.NoError(t, r.Save(context.Background(), &T{i, 10 * i}))
	}
	sum := 0
	for x, err := range r.ScanAll(context.Background()) {
		require.NoError(t, err)
		sum += x.N
	}
	require.Equal(t, 30, sum)
}

// TestG12Codecs: types have codecs, the key is a field, and Encode gives a struct's bins to native
// commands. TestServerVerbs writes objects in batches.
func TestG12Codecs(t *testing.T) {
	type T struct {
		ID point `as:"id,pk,codec=point"`
		P  point
	}
	codec := Codec[point]{
		Encode: func(p point) (protocol.Value, error) { return protocol.Int(int64(p.X)<<32 | int64(p.Y)), nil },
		Decode: func(v protocol.Value) (point, error) {
			n, _ := v.Int()
			return point{int32(n >> 32), int32(n)}, nil
		},
	}
	r, _ := repoOn[T](t, WithNamedCodec("point", codec))
	x := &T{point{1, 2}, point{3, 4}}
	require.NoError(t, r.Save(context.Background(), x))
	found, err := r.Find(context.Background(), point{1, 2})
	require.NoError(t, err)
	require.Equal(t, x, found)
	bins, err := r.Encode(x)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"P": "[3, 4]"}, textOf(bins))
}
