package hll

import (
	"math"
	"math/big"
)

// Products are converted to float64 before additions. This keeps compilers from fusing the two; the
// server's estimates are rounded after each operation.

// count returns the estimated number of elements, or the cached number if there is one. It uses
// Ertl's improved estimator (arXiv 1702.01284, algorithm 6).
func (s sketch) count() uint64 {
	if n := s.cache(); n != 0 {
		return n
	}
	const buckets = 1 << rhoBits
	var c [buckets + 1]float64
	for r := range s.registers() {
		c[s.rho(r)]++
	}
	m := float64(s.registers())
	z := m * tau(c[buckets]/m)
	for k := buckets; k > 0; k-- {
		z = 0.5 * (z + c[k])
	}
	z += float64(m * sigma(c[0]/m))
	return uint64(math.Round(s.alpha() * m * m / z))
}

func (s sketch) alpha() float64 {
	switch s.indexBits() {
	case 4:
		return 0.673
	case 5:
		return 0.697
	case 6:
		return 0.709
	}
	return 0.7213 / (1 + 1.079/float64(s.registers()))
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y *= 0.5
		z -= float64(float64((1-x)*(1-x)) * y)
		if z == before {
			return z / 3
		}
	}
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += float64(x * y)
		y += y
		if z == before {
			return z
		}
	}
}

// intersectCount estimates the number of elements that all sketches have in common.
func intersectCount(all []sketch) uint64 {
	if emptyUnion(all).minhashBits() == 0 {
		return intersectByInclusion(all)
	}
	s := similarity(all)
	if math.IsNaN(s) {
		return 0
	}
	return uint64(math.Round(float64(union(all).count()) * s))
}

// intersectByInclusion estimates the intersection of two or three sketches by inclusion and
// exclusion.
func intersectByInclusion(all []sketch) uint64 {
	var sum uint64
	for _, s := range all {
		n := s.count()
		if sum+n < sum {
			sum = math.MaxUint64
			break
		}
		sum += n
	}
	together := union(all).count()
	if len(all) == 2 {
		if sum <= together {
			return 0
		}
		return sum - together
	}
	pairs := intersectCount(all[:2]) + intersectCount(all[1:3]) + intersectCount([]sketch{all[0], all[2]})
	return uint64(max(int64(together)-(int64(sum)-int64(pairs)), 0))
}

// The server returns two kinds of NaN: the result of 0/0 on its processor, and the NaN of its C
// library.
const (
	quotientNaN = 0xfff8000000000000
	constantNaN = 0x7ff8000000000000
)

// similarity returns the estimated Jaccard index, or NaN if all sketches are empty. With minhash
// bits it is the estimate of HyperMinHash (arXiv 1710.08436).
func similarity(all []sketch) float64 {
	shape := emptyUnion(all)
	if shape.minhashBits() == 0 {
		common, total := intersectByInclusion(all), union(all).count()
		if common == 0 && total == 0 {
			return math.Float64frombits(quotientNaN)
		}
		return float64(common) / float64(total)
	}
	filled := 0
	for _, s := range all {
		if s.hasData() {
			filled++
		}
	}
	switch {
	case filled == 0:
		return math.Float64frombits(constantNaN)
	case filled < len(all):
		return 0
	}
	common := shape
	common.merge(all[0])
	for _, s := range all[1:] {
		common.keepEqual(s)
	}
	collisions := 0.0
	if len(all) == 2 {
		collisions = shape.expectedCollisions(all[0].count(), all[1].count())
	}
	return max((float64(common.used())-collisions)/float64(union(all).used()), 0)
}

// expectedCollisions returns the expected number of registers that are equal by chance in two
// sketches with the given numbers of elements.
func (s sketch) expectedCollisions(count0, count1 uint64) float64 {
	m := float64(s.registers())
	const buckets = 1 << rhoBits
	sum := 0.0
	for k := 1; k <= buckets; k++ {
		b1, b2 := math.Ldexp(1, -k)/m, math.Ldexp(1, 1-k)/m
		if k == buckets {
			b1 = 0
		}
		p0 := power(1-b1, count0) - power(1-b2, count0)
		p1 := power(1-b1, count1) - power(1-b2, count1)
		sum += float64(p0 * p1)
	}
	return sum * m / math.Ldexp(1, s.minhashBits())
}

// powerPrecision, in bits, keeps the error of about 120 multiplications far below half a unit in
// the last place of a float64.
const powerPrecision = 192

// power returns x to the power n, correctly rounded. C libraries return the same value in all but
// very rare cases; math.Pow does not.
func power(x float64, n uint64) float64 {
	if x == 1 || n == 0 {
		return 1
	}
	// The C library also converts the exponent to a float.
	n = uint64(float64(n))
	result := big.NewFloat(1).SetPrec(powerPrecision)
	square := big.NewFloat(x).SetPrec(powerPrecision)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			result.Mul(result, square)
		}
		square.Mul(square, square)
	}
	f, _ := result.Float64()
	return f
}
