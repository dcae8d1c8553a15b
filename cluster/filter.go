package cluster

import (
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Filter selects records by a secondary index; the Filter functions make one. The zero Filter
// selects all records of the set. An index must exist for the bin, the type of the value and the
// collection form, unless the filter names the index.
//
// A Filter is not a filter expression. The server evaluates the filter expression of a policy on
// each record that it reads; a query may have both.
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

// FilterEqual selects the records whose bin equals value: an integer, a string or a blob.
func FilterEqual(bin string, value any) Filter { return FilterContains(bin, IndexDefault, value) }

// FilterRange selects the records whose bin is an integer from begin to end, inclusive.
func FilterRange(bin string, begin, end int64) Filter {
	return FilterContainsRange(bin, IndexDefault, begin, end)
}

// FilterContains selects the records whose bin is a collection that contains value. The parameter
// in chooses what is searched: the elements of a list, or the keys or the values of a map.
func FilterContains(bin string, in IndexCollection, value any) Filter {
	v := protocol.ValueOf(value)
	return Filter{index: wire.IndexRange{Bin: bin, Collection: in, Begin: v, End: v}, err: v.Err()}
}

// FilterContainsRange selects the records whose bin is a collection that contains an integer from
// begin to end, inclusive. The parameter in is as for FilterContains. A record that contains
// several of them is returned once.
func FilterContainsRange(bin string, in IndexCollection, begin, end int64) Filter {
	return Filter{index: wire.IndexRange{Bin: bin, Collection: in, Begin: protocol.Int(begin), End: protocol.Int(end)}}
}

// FilterWithinRegion selects the records whose bin is a point within a region, or a collection with
// such a point. The region is GeoJSON: a Polygon, MultiPolygon or AeroCircle.
func FilterWithinRegion(bin string, in IndexCollection, region string) Filter {
	return FilterContains(bin, in, protocol.GeoJSON(region))
}

// FilterWithinRadius selects the records whose bin is a point within a circle, or a collection with
// such a point. The circle's center is in degrees, its radius in meters.
func FilterWithinRadius(bin string, in IndexCollection, longitude, latitude, radius float64) Filter {
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	f := FilterWithinRegion(bin, in, fmt.Sprintf(`{"type":"AeroCircle","coordinates":[[%s,%s],%s]}`,
		number(longitude), number(latitude), number(radius)))
	if !(longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90 && radius >= 0) {
		f.err = fmt.Errorf("%w: invalid circle: center %v,%v, radius %v m", protocol.ErrInvalidValue, longitude, latitude, radius)
	}
	return f
}

// FilterContainsPoint selects the records whose bin is a region that contains a point, or a
// collection with such a region. The point is GeoJSON.
func FilterContainsPoint(bin string, in IndexCollection, point string) Filter {
	return FilterContains(bin, in, protocol.GeoJSON(point))
}

// At returns the filter for an index on a nested value, which the context selects within the bin.
// Needs server 6.1.
func (f Filter) At(context cdt.Context) Filter {
	f.context = context
	return f
}

// ByName returns the filter for the index with a name. The filter's bin is ignored and may be "".
// Needs server 7.0.
func (f Filter) ByName(index string) Filter {
	f.index.Bin, f.index.Name = "", index
	return f
}

// ByExpression returns the filter for the index on a packed expression. The filter's bin is ignored
// and may be "". Needs server 8.1.
func (f Filter) ByExpression(packed []byte) Filter {
	f.index.Bin, f.index.Expression = "", packed
	return f
}

// IsZero reports whether the filter is the zero Filter.
func (f Filter) IsZero() bool { return f.indexRange() == nil && f.err == nil }

// indexRange returns the filter's range without its context, nil for the zero Filter.
func (f *Filter) indexRange() *wire.IndexRange {
	if f.index.Bin == "" && f.index.Name == "" && f.index.Expression == nil && f.index.Begin.IsNil() {
		return nil
	}
	return &f.index
}

// request returns the filter's range with the packed context, nil for the zero Filter.
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
