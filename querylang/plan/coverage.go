package plan

import (
	"cmp"
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A coverage is index ranges that contain all records for which a condition is true.
type coverage struct {
	ranges   []IndexRange
	estimate float64 // records that are read
}

// cost returns the cost of reading the ranges, in records of a scan.
func (c *coverage) cost() float64 {
	return c.estimate*randomRead + rangeCost*float64(len(c.ranges)-1)
}

// A chooser finds the index ranges of a scan.
type chooser struct {
	indexes      []Index
	records      float64
	integersOnly bool
	unions       bool
	filter       func(e bind.Expr, t IndexType) []byte // the packed expression of an index, or nil
	rejected     []Alternative
}

func (c *chooser) reject(ranges []IndexRange, why Rejection, records float64) {
	c.rejected = append(c.rejected, Alternative{Ranges: ranges, Why: why, Records: records})
}

// candidates returns the coverages of facts: one for each fact that indexes hold, and one for each
// list of alternatives if every alternative has one.
func (c *chooser) candidates(f *facts) []coverage {
	var list []coverage
	for i := range f.all {
		if x, ok := c.coverFact(&f.all[i]); ok {
			list = append(list, x)
		}
	}
	if c.unions {
		for _, alternatives := range f.alternatives {
			if x, ok := c.coverAll(alternatives); ok {
				list = append(list, x)
			}
		}
	}
	return list
}

// cover returns the cheapest coverage of facts.
func (c *chooser) cover(f *facts) (coverage, bool) {
	list := c.candidates(f)
	if len(list) == 0 {
		return coverage{}, false
	}
	return slices.MinFunc(list, func(a, b coverage) int { return cmp.Compare(a.cost(), b.cost()) }), true
}

// coverAll returns the union of the coverages of alternatives.
func (c *chooser) coverAll(alternatives []facts) (coverage, bool) {
	var union coverage
	for i := range alternatives {
		x, ok := c.cover(&alternatives[i])
		if !ok {
			return coverage{}, false
		}
		union.ranges = append(union.ranges, x.ranges...)
	}
	union.ranges = mergeRanges(union.ranges)
	union.estimate = c.estimateAll(union.ranges)
	return union, len(union.ranges) <= maxRanges
}

// mergeRanges returns ranges without overlaps within one index, in the order of the indexes.
func mergeRanges(ranges []IndexRange) []IndexRange {
	var order []string
	groups := make(map[string][]IndexRange)
	for _, r := range ranges {
		if groups[r.Index.Name] == nil {
			order = append(order, r.Index.Name)
		}
		groups[r.Index.Name] = append(groups[r.Index.Name], r)
	}
	var result []IndexRange
	for _, name := range order {
		result = append(result, mergeOfIndex(groups[name])...)
	}
	return result
}

func mergeOfIndex(ranges []IndexRange) []IndexRange {
	if ranges[0].Index.Type == NumericIndex {
		slices.SortStableFunc(ranges, func(a, b IndexRange) int {
			m, _ := a.Begin.Int()
			n, _ := b.Begin.Int()
			return cmp.Compare(m, n)
		})
	}
	from := eitherCondition(ranges)
	result := ranges[:0:0]
	for _, r := range ranges {
		r.Condition = from
		if !absorbed(result, &r) {
			result = append(result, r)
		}
	}
	return result
}

// absorbed reports whether one of the ranges has all of another one. The last one is extended if it
// overlaps or is adjacent.
func absorbed(ranges []IndexRange, r *IndexRange) bool {
	if len(ranges) == 0 {
		return false
	}
	if r.Index.Type != NumericIndex {
		return slices.ContainsFunc(ranges, func(x IndexRange) bool { return protocol.Equal(x.Begin, r.Begin) })
	}
	last := &ranges[len(ranges)-1]
	end, _ := last.End.Int()
	begin, _ := r.Begin.Int()
	if end != math.MaxInt64 && begin > end+1 {
		return false
	}
	if n, _ := r.End.Int(); n > end {
		last.End = r.End
	}
	return true
}

// eitherCondition returns the OR of the conditions of ranges.
func eitherCondition(ranges []IndexRange) bind.Expr {
	var list []bind.Expr
	for i := range ranges {
		if i == 0 || ranges[i].Condition != ranges[i-1].Condition {
			list = append(list, ranges[i].Condition)
		}
	}
	if len(list) == 1 {
		return list[0]
	}
	return &bind.Logic{Op: ast.OpOr, Operands: list}
}

// estimateAll returns the estimated number of records of ranges that don't overlap, those of one
// index in ascending order. They don't have the entries in the gaps between them.
func (c *chooser) estimateAll(ranges []IndexRange) (records float64) {
	for len(ranges) > 0 {
		index, n, part := &ranges[0].Index, 0, 0.0
		most := entriesOf(index, c.records)
		for n < len(ranges) && ranges[n].Index.Name == index.Name {
			part += c.estimate(&ranges[n])
			if n > 0 && index.Type == NumericIndex {
				last, _ := ranges[n-1].End.Int()
				first, _ := ranges[n].Begin.Int()
				most -= min(most, estimateRange(index, intRange{last + 1, first - 1}, c.records))
			}
			n++
		}
		records += min(part, most)
		ranges = ranges[n:]
	}
	return records
}

// estimate returns the estimated number of records of a range.
func (c *chooser) estimate(r *IndexRange) float64 {
	switch r.Index.Type {
	case NumericIndex:
		first, _ := r.Begin.Int()
		last, _ := r.End.Int()
		return estimateRange(&r.Index, intRange{first, last}, c.records)
	case GeoIndex:
		return entriesOf(&r.Index, c.records) * geoShare
	}
	return estimateEqual(&r.Index, c.records)
}

// coverFact returns the index ranges that hold all values of a fact.
func (c *chooser) coverFact(f *fact) (coverage, bool) {
	var parts []IndexRange
	if !f.geo.IsNil() {
		i := c.indexOf(f.term, GeoIndex)
		if i == nil {
			return coverage{}, false
		}
		parts = []IndexRange{{Index: *i, Begin: f.geo, Condition: conjunction(f.from)}}
	} else {
		var ok bool
		if parts, ok = c.rangesOf(f); !ok {
			return coverage{}, false
		}
	}
	x := coverage{ranges: parts}
	x.estimate = c.estimateAll(parts)
	if len(parts) > 1 && !c.unions || len(parts) > maxRanges {
		c.reject(parts, ManyRanges, x.estimate)
		return coverage{}, false
	}
	return x, true
}

// rangesOf returns the ranges of the indexes of a term that hold all values of a set. An index has
// only the values of its type.
func (c *chooser) rangesOf(f *fact) ([]IndexRange, bool) {
	s := f.set.only(f.term.kinds)
	from := conjunction(f.from)
	if s.null || s.others || len(s.booleans) > 0 {
		return nil, false
	}
	var ranges []IndexRange
	if len(s.numbers) > 0 || s.nan {
		i := c.indexOf(f.term, NumericIndex)
		if i == nil {
			return nil, false
		}
		if f.term.kinds.Has(function.KindsOf(protocol.KindFloat)) && !c.integersOnly {
			c.reject([]IndexRange{{Index: *i, Condition: from}}, MayHaveFloats, 0)
			return nil, false
		}
		for _, r := range s.numbers.integers() {
			ranges = append(ranges, IndexRange{Index: *i, Begin: protocol.Int(r.first), End: protocol.Int(r.last), Condition: from})
		}
	}
	for _, class := range []struct {
		set intervals
		of  IndexType
	}{{s.strings, StringIndex}, {s.blobs, BlobIndex}} {
		if len(class.set) == 0 {
			continue
		}
		i := c.indexOf(f.term, class.of)
		if i == nil {
			return nil, false
		}
		values, ok := class.set.points()
		if !ok {
			c.reject([]IndexRange{{Index: *i, Condition: from}}, OnlyEqual, 0)
			return nil, false
		}
		for _, v := range values {
			if v.Len() == 0 || v.Len() > maxIndexedText {
				return nil, false
			}
			ranges = append(ranges, IndexRange{Index: *i, Begin: v, Condition: from})
		}
	}
	return ranges, len(ranges) > 0
}

// maxIndexedText is the length in bytes of the longest string or blob that an index finds.
const maxIndexedText = 2047

// indexOf returns the index of a term with a type, or nil.
func (c *chooser) indexOf(t *term, of IndexType) *Index {
	for i := range c.indexes {
		x := &c.indexes[i]
		if x.Type != of || x.Collection != t.collection {
			continue
		}
		if t.expr != nil {
			if x.Expression != nil && string(c.filter(t.expr, of)) == string(x.Expression) {
				return x
			}
			continue
		}
		if x.Expression == nil && x.Bin == t.bin && contextOf(x) == t.context {
			return x
		}
	}
	return nil
}

// contextOf returns the packed context of an index.
func contextOf(i *Index) string {
	if len(i.Context) == 0 {
		return ""
	}
	packed, err := i.Context.AppendTo(nil)
	if err != nil {
		return "?"
	}
	return string(packed)
}
