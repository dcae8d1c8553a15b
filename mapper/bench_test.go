package mapper

import (
	"context"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// ten is the struct of ten fields that benchmarks of mappers use: four integers, three strings, a
// float, a bool and a blob of 16 bytes.
type ten struct {
	ID      int64    `as:"id"`
	Age     int      `as:"age"`
	Visits  uint32   `as:"visits"`
	Level   int16    `as:"level"`
	Name    string   `as:"name"`
	Mail    string   `as:"mail"`
	City    string   `as:"city"`
	Balance float64  `as:"balance"`
	Active  bool     `as:"active"`
	Token   [16]byte `as:"token,blob"`
}

func tenObject() *ten {
	return &ten{1, 42, 1000, 7, "Ada Lovelace", "ada@example.org", "London", 12.5, true, [16]byte{1, 2, 3}}
}

func TestEncodingAllocatesNothing(t *testing.T) {
	skipIfReflective(t)
	p, x := planOf[ten](t, false), tenObject()
	var w binEncoder
	_ = p.write(&w, unsafe.Pointer(x))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		w.reset(true)
		_ = p.write(&w, unsafe.Pointer(x))
	}))
}

// skipIfReflective skips a test of allocations with the build tag mapper_safe.
func skipIfReflective(t *testing.T) {
	if !unsafeAccess {
		t.Skip("with the build tag mapper_safe reflection allocates")
	}
}

func TestDecodingAllocatesWhatItKeeps(t *testing.T) {
	skipIfReflective(t)
	p := planOf[ten](t, false)
	bins, err := encodeOf(p, tenObject())
	require.NoError(t, err)
	encoded := encodedBins(t, bins)
	var x ten
	for _, fresh := range []bool{true, false} {
		require.EqualValues(t, 3, testing.AllocsPerRun(100, func() {
			_ = p.decodeEncoded(unsafe.Pointer(&x), encoded, fresh)
		}), "one for each string")
	}
	type blob struct{ B []byte }
	bp := planOf[blob](t, false)
	encoded = encodedBins(t, protocol.Bins{{Name: "B", Value: protocol.Blob(make([]byte, 64<<10))}})
	var b blob
	require.EqualValues(t, 1, testing.AllocsPerRun(100, func() {
		_ = bp.decodeEncoded(unsafe.Pointer(&b), encoded, false)
	}))
}

func BenchmarkEncode(b *testing.B) {
	p, x := planOf[ten](b, false), tenObject()
	var w binEncoder
	b.Run("ten", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w.reset(true)
			_ = p.write(&w, unsafe.Pointer(x))
		}
	})
	b.Run("blob64KiB", func(b *testing.B) {
		type blob struct{ B []byte }
		p, x := planOf[blob](b, false), &blob{make([]byte, 64<<10)}
		b.ReportAllocs()
		for b.Loop() {
			w.reset(true)
			_ = p.write(&w, unsafe.Pointer(x))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	p := planOf[ten](b, false)
	bins, err := encodeOf(p, tenObject())
	require.NoError(b, err)
	encoded := encodedBins(b, bins)
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x := new(ten)
			_ = p.decodeEncoded(unsafe.Pointer(x), encoded, true)
		}
	})
	b.Run("into", func(b *testing.B) {
		var x ten
		b.ReportAllocs()
		for b.Loop() {
			_ = p.decodeEncoded(unsafe.Pointer(&x), encoded, false)
		}
	})
	b.Run("reversed", func(b *testing.B) {
		var x ten
		back := make(protocol.Bins, len(bins))
		for i, bin := range bins {
			back[len(bins)-1-i] = bin
		}
		reversed := encodedBins(b, back)
		b.ReportAllocs()
		for b.Loop() {
			_ = p.decodeEncoded(unsafe.Pointer(&x), reversed, false)
		}
	})
	b.Run("blob64KiB", func(b *testing.B) {
		type blob struct{ B []byte }
		p := planOf[blob](b, false)
		encoded := encodedBins(b, protocol.Bins{{Name: "B", Value: protocol.Blob(make([]byte, 64<<10))}})
		var x blob
		b.ReportAllocs()
		for b.Loop() {
			_ = p.decodeEncoded(unsafe.Pointer(&x), encoded, false)
		}
	})
}

func BenchmarkNested(b *testing.B) {
	p := planOf[peerWide](b, false)
	x := peerObject()
	bins, err := encodeOf(p, x)
	require.NoError(b, err)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bins, _ = p.appendBins(bins[:0], unsafe.Pointer(x), true)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = p.decodeBins(unsafe.Pointer(x), bins, false)
		}
	})
}

// BenchmarkSave measures what the mapper adds to the client's Put, including the key and the
// policy.
func BenchmarkSave(b *testing.B) {
	type T struct {
		Key int64 `as:"key,pk"`
		ten `as:""`
	}
	r, m := repoOn[T](b)
	r.store.bind = func(context.Context) (*binding, error) { return newBinding(nowhere{m}, "test", true, new(config)), nil }
	x := &T{Key: 1, ten: *tenObject()}
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Save(context.Background(), x)
	}
}
