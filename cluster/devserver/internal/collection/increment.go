package collection

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// add adds a delta, 1 by default, to a number; old is nil if there is none. The sum has the type of
// the number, or of the delta if there is no number. Integers wrap around (docs/wire-cdt-exp.md#3.2
// and 3.4).
func add(old *protocol.Value, delta *argument, subtract bool) (sum protocol.Value, ok bool) {
	whole, fraction, isFloat, ok := deltaOf(delta)
	if !ok {
		return protocol.Value{}, false
	}
	if subtract {
		whole, fraction = -whole, -fraction
	}
	if old == nil {
		if isFloat {
			return protocol.Float(0 + fraction), true
		}
		return protocol.Int(whole), true
	}
	if isFloat {
		whole = truncated(fraction)
	} else {
		fraction = float64(whole)
	}
	switch old.Kind() {
	case protocol.KindInt:
		n, _ := old.Int()
		return protocol.Int(n + whole), true
	case protocol.KindUint:
		n, _ := old.Uint()
		return protocol.Int(int64(n) + whole), true
	case protocol.KindFloat:
		f, _ := old.Float()
		return protocol.Float(f + fraction), true
	}
	return protocol.Value{}, false
}

func deltaOf(delta *argument) (whole int64, fraction float64, isFloat, ok bool) {
	switch {
	case delta.missing, delta.value.IsNil():
		return 1, 1, false, true
	case delta.value.Kind() == protocol.KindInt:
		n, _ := delta.value.Int()
		return n, 1, false, true
	case delta.value.Kind() == protocol.KindUint:
		n, _ := delta.value.Uint()
		return int64(n), 1, false, true
	}
	f, ok := delta.value.Float()
	return 1, f, true, ok
}

// truncated converts to an integer as x86 does: values out of range and NaN become the smallest
// integer.
func truncated(f float64) int64 {
	if f >= -1<<63 && f < 1<<63 {
		return int64(f)
	}
	return math.MinInt64
}
