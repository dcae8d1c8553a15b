package expression

import "math"

// Powers and logarithms must be equal bit by bit to those of the server's C library, which nearly
// always returns the correctly rounded result. Go's functions are less precise. Here the result is
// computed with twice the precision, as the sum of two floats.

// double is the sum of two floats. The second is much smaller.
type double struct{ hi, lo float64 }

func sum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

func product(a, b float64) double {
	p := a * b
	return double{p, math.FMA(a, b, -p)}
}

func (x double) plus(y double) double {
	high, low := sum(x.hi, y.hi), sum(x.lo, y.lo)
	high = sum(high.hi, high.lo+low.hi)
	return sum(high.hi, high.lo+low.lo)
}

func (x double) times(y double) double {
	p := product(x.hi, y.hi)
	return sum(p.hi, p.lo+(x.hi*y.lo+x.lo*y.hi))
}

func (x double) over(y double) double {
	q := x.hi / y.hi
	rest := x.plus(double{-q, 0}.times(y))
	second := rest.hi / y.hi
	rest = rest.plus(double{-second, 0}.times(y))
	return sum(q, second).plus(double{rest.hi / y.hi, 0})
}

// ln2 is the natural logarithm of 2.
var ln2 = double{math.Ln2, 2.3190468138462996e-17}

const (
	logTerms  = 24 // number of terms; each adds five bits
	expTerms  = 14
	expHalves = 5 // number of times that the argument is halved before the series
)

// preciseLog returns the natural logarithm of a positive finite number.
func preciseLog(x float64) double {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	s := sum(m, -1).over(sum(m, 1))
	square := s.times(s)
	var series double
	for n := logTerms; n >= 0; n-- {
		series = series.times(square).plus(double{1, 0}.over(double{float64(2*n + 1), 0}))
	}
	series = series.times(s)
	return double{2 * series.hi, 2 * series.lo}.plus(double{float64(k), 0}.times(ln2))
}

// preciseExp returns e to the power of x, correctly rounded.
func preciseExp(x double) float64 {
	k := math.Round(x.hi / math.Ln2)
	r := x.plus(double{-k, 0}.times(ln2))
	r = double{math.Ldexp(r.hi, -expHalves), math.Ldexp(r.lo, -expHalves)}
	result := double{1, 0}
	for n := expTerms; n > 0; n-- {
		result = result.times(r).over(double{float64(n), 0}).plus(double{1, 0})
	}
	for range expHalves {
		result = result.times(result)
	}
	return math.Ldexp(result.hi+result.lo, int(k))
}
