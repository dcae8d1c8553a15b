package collection

import "github.com/aerosql/aerosql/protocol"

// query is what a picking operation was asked for besides its elements.
type query struct {
	want     returnType
	inverted bool // pick all others
	multi    bool // the operation is about any number of elements, not about one
}

const (
	single   = false
	multiple = true
)

// selector finds the elements that an operation is about. args starts behind the return type.
type selector func(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode)

// dimension is what a range of positions is successive in.
type dimension uint8

const (
	byIndex dimension = iota
	byRank
)

// run is a range of successive indexes or ranks.
type run struct{ start, count int }

func (r run) end() int { return r.start + r.count }

// outside returns what of size elements lies before and behind the run.
func (r run) outside(size int) []run {
	return []run{{0, r.start}, {r.end(), size - r.end()}}
}

// selection is what a selector has found, ready to be answered and removed.
type selection struct {
	picked []int // positions, ascending
	shown  []int // positions in the order of the answer; nil: as picked
	exists bool  // the answer to EXISTS, which is not always whether something was picked

	// What INDEX, RANK and the like answer; nil: they can't be asked for.
	index, rank func() numbers
	// What the RANGE return types answer; nil: they can't be asked for.
	indexRange, rankRange *run

	// none means that nothing was found, near the place at: a case of its own
	// whose answers have rules of their own.
	none *absentee
}

// absentee tells how a selection of nothing is answered.
type absentee struct {
	at      int
	by      dimension // in a map the RANGE types of the other one can't be asked for
	lenient bool      // unknown return types have no result instead of an error
}

func nothing(at int, by dimension) (*selection, protocol.ResultCode) {
	return &selection{none: &absentee{at: at, by: by}}, protocol.OK
}

func refuse(code protocol.ResultCode) (*selection, protocol.ResultCode) { return nil, code }

// resolve turns an index or rank and a count, as they were sent, into a range of
// size elements. Of a single element it reports whether it is there; a range that
// begins before the start loses what lies there (docs/wire-cdt-exp.md#3.1).
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

// relative moves an index by the place that it is relative to.
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

// invert replaces the run by all that lies outside, if that is one run too.
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

// selectByIndex selects by position. All three of lists, ordered lists by rank or value, and maps by index or
// key end here.
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

// oneIndexRange selects successive positions.
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
		sel.shown = nil      // all elements, in the order of their positions
		sel.rank = sel.index // all ranks, in their own order
	default:
		sel.rank = func() numbers { return numbers{each: s.ranksOf(shown, q.multi)} }
	}
	return sel, protocol.OK
}

// twoIndexRanges selects what lies before and behind a run.
func (s *sequence) twoIndexRanges(q *query, r run) (*selection, protocol.ResultCode) {
	picked := complement(s.at(r.start, r.count), s.len())
	sel := &selection{picked: picked, index: inRuns(r.outside(s.len())...)}
	// To EXISTS a map without order answers as if nothing had been inverted and nothing found.
	sel.exists = !s.isMap || s.sorted()
	sel.rank = sel.index
	if !s.ranked() {
		sel.rank = func() numbers { return numbers{each: s.ranksOf(picked, q.multi)} }
	}
	return sel, protocol.OK
}

// everything selects all elements of a map, as the inverse of nothing.
func (s *sequence) everything() (*selection, protocol.ResultCode) {
	r := run{0, s.len()}
	return &selection{
		picked: count(0, s.len()), exists: s.len() != 0,
		index: inRuns(r), rank: inRuns(r), indexRange: &r, rankRange: &r,
	}, protocol.OK
}

// selectByRank selects by rank what is not sorted by it.
func (s *sequence) selectByRank(q *query, rank int64, n uint64) (*selection, protocol.ResultCode) {
	if s.ranked() {
		return s.selectByIndex(q, rank, n)
	}
	r, ok := resolve(rank, n, s.len(), q.multi)
	if !ok || q.inverted && !q.multi || s.isMap && q.want.isIndexRange() {
		return refuse(protocol.OpNotApplicable)
	}
	if s.torn() && isTorn(s.values[:s.len()-1]) {
		return refuse(protocol.ParameterError) // more than one element is missing
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
