package function

import (
	"errors"
	"math"
	"math/bits"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// ErrSumOverflow means that a sum of integers does not fit in 64 bits. TOTAL computes it as a
// float.
var ErrSumOverflow = errors.New("the sum of the integers does not fit in 64 bits; TOTAL computes a float")

// A count is COUNT.
type count struct{ n int64 }

func (a *count) Add(protocol.Value)              { a.n++ }
func (a *count) Result() (protocol.Value, error) { return protocol.Int(a.n), nil }
func (a *count) Size() int                       { return 0 }

// A floatSum adds floats without losing small ones beside large ones (Neumaier's summation).
type floatSum struct{ sum, lost float64 }

func (s *floatSum) add(f float64) {
	t := s.sum + f
	if math.Abs(s.sum) >= math.Abs(f) {
		s.lost += (s.sum - t) + f
	} else {
		s.lost += (f - t) + s.sum
	}
	s.sum = t
}

func (s *floatSum) total() float64 {
	if t := s.sum + s.lost; !math.IsNaN(t) {
		return t
	}
	return s.sum // infinities leave NaN in lost
}

// A sum is SUM: an integer if all values are integers, otherwise a float. Other values are ignored.
// Integers are added in 128 bits, so that the result does not depend on their order.
type sum struct {
	high    int64
	low     uint64
	floats  floatSum // of all values
	isFloat bool
	count   int64
}

func (a *sum) Add(v protocol.Value) {
	if !isNumber(v) {
		return
	}
	a.count++
	a.floats.add(asFloat(v))
	n, ok := v.Int()
	if !ok {
		a.isFloat = true
		return
	}
	var carry uint64
	a.low, carry = bits.Add64(a.low, uint64(n), 0)
	a.high += n>>63 + int64(carry)
}

func (a *sum) Result() (protocol.Value, error) {
	switch {
	case a.count == 0:
		return protocol.Nil(), nil
	case a.isFloat:
		return protocol.Float(a.floats.total()), nil
	case a.high != int64(a.low)>>63:
		return protocol.Nil(), &ast.Error{Kind: ast.ErrType, Message: ErrSumOverflow.Error(), Cause: ErrSumOverflow}
	}
	return protocol.Int(int64(a.low)), nil
}

func (a *sum) Size() int { return 0 }

// A mean is AVG or TOTAL. Values that are not numbers are ignored.
type mean struct {
	floats floatSum
	count  int64
	total  bool
}

func (a *mean) Add(v protocol.Value) {
	if isNumber(v) {
		a.count++
		a.floats.add(asFloat(v))
	}
}

func (a *mean) Result() (protocol.Value, error) {
	switch {
	case a.total:
		return protocol.Float(a.floats.total()), nil
	case a.count == 0:
		return protocol.Nil(), nil
	}
	return protocol.Float(a.floats.total() / float64(a.count)), nil
}

func (a *mean) Size() int { return 0 }

// An extreme is MIN, MAX or ANY_VALUE, by the order of ORDER BY.
type extreme struct {
	sign  int // 1 for MAX, -1 for MIN, 0 for the first value
	value protocol.Value
}

func (a *extreme) Add(v protocol.Value) {
	if a.value.IsNil() || a.sign*Order(v, a.value) > 0 {
		a.value = Clone(v)
	}
}

func (a *extreme) Result() (protocol.Value, error) { return a.value, nil }
func (a *extreme) Size() int                       { return Memory(a.value) }

// A spread is the variance or the standard deviation (Welford's method).
type spread struct {
	n          float64
	mean, m2   float64
	sample     bool // divides by n - 1, not by n
	squareRoot bool
}

func (a *spread) Add(v protocol.Value) {
	if !isNumber(v) {
		return
	}
	a.n++
	delta := asFloat(v) - a.mean
	a.mean += delta / a.n
	a.m2 += delta * (asFloat(v) - a.mean)
}

func (a *spread) Result() (protocol.Value, error) {
	n := a.n
	if a.sample {
		n--
	}
	if n <= 0 {
		return protocol.Nil(), nil
	}
	result := a.m2 / n
	if a.squareRoot {
		result = math.Sqrt(result)
	}
	return protocol.Float(result), nil
}

func (a *spread) Size() int { return 0 }

// A concatenation is GROUP_CONCAT. Values are joined as CAST(v AS STRING) gives them; those without
// a text are ignored.
type concatenation struct {
	separator string
	text      strings.Builder
	started   bool
}

func (a *concatenation) Add(v protocol.Value) {
	s, ok := castString(v, Type{}).Text()
	if !ok {
		return
	}
	if a.started {
		a.text.WriteString(a.separator)
	}
	a.started = true
	a.text.WriteString(s)
}

func (a *concatenation) Result() (protocol.Value, error) {
	if !a.started {
		return protocol.Nil(), nil
	}
	return protocol.String(a.text.String()), nil
}

func (a *concatenation) Size() int { return a.text.Cap() }

// A quantifier is BOOL_AND or BOOL_OR. Values that are not booleans are ignored.
type quantifier struct {
	or     bool
	result Trilean
}

func (a *quantifier) Add(v protocol.Value) {
	t := Truth(v)
	switch {
	case t == Unknown:
	case a.result == Unknown:
		a.result = t
	case a.or:
		a.result = a.result.Or(t)
	default:
		a.result = a.result.And(t)
	}
}

func (a *quantifier) Result() (protocol.Value, error) { return a.result.Value(), nil }
func (a *quantifier) Size() int                       { return 0 }

// A collection is ARRAY_AGG.
type collection struct {
	elements []protocol.Value
	size     int
}

func (a *collection) Add(v protocol.Value) {
	a.elements = append(a.elements, Clone(v))
	a.size += Memory(v)
}

func (a *collection) Result() (protocol.Value, error) {
	if a.elements == nil {
		return protocol.Nil(), nil
	}
	return protocol.List(a.elements...), nil
}

func (a *collection) Size() int { return a.size }
