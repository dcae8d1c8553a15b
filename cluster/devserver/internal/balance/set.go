package balance

import (
	"iter"
	"math/bits"
)

// A Set is a set of node numbers, 0 to 15, or of replica columns.
type Set uint16

// Of returns the set with the given numbers.
func Of(numbers ...int) (s Set) {
	for _, n := range numbers {
		s |= 1 << n
	}
	return s
}

// Has reports whether n is in the set.
func (s Set) Has(n int) bool { return n >= 0 && s&(1<<n) != 0 }

// Len returns the size of the set.
func (s Set) Len() int { return bits.OnesCount16(uint16(s)) }

// All returns the numbers in the set in ascending order.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for ; s != 0; s &= s - 1 {
			if !yield(bits.TrailingZeros16(uint16(s))) {
				return
			}
		}
	}
}
