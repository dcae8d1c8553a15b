package collection

import "github.com/aerosql/aerosql/protocol"

// A query holds the options of an operation that selects elements.
type query struct {
	want     returnType
	inverted bool // select all other elements
	multi    bool // the operation selects any number of elements, not exactly one
}

const (
	single   = false
	multiple = true
)

// A selector finds the elements that an operation selects. args does not include the return type.
type selector func(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode)

// dimension is the order in which a range is consecutive.
type dimension uint8

const (
	byIndex dimension = iota
	byRank
)

// A run is a range of consecutive indexes or ranks.
type run struct{ start, count int }

func (r run) end() int { return r.start + r.count }

// outside returns the runs before and after the run among size elements.
func (r run) outside(size int) []run {
	return []run{{0, r.start}, {r.end(), size - r.end()}}
}

// A selection is the result of a selector.
type selection struct {
	picked []int // positions, ascending
	shown  []int // positions in result order; nil means picked
	exists bool  // the result of EXISTS, which can differ from whether elements were selected

	// The results of INDEX, RANK and the like, nil if not supported.
	index, rank func() numbers
	// The results of the RANGE return types, nil if not supported.
	indexRange, rankRange *run

	// none is set if nothing was found. The result then follows separate rules.
	none *emptySelection
}

// An emptySelection determines the result if nothing was found.
type emptySelection struct {
	at      int
	by      dimension // for maps, the RANGE types of the other dimension are errors
	lenient bool      // unsupported return types have no result instead of an error
}

func nothing(at int, by dimension) (*selection, protocol.ResultCode) {
	return &selection{none: &emptySelection{at: at, by: by}}, protocol.OK
}

func refuse(code protocol.ResultCode) (*selection, protocol.ResultCode) { return nil, code }

// resolve resolves an index or rank and a count from a call to a range of size elements. For a
// single element it reports whether the element exists. A range that starts before the first
// element is cut off there (docs/wire-cdt-exp.md#3.1).
func resolve(index int64, count uint64, size int, multi bool) (run, bool) {
	start := index
	if start < 0 {
		start += int64(size)
	}
	switch {
	case !multi && (start < 0 || start >= int64(size)):
		return run{}, false
	case index >= int64(size):
		return run{size, 0}, true
	case start < 0:
		if missing := uint64(-start); missing < count {
			return run{0, int(min(count-missing, uint64(size)))}, true
		}
		return run{0, 0}, true
	}
	return run{int(start), int(min(count, uint64(int64(size)-start)))}, true
}

// relative adds the position that an index is relative to.
func relative(index int64, count uint64, place int) (int64, uint64) {
	index += int64(place)
	if index >= 0 {
		return index, count
	}
	missing := uint64(-index)
	if count > missing {
		return 0, count - missing
	}
	return 0, 0
}

// invert replaces the run with its complement if that is a single run.
func (r *run) invert(size int) bool {
	switch {
	case r.count == 0:
		*r = run{0, size}
	case r.start == 0:
		*r = run{r.count, size - r.count}
	case r.end() >= size:
		*r = run{0, r.start}
	default:
		return false
	}
	return true
}

// selectByIndex selects by position. It implements selection by index in lists and maps, by rank or
// value in ordered lists, and by key in maps.
func (s *sequence) selectByIndex(q *query, index int64, n uint64) (*selection, protocol.ResultCode) {
	r, ok := resolve(index, n, s.len(), q.multi)
	switch {
	case !ok, s.isMap && q.want.isRankRange(), q.inverted && !q.multi, q.inverted && !s.isMap && q.want.isRange():
		return refuse(protocol.OpNotApplicable)
	case s.torn() && q.want.isRank():
		return refuse(protocol.ParameterError)
	case !q.inverted, r.invert(s.len()):
		return s.oneIndexRange(q, r)
	}
	return s.twoIndexRanges(q, r)
}

// oneIndexRange selects consecutive positions.
func (s *sequence) oneIndexRange(q *query, r run) (*selection, protocol.ResultCode) {
	if r.count == 0 {
		return nothing(r.start, byIndex)
	}
	shown := s.at(r.start, r.count)
	sel := &selection{picked: shown, exists: true, index: inRuns(r), indexRange: &r}
	if s.keyed != nil {
		sel.picked, sel.shown = distinct(shown, s.len()), shown
	}
	switch {
	case s.ranked():
		sel.rank, sel.rankRange = sel.index, &r
	case r.count == s.len():
		sel.shown = nil      // all elements in position order
		sel.rank = sel.index // all ranks in ascending order
	default:
		sel.rank = func() numbers { return numbers{each: s.ranksOf(shown, q.multi)} }
	}
	return sel, protocol.OK
}

// twoIndexRanges selects the positions before and after a run.
func (s *sequence) twoIndexRanges(q *query, r run) (*selection, protocol.ResultCode) {
	picked := complement(s.at(r.start, r.count), s.len())
	sel := &selection{picked: picked, index: inRuns(r.outside(s.len())...)}
	// For EXISTS an unordered map ignores the inversion and reports that nothing was found.
	sel.exists = !s.isMap || s.sorted()
	sel.rank = sel.index
	if !s.ranked() {
		sel.rank = func() numbers { return numbers{each: s.ranksOf(picked, q.multi)} }
	}
	return sel, protocol.OK
}

// everything selects all elements of a map, the inverse of selecting nothing.
func (s *sequence) everything() (*selection, protocol.ResultCode) {
	r := run{0, s.len()}
	return &selection{
		picked: count(0, s.len()), exists: s.len() != 0,
		index: inRuns(r), rank: inRuns(r), indexRange: &r, rankRange: &r,
	}, protocol.OK
}

// selectByRank selects by rank if the elements are not sorted by rank.
func (s *sequence) selectByRank(q *query, rank int64, n uint64) (*selection, protocol.ResultCode) {
	if s.ranked() {
		return s.selectByIndex(q, rank, n)
	}
	r, ok := resolve(rank, n, s.len(), q.multi)
	if !ok || q.inverted && !q.multi || s.isMap && q.want.isIndexRange() {
		return refuse(protocol.OpNotApplicable)
	}
	if s.torn() && isTorn(s.values[:s.len()-1]) {
		return refuse(protocol.ParameterError) // more than one element does not exist
	}
	inverted := q.inverted
	if s.isMap && inverted {
		inverted = !r.invert(s.len())
	}
	if inverted {
		return s.outsideRankRange(r)
	}
	if r.count == 0 {
		return nothing(r.start, byRank)
	}
	shown := s.rankRange(r.start, r.count)
	sel := &selection{picked: distinct(shown, s.len()), shown: shown, exists: true, rank: inRuns(r), rankRange: &r}
	sel.index = s.inPositions(sel.picked)
	if s.isMap {
		sel.index = s.inPositions(shown)
		if q.want == returnOrderedMap {
			sel.shown = nil
		}
	}
	return sel, protocol.OK
}

func (s *sequence) outsideRankRange(r run) (*selection, protocol.ResultCode) {
	if r.count == s.len() {
		return nothing(r.start, byRank)
	}
	picked := complement(s.rankRange(r.start, r.count), s.len())
	return &selection{
		picked: picked, exists: r.count == 0,
		index: s.inPositions(picked), rank: inRuns(r.outside(s.len())...),
	}, protocol.OK
}
