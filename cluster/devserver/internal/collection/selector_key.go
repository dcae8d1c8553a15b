package collection

import "github.com/aerosql/aerosql/protocol"

// againstKey returns a function that compares a key with the keys of a map's entries.
func (s *sequence) againstKey(k protocol.Value) func(int) int {
	return func(i int) int { return protocol.Compare(k, s.pairs[i].Key) }
}

// findKey returns the position of a key, or if it is missing the number of keys before it.
func (s *sequence) findKey(k protocol.Value) (position int, found bool) {
	if s.sorted() {
		return search(0, s.len(), anyEqual, s.againstKey(k))
	}
	before := 0
	for p := range s.pairs {
		switch c := protocol.Compare(k, s.pairs[p].Key); {
		case c == 0:
			return p, true
		case c > 0:
			before++
		}
	}
	return before, false
}

// equalKey selects the entry with a key.
func equalKey(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	if q.want.isRankRange() || q.inverted && !s.sorted() {
		return refuse(protocol.OpNotApplicable)
	}
	p, found := s.findKey(args[0].value)
	if !found {
		return nothing(-1, byIndex)
	}
	return s.selectByIndex(q, int64(s.indexesOf([]int{p})[0]), 1)
}

// relativeIndexes selects indexes relative to the position of a key.
func relativeIndexes(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	p, found := s.findKey(args[0].value)
	if found && !s.sorted() {
		p = s.keysBefore(args[0].value)
	}
	index, n := relative(args[1].n, args[2].count(), p)
	return s.selectByIndex(q, index, n)
}

func (s *sequence) keysBefore(k protocol.Value) int {
	before := 0
	for p := range s.pairs {
		if protocol.Compare(s.pairs[p].Key, k) < 0 {
			before++
		}
	}
	return before
}

// keyInterval selects the entries from a key up to another, which is excluded.
func keyInterval(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	if q.want.isRankRange() {
		return refuse(protocol.OpNotApplicable)
	}
	i := interval{start: args[0].value, end: args[1].value, open: args[1].missing}
	if s.sorted() {
		start, _ := s.findKey(i.start)
		end := s.len()
		if !i.open {
			end, _ = s.findKey(i.end)
		}
		return s.selectByIndex(q, int64(start), uint64(max(end-start, 0)))
	}
	var inside []int
	before := 0
	for p := range s.pairs {
		in, less := i.contains(s.pairs[p].Key)
		if in {
			inside = append(inside, p)
		}
		if less {
			before++
		}
	}
	return s.unsortedKeys(q, inside, run{before, len(inside)})
}

// unsortedKeys selects the entries that a scan of an unordered map has found.
func (s *sequence) unsortedKeys(q *query, inside []int, r run) (*selection, protocol.ResultCode) {
	sel := &selection{picked: inside, exists: r.count != 0, index: inRuns(r), indexRange: &r}
	if q.inverted {
		*sel = selection{picked: complement(inside, s.len()), exists: r.count == 0, index: inRuns(r.outside(s.len())...)}
	}
	sel.rank = func() numbers { return numbers{each: s.ranksOf(sel.picked, q.multi)} }
	return sel, protocol.OK
}
