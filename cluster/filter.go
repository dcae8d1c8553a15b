package cluster

import (
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Filter says which records a query reads by means of a secondary index: one of the Filter functions makes it. The zero
// Filter is none, so that the query reads all records of its set. The index must exist for the bin, the type of the
// value and the collection form, unless the filter names it.
//
// A filter differs from the filter expression of a policy, which the server evaluates on each record that it
// reads; a query may have both.
type Filter struct {
	index   wire.IndexRange
	context cdt.Context
	err     error
}

// An IndexCollection says what of a bin's value a secondary index holds.
type IndexCollection = protocol.IndexCollection

// The collection forms.
const (
	IndexDefault   = protocol.IndexDefault   // the value itself
	IndexList      = protocol.IndexList      // each element of a list
	IndexMapKeys   = protocol.IndexMapKeys   // each key of a map
	IndexMapValues = protocol.IndexMapValues // each value of a map
)

// FilterEqual finds the records whose bin has the value: an integer, a string or a blob.
func FilterEqual(bin string, value any) Filter { return FilterContains(bin, IndexDefault, value) }

// FilterRange finds the records whose bin is an integer from begin to end, both included.
func FilterRange(bin string, begin, end int64) Filter {
	return FilterContainsRange(bin, IndexDefault, begin, end)
}

// FilterContains finds the records whose bin is a list with such an element, or a map with such a key or value.
func FilterContains(bin string, in IndexCollection, value any) Filter {
	v := protocol.ValueOf(value)
	return Filter{index: wire.IndexRange{Bin: bin, Collection: in, Begin: v, End: v}, err: v.Err()}
}

// FilterContainsRange finds the records whose bin is a list with an integer from begin to end, both
// included, or a map with such a key or value. A record comes once, however many it has.
func FilterContainsRange(bin string, in IndexCollection, begin, end int64) Filter {
	return Filter{index: wire.IndexRange{Bin: bin, Collection: in, Begin: protocol.Int(begin), End: protocol.Int(end)}}
}

// FilterWithinRegion finds the records whose bin is a point within a region, or, in the collection forms, has
// one. The region is GeoJSON: a Polygon, a MultiPolygon or an AeroCircle.
func FilterWithinRegion(bin string, in IndexCollection, region string) Filter {
	return FilterContains(bin, in, protocol.GeoJSON(region))
}

// FilterWithinRadius finds the records whose bin is a point within a circle, given by the degrees of its
// center and its radius in meters.
func FilterWithinRadius(bin string, in IndexCollection, longitude, latitude, radius float64) Filter {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	f := FilterWithinRegion(bin, in, fmt.Sprintf(`{"type":"AeroCircle","coordinates":[[%s,%s],%s]}`,
		number(longitude), number(latitude), number(radius)))
	if !(longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90 && radius >= 0) {
		f.err = fmt.Errorf("%w: a circle around %v,%v with a radius of %v m", protocol.ErrInvalidValue, longitude, latitude, radius)
	}
	return f
}

// FilterContainsPoint finds the records whose bin is a region around a point, or, in the collection forms, has
// one. The point is GeoJSON.
func FilterContainsPoint(bin string, in IndexCollection, point string) Filter {
	return FilterContains(bin, in, protocol.GeoJSON(point))
}

// At returns the filter for an index on a value inside of the bin, where the context leads (server 6.1).
func (f Filter) At(context cdt.Context) Filter {
	f.context = context
	return f
}

// ByName returns the filter for the index of a name, whatever that is on; the bin of the
// filter does not matter then, and may be "" (server 7.0).
func (f Filter) ByName(index string) Filter {
	f.index.Bin, f.index.Name = "", index
	return f
}

// ByExpression returns the filter for the index on the value of a packed expression; the bin of the filter does
// not matter then, and may be "" (server 8.1).
func (f Filter) ByExpression(packed []byte) Filter {
	f.index.Bin, f.index.Expression = "", packed
	return f
}

// IsZero reports whether the filter is none.
func (f Filter) IsZero() bool { return f.indexRange() == nil && f.err == nil }

// indexRange returns the range that the filter stands for, without its context, or nil.
func (f *Filter) indexRange() *wire.IndexRange {
	if f.index.Bin == "" && f.index.Name == "" && f.index.Expression == nil && f.index.Begin.IsNil() {
		return nil
	}
	return &f.index
}

// request returns the range with its context packed, nil if the filter is none.
func (f *Filter) request() (*wire.IndexRange, error) {
	ir := f.indexRange()
	if f.err != nil || ir == nil {
		return nil, f.err
	}
	request := *ir
	if len(f.context) > 0 {
		var err error
		if request.Context, err = f.context.AppendTo(nil); err != nil {
			return nil, err
		}
	}
	return &request, nil
}
