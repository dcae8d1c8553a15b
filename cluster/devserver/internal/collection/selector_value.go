package collection

import "github.com/aerosql/aerosql/protocol"

func oneIndex(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	return s.selectByIndex(q, args[0].n, 1)
}

func indexes(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	return s.selectByIndex(q, args[0].n, args[1].count())
}

func oneRank(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	return s.selectByRank(q, args[0].n, 1)
}

func ranks(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	return s.selectByRank(q, args[0].n, args[1].count())
}

// relativeRanks selects ranks relative to the position of a value.
func relativeRanks(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	if s.torn() {
		return refuse(protocol.ParameterError)
	}
	rank, n := relative(args[1].n, args[2].count(), s.valueRank(args[0].value))
	return s.selectByRank(q, rank, n)
}

// equalValues selects the elements that equal a value, or the first of them.
func equalValues(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	return s.selectByValue(q, interval{start: args[0].value, equal: true})
}

// valueInterval selects the elements from a value up to another, which is excluded. Without a
// second value it extends to the end.
func valueInterval(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	return s.selectByValue(q, interval{start: args[0].value, end: args[1].value, open: args[1].missing})
}

// An interval is a range of values or keys: start <= x < end, or x >= start if it is open, or x ==
// start if it is of equals.
type interval struct {
	start, end  protocol.Value
	open, equal bool
}

// contains reports whether the value is in the interval, or before it.
func (i *interval) contains(v protocol.Value) (inside, before bool) {
	c := protocol.Compare(v, i.start)
	switch {
	case c < 0:
		return false, true
	case i.equal:
		return c == 0, false
	case i.open:
		return true, false
	}
	return protocol.Compare(v, i.end) < 0, false
}

// valueRank returns the number of elements before a value in rank order.
func (s *sequence) valueRank(v protocol.Value) int {
	switch {
	case s.ranked():
		rank, _ := search(0, s.len(), firstEqual, s.against(v, nil))
		return rank
	case s.valuesIndexed():
		rank, _ := search(0, s.len(), firstEqual, s.against(v, s.byRank()))
		return rank
	}
	rank := 0
	for p := range s.len() {
		if protocol.Compare(s.value(p), v) < 0 {
			rank++
		}
	}
	return rank
}

// against returns a function that compares v with the values in the order of places. If places is
// nil the order is that of the positions.
func (s *sequence) against(v protocol.Value, places []int) func(int) int {
	if places == nil {
		return func(i int) int { return protocol.Compare(v, s.value(i)) }
	}
	return func(i int) int { return protocol.Compare(v, s.value(places[i])) }
}

func (s *sequence) selectByValue(q *query, i interval) (*selection, protocol.ResultCode) {
	switch {
	case s.isMap && q.want.isIndexRange(), q.inverted && !q.multi:
		return refuse(protocol.OpNotApplicable)
	case s.torn():
		return refuse(protocol.ParameterError)
	case s.isMap && s.len() == 0:
		return nothing(-1, byRank)
	case s.ranked():
		return s.rankedByValue(q, i)
	case s.valuesIndexed():
		return s.indexedByValue(q, i)
	case s.isMap:
		return s.mapByValue(q, i)
	}
	return s.listByValue(q, i)
}

// rankedByValue selects from an ordered list, where equal values are adjacent.
func (s *sequence) rankedByValue(q *query, i interval) (*selection, protocol.ResultCode) {
	start, found := search(0, s.len(), firstEqual, s.against(i.start, nil))
	n := 0
	switch {
	case i.equal && found && q.multi:
		n = s.equals(start, i.start)
	case i.equal && found:
		n = 1
	case i.equal:
	case i.open:
		n = s.len() - start
	case protocol.Compare(i.start, i.end) < 0:
		end, _ := search(start, s.len(), firstEqual, s.against(i.end, nil))
		n = end - start
	}
	if n == 0 && !q.multi {
		return nothing(0, byIndex)
	}
	return s.selectByIndex(q, int64(start), uint64(max(n, 0)))
}

// equals returns the number of elements of an ordered list that equal the one at start.
func (s *sequence) equals(start int, v protocol.Value) int {
	if end, found := search(start+1, s.len(), lastEqual, s.against(v, nil)); found {
		return end - start
	}
	return 1
}

// scan checks every element. It returns those in the interval and the number of elements before it.
func (s *sequence) scan(q *query, i interval) (inside []int, before int) {
	for p := range s.len() {
		in, less := i.contains(s.value(p))
		if less {
			before++
		}
		if in && (q.multi || len(inside) == 0) {
			inside = append(inside, p)
		}
	}
	return inside, before
}

// listByValue selects from an unordered list.
func (s *sequence) listByValue(q *query, i interval) (*selection, protocol.ResultCode) {
	inside, before := s.scan(q, i)
	r := run{before, len(inside)}
	sel := &selection{picked: inside, exists: r.count != 0, rank: inRuns(r), rankRange: &r}
	if q.inverted {
		// EXISTS reports whether nothing was found, not whether elements remain.
		*sel = selection{picked: complement(inside, s.len()), exists: r.count == 0, rank: inRuns(r.outside(s.len())...)}
	}
	sel.index = s.inPositions(sel.picked)
	return sel, protocol.OK
}

// mapByValue selects from a map without an index of its values.
func (s *sequence) mapByValue(q *query, i interval) (*selection, protocol.ResultCode) {
	inside, before := s.scan(q, i)
	if !q.want.isRank() && !q.want.isRankRange() {
		before = 0
	}
	switch {
	case len(inside) == 0 && q.inverted:
		return s.everything()
	case len(inside) == 0:
		return nothing(before, byRank)
	}
	r := run{before, len(inside)}
	sel := &selection{picked: inside, exists: true, rank: inRuns(r), rankRange: &r}
	if q.inverted {
		*sel = selection{picked: complement(inside, s.len()), rank: inRuns(r.outside(s.len())...)}
	}
	sel.index = s.inPositions(sel.picked)
	return sel, protocol.OK
}

// indexedByValue selects from a map with an index of its values. Elements are returned in index
// order.
func (s *sequence) indexedByValue(q *query, i interval) (*selection, protocol.ResultCode) {
	places := s.byRank()
	r := s.indexedRun(places, q, i)
	shown := places[r.start:r.end()]
	sel := &selection{picked: distinct(shown, s.len()), shown: shown, exists: r.count != 0, rank: inRuns(r), rankRange: &r}
	sel.index = s.inPositions(shown)
	switch {
	case q.inverted:
		picked := complement(shown, s.len())
		*sel = selection{
			picked: picked, exists: r.count == 0,
			index: s.inPositions(picked), rank: inRuns(r.outside(s.len())...),
		}
	case q.want == returnOrderedMap:
		sel.shown = nil
	}
	return sel, protocol.OK
}

func (s *sequence) indexedRun(places []int, q *query, i interval) run {
	compare := s.against(i.start, places)
	start, found := search(0, s.len(), firstEqual, compare)
	switch {
	case i.open:
		return run{start, s.len() - start}
	case !i.equal:
		end, _ := search(0, s.len(), firstEqual, s.against(i.end, places))
		return run{start, max(end-start, 0)}
	case !found:
		return run{start, 0}
	case !q.multi:
		return run{start, 1}
	}
	end, _ := search(0, s.len(), lastEqual, compare)
	return run{start, end - start}
}
