package collection

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// A sequence is a list or map as selectors see it: elements at positions. Entries of stored maps
// are in key order, whatever the flags are, so their positions are also their indexes. Only an
// unordered map literal in an expression can be unsorted; keyed then holds its positions in key
// order.
type sequence struct {
	isMap  bool
	order  protocol.Order
	values []protocol.Value // of a list
	pairs  []protocol.Pair  // of a map
	keyed  []int
}

func sequenceOf(v protocol.Value) *sequence {
	s := &sequence{order: v.Order(), isMap: v.Kind() == protocol.KindMap}
	s.values, _ = v.List()
	s.pairs, _ = v.Map()
	if s.order == protocol.Unordered && !slices.IsSortedFunc(s.pairs, compareKeys) {
		s.keyed = count(0, len(s.pairs))
		mergeSort(s.keyed, func(i, j int) int { return compareKeys(s.pairs[i], s.pairs[j]) })
	}
	return s
}

// at returns the positions of n consecutive indexes.
func (s *sequence) at(index, n int) []int {
	if s.keyed == nil {
		return count(index, n)
	}
	return s.keyed[index : index+n]
}

// indexesOf returns the indexes of positions.
func (s *sequence) indexesOf(positions []int) []int {
	if s.keyed == nil {
		return positions
	}
	indexes := make([]int, len(positions))
	for i, p := range positions {
		indexes[i] = slices.Index(s.keyed, p)
	}
	return indexes
}

func (s *sequence) len() int {
	if s.isMap {
		return len(s.pairs)
	}
	return len(s.values)
}

// value returns a list element, or the value of a map entry.
func (s *sequence) value(i int) protocol.Value {
	if s.isMap {
		return s.pairs[i].Value
	}
	return s.values[i]
}

// sorted reports whether the server relies on the order of the positions: by value in a list, by
// key in a map. For a map any order flag counts.
func (s *sequence) sorted() bool {
	if s.isMap {
		return s.order != protocol.Unordered
	}
	return s.order&protocol.Ordered != 0
}

// ranked reports whether the positions of a list are its ranks.
func (s *sequence) ranked() bool { return !s.isMap && s.sorted() }

// valuesIndexed reports whether the server keeps an index of a map's values. It changes the order
// of some results (docs/wire-cdt-exp.md#3.6).
func (s *sequence) valuesIndexed() bool {
	const flags = protocol.KeyValueOrdered&^protocol.Ordered | protocol.PersistIndex
	return s.isMap && s.order&flags == flags && len(s.pairs) > 1
}

// incomparable is the result of comparing with a missing element: neither less, nor greater, nor
// equal.
const incomparable = 2

// compareByRank compares two positions by value. In a map equal values are ordered by key.
func (s *sequence) compareByRank(i, j int) int {
	v, w := s.value(i), s.value(j)
	if isMissing(v) || isMissing(w) {
		return incomparable
	}
	c := protocol.Compare(v, w)
	if c == 0 && s.isMap {
		return compareKeys(s.pairs[i], s.pairs[j])
	}
	return c
}

// byRank returns all positions in rank order.
func (s *sequence) byRank() []int {
	positions := count(0, s.len())
	if !s.ranked() {
		mergeSort(positions, s.compareByRank)
	}
	return positions
}

// ranksOf returns the ranks of positions. Equal elements of an unordered list have the same rank,
// the lowest. In an unsorted map equal values are ranked by key if one rank is returned, and by
// position if several are.
func (s *sequence) ranksOf(positions []int, multi bool) []int {
	if s.ranked() {
		return positions
	}
	rank := make([]int, s.len())
	sorted := s.byRank()
	if multi && s.keyed != nil {
		sorted = count(0, s.len())
		mergeSort(sorted, func(i, j int) int { return protocol.Compare(s.value(i), s.value(j)) })
	}
	for r, p := range sorted {
		rank[p] = r
		if r > 0 && !s.isMap && protocol.Compare(s.values[sorted[r-1]], s.values[p]) == 0 {
			rank[p] = rank[sorted[r-1]]
		}
	}
	ranks := make([]int, len(positions))
	for i, p := range positions {
		ranks[i] = rank[p]
	}
	return ranks
}

// rankRange returns the positions of n consecutive ranks. For an unordered list they are in the
// order of the server's heap: descending if the range is nearer to the lowest rank, otherwise
// ascending (docs/wire-cdt-exp.md#3.3). For a map they are always ascending.
func (s *sequence) rankRange(start, n int) []int {
	picked, descending := selectRanks(s.len(), start, n, s.compareByRank)
	if s.isMap && descending {
		reverse(picked)
	}
	return picked
}

// count returns n consecutive numbers.
func count(start, n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = start + i
	}
	return numbers
}

func reverse(numbers []int) {
	for i, j := 0, len(numbers)-1; i < j; i, j = i+1, j-1 {
		numbers[i], numbers[j] = numbers[j], numbers[i]
	}
}

// complement returns the positions below n that are not in picked, in ascending order.
func complement(picked []int, n int) []int {
	in := make([]bool, n)
	for _, p := range picked {
		in[p] = true
	}
	rest := make([]int, 0, n)
	for p, taken := range in {
		if !taken {
			rest = append(rest, p)
		}
	}
	return rest
}

// distinct returns the positions in ascending order without duplicates.
func distinct(positions []int, n int) []int { return complement(complement(positions, n), n) }
