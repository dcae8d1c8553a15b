package mapper

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestBigFloatLosesNothing: a big.Float is read as the number that was written, whatever its
// precision is. A number that short text gives back is stored as that text.
func TestBigFloatLosesNothing(t *testing.T) {
	type T struct {
		Plain big.Float  `as:"plain"`
		Text  *big.Float `as:"text,text"`
	}
	third := new(big.Float).SetPrec(200).Quo(big.NewFloat(1), big.NewFloat(3))
	huge, _, err := big.ParseFloat("1e400", 10, 300, big.ToNearestEven)
	require.NoError(t, err)
	p := planOf[T](t, false)
	for _, x := range []*big.Float{
		new(big.Float), big.NewFloat(1.5), big.NewFloat(0.1), big.NewFloat(math.MaxFloat64), big.NewFloat(math.SmallestNonzeroFloat64),
		big.NewFloat(math.Inf(-1)), third, huge, new(big.Float).SetMantExp(third, -100_000), new(big.Float).SetPrec(100).SetInt64(math.MaxInt64),
	} {
		bins, err := encodeOf(p, &T{*x, x})
		require.NoError(t, err)
		y := T{*big.NewFloat(7), big.NewFloat(7)}
		require.NoError(t, decodeInto(p, &y, overWire(t, bins), false))
		require.Zero(t, x.Cmp(&y.Plain), "%v is read as %v from %v", x, &y.Plain, bins)
		require.Zero(t, x.Cmp(y.Text), "%v", x)
	}
	bins, err := encodeOf(p, &T{Plain: *big.NewFloat(1.5)})
	require.NoError(t, err)
	require.Equal(t, "1.5", bins[0].Value.String())
	var y T
	require.ErrorIs(t, decodeInto(p, &y, protocol.Bins{protocol.NewBin("plain", "one")}, true), ErrType)
}

// TestAnyWithMarshalBin: in an any a value with MarshalBin is stored as in a field of its type.
func TestAnyWithMarshalBin(t *testing.T) {
	type T struct{ X any }
	p := planOf[T](t, false)
	place := GeoJSON(`{"type":"Point","coordinates":[1,2]}`)
	stored, err := place.MarshalBin()
	require.NoError(t, err)
	for _, c := range []struct {
		x    any
		want protocol.Value
	}{
		{place, stored}, {&place, stored}, {[]any{1, place}, protocol.List(protocol.Int(1), stored)}, {(*GeoJSON)(nil), protocol.Nil()},
		{map[string]any{"at": []any{place}}, protocol.ValueOf(map[string]any{"at": protocol.List(stored)})}, {RefTo[string, T]("k"), protocol.String("k")},
	} {
		bins, err := encodeOf(p, &T{c.x})
		require.NoError(t, err)
		require.True(t, protocol.Equal(c.want, bins[0].Value), "%v", bins[0].Value)
		require.Equal(t, c.want.Particle(), bins[0].Value.Particle())
	}
	_, err = encodeOf(p, &T{map[string]any{"at": []any{Point(200, 0)}}})
	require.ErrorIs(t, err, ErrRange)
	require.ErrorContains(t, err, "T.X[at][0]")
}
