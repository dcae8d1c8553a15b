package function

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/aerosql/aerosql/protocol"
)

// TestOrderOfAll: values that are in order, all different, with different keys.
func TestOrderOfAll(t *testing.T) {
	sorted := []protocol.Value{
		protocol.Nil(), protocol.Bool(false), protocol.Bool(true), protocol.Float(math.Inf(-1)), protocol.Int(math.MinInt64),
		protocol.Float(-0.5), protocol.Int(0), protocol.Float(0.5), protocol.Int(math.MaxInt64), protocol.Uint(math.MaxUint64),
		protocol.Float(math.Inf(1)), protocol.Float(math.NaN()), protocol.String(""), protocol.String("a"), protocol.Blob(nil),
		protocol.GeoJSON("{}"), protocol.List(), protocol.Map(), protocol.Infinity(), protocol.Wildcard(), protocol.InvalidValue(errors.New("x")),
	}
	for i, x := range sorted {
		for j, y := range sorted {
			assert.Equal(t, i < j, Order(x, y) < 0, "%v and %v", x, y)
			assert.Equal(t, i == j, string(AppendKey(nil, x)) == string(AppendKey(nil, y)), "%v and %v", x, y)
		}
	}
	numbers := slices.Clone(sorted[3:12])
	slices.Reverse(numbers)
	for name, want := range map[string]protocol.Value{"MIN": sorted[3], "MAX": sorted[11]} {
		state := LookupAggregate(name).New(nil)
		for _, v := range numbers {
			state.Add(v)
		}
		v, _ := state.Result()
		assert.Zero(t, Order(want, v), name)
	}
}
