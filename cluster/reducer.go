package cluster

import (
	"errors"
	"fmt"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// ErrReduce means that a Reducer can't combine two results: it does not accept their types, or the
// sum overflows int64.
var ErrReduce = errors.New("results can't be combined")

// ReduceSum adds integers or floats. The result is a float if any of the numbers is.
func ReduceSum(a, b protocol.Value) (protocol.Value, error) {
	x, xInt := a.Int()
	y, yInt := b.Int()
	if xInt && yInt {
		if sum := x + y; (sum > x) == (y > 0) {
			return protocol.Int(sum), nil
		}
		return protocol.Value{}, fmt.Errorf("%w: %d + %d overflows int64", ErrReduce, x, y)
	}
	f, err := number(a)
	if err != nil {
		return protocol.Value{}, err
	}
	g, err := number(b)
	return protocol.Float(f + g), err
}

func number(v protocol.Value) (float64, error) {
	if n, ok := v.Int(); ok {
		return float64(n), nil
	}
	if f, ok := v.Float(); ok {
		return f, nil
	}
	return math.NaN(), fmt.Errorf("%w: can't add %v", ErrReduce, v.Kind())
}

// ReduceMin returns the smaller result, in the server's order of values.
func ReduceMin(a, b protocol.Value) (protocol.Value, error) {
	if protocol.Compare(b, a) < 0 {
		return b, nil
	}
	return a, nil
}

// ReduceMax returns the greater result, in the server's order of values.
func ReduceMax(a, b protocol.Value) (protocol.Value, error) {
	if protocol.Compare(b, a) > 0 {
		return b, nil
	}
	return a, nil
}

// ReduceMaps merges maps. If both maps have a key, join combines its values; with ReduceSum, for
// example, this adds up counts by group.
func ReduceMaps(join Reducer) Reducer {
	return func(a, b protocol.Value) (protocol.Value, error) {
		x, xMap := a.Map()
		y, yMap := b.Map()
		if !xMap || !yMap {
			return protocol.Value{}, fmt.Errorf("%w: can't merge %v and %v", ErrReduce, a.Kind(), b.Kind())
		}
		merged := append([]protocol.Pair(nil), x...)
		places := make(map[string]int, len(x))
		for i := range x {
			place, err := mapKey(x[i].Key)
			if err != nil {
				return protocol.Value{}, err
			}
			places[place] = i
		}
		for _, pair := range y {
			place, err := mapKey(pair.Key)
			if err != nil {
				return protocol.Value{}, err
			}
			i, both := places[place]
			if !both {
				merged = append(merged, pair)
				continue
			}
			if merged[i].Value, err = joinResults(merged[i].Value, pair.Value, join); err != nil {
				return protocol.Value{}, err
			}
		}
		return protocol.Map(merged...), nil
	}
}

// mapKey returns a comparable form of a key.
func mapKey(key protocol.Value) (string, error) {
	packed, err := protocol.AppendMsgpack(nil, key)
	return string(packed), err
}
