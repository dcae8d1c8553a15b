package function

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// pool are values of all kinds, with the ends of their ranges.
var pool = []protocol.Value{
	protocol.Nil(), protocol.Bool(true), protocol.Int(0), protocol.Int(1), protocol.Int(-3), protocol.Int(math.MinInt64), protocol.Int(math.MaxInt64),
	protocol.Uint(math.MaxUint64), protocol.Float(0.5), protocol.Float(-1e300), protocol.Float(math.NaN()), protocol.Float(math.Inf(1)),
	protocol.Float(math.Inf(-1)), protocol.String(""), protocol.String("a\xffb"), protocol.String("year"), protocol.String("äöü, 日本"),
	protocol.String("2026-01-02 03:04:05"), protocol.String(`{"type":"Point","coordinates":[1,2]}`), protocol.Blob(nil), protocol.Blob([]byte{1, 255}),
	protocol.List(), protocol.List(protocol.Int(3), protocol.Nil(), protocol.String("x"), protocol.Float(math.NaN())),
	protocol.Map(protocol.Pair{Key: protocol.String("b"), Value: protocol.Int(1)}, protocol.Pair{Key: protocol.Int(7), Value: protocol.Nil()}),
	protocol.GeoJSON(`{"type":"AeroCircle","coordinates":[[1,2],5]}`), protocol.GeoJSON("x"), protocol.HLL([]byte{0, 4}),
}

// TestRandomArguments: no function panics, every result is of a kind that Result names, and the
// arguments stay what they are.
func TestRandomArguments(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, f := range All() {
		for range 400 {
			var args []protocol.Value
			for i := 0; i < len(f.Params); i++ {
				p := f.Params[i]
				if p.Optional && random.IntN(2) == 0 {
					break
				}
				v := pool[random.IntN(len(pool))]
				for f.Strict && p.Kinds&(1<<v.Kind()) == 0 {
					v = pool[random.IntN(len(pool))]
				}
				args = append(args, v)
				if p.Variadic && random.IntN(2) == 0 {
					i--
				}
			}
			before := protocol.List(args...).String()
			types := make([]Type, len(args))
			for i, v := range args {
				if types[i] = typeOfKind(v); random.IntN(2) == 0 {
					types[i] = Type{}
				}
			}
			_, kinds := f.Result(types)
			v := f.Eval(testContext, args)
			require.True(t, kinds.Has(1<<v.Kind()), "%s of %s is %v", f.Name, before, v)
			require.Equal(t, before, protocol.List(args...).String(), f.Name)
		}
	}
}

// TestRandomConversions: what Coerce accepts it accepts again, and Cast gives values of the type.
func TestRandomConversions(t *testing.T) {
	for family := Undeclared; family <= Sketches; family++ {
		typ := Type{Family: family, Precision: 10, Scale: 2}
		for _, v := range pool {
			if got := Cast(v, typ); !got.IsNil() {
				require.True(t, typ.Kinds().Has(1<<got.Kind()), "%v as %v is %v", v, typ, got)
			}
			stored, err := Coerce(v, typ)
			if err != nil || family == Decimals || stored.IsNil() {
				continue
			}
			require.True(t, typ.Kinds().Has(1<<stored.Kind()), "%v in %v is %v", v, typ, stored)
			if again, err := Coerce(stored, typ); stored.Kind() != protocol.KindString {
				require.NoError(t, err)
				require.Equal(t, stored.String(), again.String())
			}
			_, _ = Comparand(v, typ)
		}
	}
}

func FuzzReaders(f *testing.F) {
	for _, s := range []string{"2 hours 3 minutes", "-1 day 02:03:04.5", `{"a": [1, 2.5, {}]}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`, "2026-01-02", "1e5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		months, nanos, err := ParseInterval(s, "")
		if err == nil {
			addInterval(0, months, nanos)
		}
		if v, err := ParseJSON(s); err == nil {
			require.NoError(t, v.Err())
		}
		if shape, ok := parseShape(protocol.GeoJSON(s)); ok {
			shape.contains(vector{1, 0, 0})
		}
		for family := Undeclared; family <= Sketches; family++ {
			_, _ = Coerce(protocol.String(s), Type{Family: family, Precision: 18, Scale: 9})
		}
	})
}
