package mapper

import (
	"github.com/aerosql/aerosql/protocol"
)

// Point returns the GeoJSON of a point. The longitude is in degrees from -180 to 180, the latitude
// from -90 to 90. For others it returns a text that can't be stored.
func Point(lon, lat float64) GeoJSON { return geoText(protocol.GeoPoint(lon, lat)) }

// Circle returns the GeoJSON of a circle around a point, with its radius in meters.
func Circle(lon, lat, meters float64) GeoJSON { return geoText(protocol.GeoCircle(lon, lat, meters)) }

// Polygon returns the GeoJSON of a polygon without holes. Each position is a longitude and a
// latitude.
func Polygon(ring ...[2]float64) GeoJSON { return geoText(protocol.GeoPolygon(ring...)) }

// geoText returns the text of a value, or of its error, which begins with invalidPlace.
func geoText(v protocol.Value) GeoJSON {
	if err := v.Err(); err != nil {
		return GeoJSON(err.Error())
	}
	text, _ := v.Text()
	return GeoJSON(text)
}

// A Geo is a [Field] of points or regions.
type Geo[T any] struct{ Field[T, GeoJSON] }

// Within is the condition that the point is at most some meters from another one. A geo index
// serves it.
func (f Geo[T]) Within(lon, lat, meters float64) Cond[T] {
	return f.WithinRegion(Circle(lon, lat, meters))
}

// WithinRegion is the condition that the point is in a region, such as a [Polygon] or a [Circle]. A
// geo index serves it.
func (f Geo[T]) WithinRegion(region GeoJSON) Cond[T] { return compare[T](opWithin, f.p, &region) }

// Covers is the condition that the region contains a point. A geo index serves it.
func (f Geo[T]) Covers(lon, lat float64) Cond[T] {
	point := Point(lon, lat)
	return compare[T](opCovers, f.p, &point)
}
