package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
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

// text describes the ranges for EXPLAIN.
func (c *coverage) text() string { return rangesText(c.ranges) }

// rangesText describes ranges: the indexes, each with its condition.
func rangesText(ranges []IndexRange) string {
	var parts []string
	for i := 0; i < len(ranges); {
		n := 1
		for i+n < len(ranges) && ranges[i+n].Index.Name == ranges[i].Index.Name {
			n++
		}
		part := "index " + ranges[i].Index.Name + ": " + ranges[i].Text
		if n > 1 {
			part += fmt.Sprintf(" (%d ranges)", n)
		}
		parts = append(parts, part)
		i += n
	}
	return strings.Join(parts, "; ")
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

func (c *chooser) reject(text, format string, args ...any) {
	c.rejected = append(c.rejected, Alternative{Text: text, Reason: fmt.Sprintf(format, args...)})
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
	for i := range union.ranges {
		union.estimate += c.estimate(&union.ranges[i])
	}
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
	text := joinTexts(ranges)
	result := ranges[:0:0]
	for _, r := range ranges {
		r.Text = text
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

func joinTexts(ranges []IndexRange) string {
	var texts []string
	for i := range ranges {
		if !slices.Contains(texts, ranges[i].Text) {
			texts = append(texts, ranges[i].Text)
		}
	}
	return strings.Join(texts, " OR ")
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
		parts = []IndexRange{{Index: *i, Begin: f.geo, Text: textOf(f.texts)}}
	} else {
		var ok bool
		if parts, ok = c.rangesOf(f); !ok {
			return coverage{}, false
		}
	}
	x := coverage{ranges: parts}
	for i := range parts {
		x.estimate += c.estimate(&parts[i])
	}
	if !f.term.several() && len(parts) > 1 && parts[0].Index.Name == parts[len(parts)-1].Index.Name {
		x.estimate = min(x.estimate, entriesOf(&parts[0].Index, c.records))
	}
	if len(parts) > 1 && !c.unions || len(parts) > maxRanges {
		c.reject(x.text(), "%d ranges", len(parts))
		return coverage{}, false
	}
	return x, true
}

// rangesOf returns the ranges of the indexes of a term that hold all values of a set. An index has
// only the values of its type.
func (c *chooser) rangesOf(f *fact) ([]IndexRange, bool) {
	s := f.set.only(f.term.kinds)
	text := textOf(f.texts)
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
			c.reject("index "+i.Name+": "+text, "%s can hold floats, which the index has not: declare it as INTEGER, or set index_numbers=integers", f.term.text)
			return nil, false
		}
		for _, r := range s.numbers.integers() {
			ranges = append(ranges, IndexRange{Index: *i, Begin: protocol.Int(r.first), End: protocol.Int(r.last), Text: text})
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
			c.reject("index "+i.Name+": "+text, "it finds only equal values, not ranges")
			return nil, false
		}
		for _, v := range values {
			if v.Len() == 0 || v.Len() > maxIndexedText {
				return nil, false
			}
			ranges = append(ranges, IndexRange{Index: *i, Begin: v, Text: text})
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

// textOf returns conditions as SQL.
func textOf(list []bind.Expr) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = e.String()
	}
	return strings.Join(texts, " AND ")
}
