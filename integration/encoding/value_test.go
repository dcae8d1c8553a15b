package encoding

import (
	"math"

	as "github.com/aerospike/aerospike-client-go/v8"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// A twin is one value in both clients' forms.
type twin struct {
	ours   protocol.Value
	theirs any
}

// numbers covers every width of MessagePack with its limits.
func numbers() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64Range(-40, 140),
		rapid.SampledFrom([]int64{127, 128, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, -32, -33, -128, -129, -32768, -32769,
			math.MinInt32, math.MinInt32 - 1, math.MinInt64, math.MaxInt64}),
		rapid.Int64(),
	)
}

// blobs and texts cross the limits of their headers: 31 and 255 bytes.
func blobs() *rapid.Generator[[]byte] {
	return rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 8), rapid.SliceOfN(rapid.Byte(), 28, 34), rapid.SliceOfN(rapid.Byte(), 252, 258))
}

func texts() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringN(0, 6, 16), rapid.Map(blobs(), func(b []byte) string { return string(b) }))
}

// keys draws map keys. Blobs are left out because a Go map cannot have them as keys.
func keys() *rapid.Generator[twin] {
	return rapid.OneOf(
		rapid.Map(numbers(), func(n int64) twin { return twin{protocol.Int(n), n} }),
		rapid.Map(texts(), func(s string) twin { return twin{protocol.String(s), s} }),
	)
}

func scalars() *rapid.Generator[twin] {
	return rapid.OneOf(
		keys(),
		rapid.Map(blobs(), func(b []byte) twin { return twin{protocol.Blob(b), b} }),
		rapid.Map(rapid.Float64(), func(f float64) twin { return twin{protocol.Float(f), f} }),
		rapid.Map(rapid.Bool(), func(b bool) twin { return twin{protocol.Bool(b), as.BoolValue(b)} }),
		rapid.Map(texts(), func(s string) twin { return twin{protocol.GeoJSON(s), as.GeoJSONValue(s)} }),
		rapid.Just(twin{protocol.Nil(), nil}),
	)
}

// elements draws scalars, and values that the official client accepts only inside collections.
func elements() *rapid.Generator[twin] {
	return rapid.OneOf(scalars(), scalars(), rapid.Map(rapid.Uint64(), func(n uint64) twin { return twin{protocol.Uint(n), n} }))
}

// values draws elements, and lists and maps up to the given depth.
func values(depth int) *rapid.Generator[twin] {
	inner := elements()
	if depth > 1 {
		inner = values(depth - 1)
	}
	return rapid.OneOf(scalars(), scalars(), scalars(), lists(inner, 0, 3), maps(inner, 0, 3), lists(elements(), 15, 17), maps(elements(), 15, 17))
}

func lists(inner *rapid.Generator[twin], shortest, longest int) *rapid.Generator[twin] {
	return rapid.Map(rapid.SliceOfN(inner, shortest, longest), func(l []twin) twin {
		return twin{protocol.List(ours(l)...), theirs(l)}
	})
}

func ours(l []twin) []protocol.Value {
	out := make([]protocol.Value, len(l))
	for i, e := range l {
		out[i] = e.ours
	}
	return out
}

func theirs(l []twin) []any {
	out := make([]any, len(l))
	for i, e := range l {
		out[i] = e.theirs
	}
	return out
}

func maps(inner *rapid.Generator[twin], shortest, longest int) *rapid.Generator[twin] {
	return rapid.Custom(func(t *rapid.T) twin {
		keys := rapid.SliceOfNDistinct(keys(), shortest, longest, func(k twin) any { return k.theirs }).Draw(t, "keys")
		theirs := make(map[any]any)
		var pairs []protocol.Pair
		for _, k := range keys {
			v := inner.Draw(t, "value")
			pairs = append(pairs, protocol.Pair{Key: k.ours, Value: v.ours})
			theirs[k.theirs] = v.theirs
		}
		return twin{protocol.Map(pairs...), theirs}
	})
}

// operands draws values to compare elements with. They can be or contain sentinels.
func operands() *rapid.Generator[twin] {
	sentinels := rapid.SampledFrom([]twin{
		{protocol.Wildcard(), as.NewWildCardValue()},
		{protocol.Infinity(), as.NewInfinityValue()},
	})
	open := rapid.Custom(func(t *rapid.T) twin {
		l := append(rapid.SliceOfN(scalars(), 0, 3).Draw(t, "elements"), sentinels.Draw(t, "sentinel"))
		return twin{protocol.List(ours(l)...), theirs(l)}
	})
	return rapid.OneOf(values(2), values(2), sentinels, open)
}
