package collection

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// sequence is a list or a map as the selector sees it: elements at positions.
// A stored map's entries stand in the order of their keys, whatever its flags say, so its
// positions are its indexes too. Only a map without order that an expression holds as a
// literal may be unsorted; keyed are its positions in the order of the keys then.
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

// at returns the positions of n successive indexes.
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

// value returns a list's element or the value of a map's entry.
func (s *sequence) value(i int) protocol.Value {
	if s.isMap {
		return s.pairs[i].Value
	}
	return s.values[i]
}

// sorted reports whether the server relies on the order of the positions: by
// value in a list, by key in a map. To a map any flag is an order.
func (s *sequence) sorted() bool {
	if s.isMap {
		return s.order != protocol.Unordered
	}
	return s.order&protocol.Ordered != 0
}

// ranked reports whether the positions of a list are its ranks.
func (s *sequence) ranked() bool { return !s.isMap && s.sorted() }

// valuesIndexed reports whether the server keeps an index of a map's values,
// which changes the order of some answers (docs/wire-cdt-exp.md#3.6).
func (s *sequence) valuesIndexed() bool {
	const flags = protocol.KeyValueOrdered&^protocol.Ordered | protocol.PersistIndex
	return s.isMap && s.order&flags == flags && len(s.pairs) > 1
}

// incomparable is what comes of a comparison with an element that is not there:
// neither less nor greater nor equal.
const incomparable = 2

// compareByRank orders two positions by value; in a map the key decides between equal values.
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

// byRank returns all positions in the order of their ranks.
func (s *sequence) byRank() []int {
	positions := count(0, s.len())
	if !s.ranked() {
		mergeSort(positions, s.compareByRank)
	}
	return positions
}

// ranksOf returns the ranks of positions. Equal elements of a list share the
// lowest rank of them all, unless the list is ordered. Between equal values of an unsorted
// map the key decides about the rank of one entry, the position about those of several.
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

// rankRange returns the positions of n successive ranks. A list without order
// gives them as the server's heap leaves them: descending if the range is nearer to
// the lowest rank, otherwise ascending (docs/wire-cdt-exp.md#3.3). A map's are always turned round to ascend.
func (s *sequence) rankRange(start, n int) []int {
	picked, descending := selectRanks(s.len(), start, n, s.compareByRank)
	if s.isMap && descending {
		reverse(picked)
	}
	return picked
}

// count returns n successive numbers.
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

// complement returns the positions below n that are not in picked, ascending.
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

// distinct returns the positions in ascending order, each once.
func distinct(positions []int, n int) []int { return complement(complement(positions, n), n) }
