package collection

import (
	"errors"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// maxListed is the largest number of values or keys in one argument.
const maxListed = 1 << 20

// orderMarker represents the element with the order flags. In an argument that is a list it counts
// as a value that is greater than all others and equals none.
var orderMarker = protocol.ValueOf(errors.New("order marker"))

// listed returns the values of a list argument.
func listed(a *argument) ([]protocol.Value, bool) {
	items, ok := a.value.List()
	if a.value.Order() != protocol.Unordered {
		items = append([]protocol.Value{orderMarker}, items...)
	}
	return items, ok && len(items) <= maxListed
}

// listedValues selects the elements that equal one of several values.
func listedValues(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	if !s.isMap && q.want.isRange() {
		return refuse(protocol.OpNotApplicable)
	}
	items, ok := listed(&args[0])
	switch {
	case !ok:
		return refuse(protocol.ParameterError)
	case q.want.isRange():
		return refuse(protocol.OpNotApplicable)
	case len(items) == 0:
		return s.noneListed(q)
	case s.torn():
		return refuse(protocol.ParameterError)
	case s.ranked():
		return s.rankedListed(q, items)
	case s.valuesIndexed(), s.isMap && s.len() <= 1:
		// A map with so few values counts as indexed.
		return s.indexedListed(q, items)
	}
	m := s.match(q, items, s.value, q.want.isRank())
	return &selection{picked: m.picked, exists: len(m.picked) != 0, index: s.inPositions(m.picked), rank: m.numbers(q)}, protocol.OK
}

// listedKeys selects the entries with one of several keys.
func listedKeys(s *sequence, q *query, args []argument) (*selection, protocol.ResultCode) {
	items, ok := listed(&args[0])
	switch {
	case !ok:
		return refuse(protocol.ParameterError)
	case q.want.isRange(), q.want.isRank():
		return refuse(protocol.OpNotApplicable)
	case len(items) == 0:
		return s.noneListed(q)
	case s.sorted():
		return s.sortedKeysListed(q, items)
	}
	key := func(i int) protocol.Value { return s.pairs[i].Key }
	m := s.match(q, items, key, q.want == cdt.ReturnIndex || q.want == cdt.ReturnReverseIndex)
	return &selection{picked: m.picked, exists: len(m.picked) != 0, index: m.numbers(q)}, protocol.OK
}

// noneListed selects by an empty list. A real server 8.1.2 crashes if the selection is inverted and
// the elements are both removed and returned. Here that removes and returns all elements, like the
// operations that only remove or only return.
func (s *sequence) noneListed(q *query) (*selection, protocol.ResultCode) {
	switch {
	case q.inverted && s.isMap:
		return s.everything()
	case q.inverted:
		plain := *q
		plain.inverted = false
		return s.selectByIndex(&plain, 0, uint64(s.len()))
	}
	return &selection{none: &emptySelection{lenient: s.isMap}}, protocol.OK
}

// runsSelection selects the run of places that each item of a list has found. places maps them to
// positions; nil means that they are positions.
func (s *sequence) runsSelection(q *query, runs []run, places []int) *selection {
	var found []int
	for _, r := range runs {
		for i := range r.count {
			p := r.start + i
			if places != nil {
				p = places[p]
			}
			found = append(found, p)
		}
	}
	sel := &selection{picked: distinct(found, s.len())}
	sel.shown = found // a duplicate item is returned twice
	if q.inverted {
		sel.picked = complement(found, s.len())
		sel.shown = nil
	}
	sel.exists = len(sel.picked) != 0
	return sel
}

// rankedListed selects from an ordered list, in the order of the items.
func (s *sequence) rankedListed(q *query, items []protocol.Value) (*selection, protocol.ResultCode) {
	runs := make([]run, len(items))
	for i, item := range items {
		start, found := search(0, s.len(), firstEqual, s.against(item, nil))
		runs[i].start = start
		if found {
			runs[i].count = s.equals(start, item)
		}
	}
	sel := s.runsSelection(q, runs, nil)
	sel.index = inRuns(runs...)
	if q.inverted {
		sel.index = s.inPositions(sel.picked)
	}
	sel.rank = sel.index
	return sel, protocol.OK
}

// sortedKeysListed selects from an ordered map. Only indexes are returned in the order of the
// items.
func (s *sequence) sortedKeysListed(q *query, items []protocol.Value) (*selection, protocol.ResultCode) {
	runs := make([]run, len(items))
	for i, item := range items {
		if hasSentinel(item) {
			runs[i] = s.matchingKeys(item)
			continue
		}
		p, found := s.findKey(item)
		runs[i].start = p
		if found {
			runs[i].count = 1
		}
	}
	sel := s.runsSelection(q, runs, nil)
	sel.shown = nil
	sel.index = inRuns(runs...)
	if q.inverted {
		sel.index = s.inPositions(sel.picked)
	}
	return sel, protocol.OK
}

// matchingKeys returns the run of keys that match a key with a wildcard.
func (s *sequence) matchingKeys(k protocol.Value) run {
	start, found := search(0, s.len(), firstEqual, s.againstKey(k))
	if !found {
		return run{start, 0}
	}
	end, _ := search(start, s.len(), lastEqual, s.againstKey(k))
	return run{start, end - start}
}

// indexedListed selects from a map with an index of its values. Elements are returned in key order,
// numbers in the order of the items.
func (s *sequence) indexedListed(q *query, items []protocol.Value) (*selection, protocol.ResultCode) {
	places := s.byRank()
	runs := make([]run, len(items))
	for i, item := range items {
		runs[i] = s.indexedRun(places, q, interval{start: item, equal: true})
	}
	sel := s.runsSelection(q, runs, places)
	sel.index = s.inPositions(sel.shown)
	sel.rank = inRuns(runs...)
	if q.inverted {
		picked := sel.picked
		sel.index = s.inPositions(picked)
		sel.rank = func() numbers { return numbers{each: s.ranksOf(picked, q.multi)} }
	}
	sel.shown = nil
	return sel, protocol.OK
}

// matches are the elements that equal one of several items, and what each item matched.
type matches struct {
	picked []int
	order  []int // the sorted items
	runs   []run // per item: number of smaller elements, number of equal elements
	size   int
}

// match compares every element with the sorted items. If several equal items match an element, the
// last one counts; that is visible only if numbers are returned.
func (s *sequence) match(q *query, items []protocol.Value, element func(int) protocol.Value, numbered bool) *matches {
	m := &matches{order: count(0, len(items)), size: s.len(), runs: make([]run, len(items))}
	mergeSort(m.order, func(a, b int) int { return protocol.Compare(items[a], items[b]) })
	want := anyEqual
	if numbered {
		want = lastEqual
	}
	for p := range s.len() {
		v := element(p)
		place, found := search(0, len(items), want, func(i int) int { return protocol.Compare(v, items[m.order[i]]) })
		if numbered {
			if found {
				m.runs[m.order[place-1]].count++
			}
			if place < len(items) {
				m.runs[m.order[place]].start++
			}
		}
		if found != q.inverted {
			m.picked = append(m.picked, p)
		}
	}
	for i := 1; i < len(items); i++ {
		m.runs[m.order[i]].start += m.runs[m.order[i-1]].start
	}
	return m
}

// numbers returns the indexes or ranks that the items matched, in the order in which the items were
// sent. Inverted, it returns all others in ascending order.
func (m *matches) numbers(q *query) func() numbers {
	if !q.inverted {
		var each []int
		for _, r := range m.runs {
			each = append(each, count(r.start, r.count)...)
		}
		return oneByOne(each)
	}
	var runs []run
	end := 0
	for _, i := range m.order {
		if r := m.runs[i]; r.count != 0 {
			runs = append(runs, run{end, r.start - end})
			end = r.end()
		}
	}
	return inRuns(append(runs, run{end, m.size - end})...)
}
