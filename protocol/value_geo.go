package protocol

import (
	"fmt"
	"math"
	"strconv"
)

// The bounds of coordinates, in degrees.
const (
	maxLongitude = 180
	maxLatitude  = 90
)

// minRing is the number of different positions of the smallest ring, a triangle.
const minRing = 3

// GeoPoint returns the GeoJSON value of a point: {"type":"Point","coordinates":[lon,lat]}. lon is
// the longitude in degrees, -180 to 180, and lat the latitude, -90 to 90. If one is not in its
// range the value has KindInvalid, and its Err wraps [ErrInvalidValue].
func GeoPoint(lon, lat float64) Value {
	if err := checkPosition(lon, lat); err != nil {
		return InvalidValue(err)
	}
	text := appendPosition([]byte(`{"type":"Point","coordinates":`), lon, lat)
	return GeoJSON(string(append(text, '}')))
}

// GeoCircle returns the GeoJSON value of a circle around a point, as the region of a query:
// {"type":"AeroCircle","coordinates":[[lon,lat],radius]}. lon and lat are those of [GeoPoint];
// radius is in meters. If it is negative, infinite or not a number the value has KindInvalid, as
// for an invalid point.
func GeoCircle(lon, lat, radius float64) Value {
	if err := checkPosition(lon, lat); err != nil {
		return InvalidValue(err)
	}
	if !(radius >= 0) || math.IsInf(radius, 1) {
		return InvalidValue(fmt.Errorf("%w: the radius %v of a circle is not a number of meters", ErrInvalidValue, radius))
	}
	text := appendPosition([]byte(`{"type":"AeroCircle","coordinates":[`), lon, lat)
	text = appendNumber(append(text, ','), radius)
	return GeoJSON(string(append(text, ']', '}')))
}

// GeoPolygon returns the GeoJSON value of a polygon without holes, as the region of a query:
// {"type":"Polygon","coordinates":[[[lon,lat],...]]}. Each position is a longitude and a latitude,
// as for [GeoPoint]. The last position may repeat the first; if it does not, GeoPolygon adds the
// first again at the end. The direction of the ring does not matter: the polygon is the smaller of
// the two areas that it separates. The value has KindInvalid if a position is not valid or if there
// are fewer than three, not counting the repeated one.
func GeoPolygon(ring ...[2]float64) Value {
	if n := len(ring); n > 1 && ring[n-1] == ring[0] {
		ring = ring[:n-1]
	}
	if len(ring) < minRing {
		return InvalidValue(fmt.Errorf("%w: a polygon with %d different positions, must have at least %d", ErrInvalidValue, len(ring), minRing))
	}
	text := []byte(`{"type":"Polygon","coordinates":[[`)
	for i, p := range ring {
		if err := checkPosition(p[0], p[1]); err != nil {
			return InvalidValue(fmt.Errorf("position %d of a polygon: %w", i, err))
		}
		text = append(appendPosition(text, p[0], p[1]), ',')
	}
	text = appendPosition(text, ring[0][0], ring[0][1])
	return GeoJSON(string(append(text, ']', ']', '}')))
}

// checkPosition reports coordinates outside their ranges. A NaN is in no range.
func checkPosition(lon, lat float64) error {
	if !(math.Abs(lon) <= maxLongitude) {
		return fmt.Errorf("%w: the longitude %v is not in -180 to 180", ErrInvalidValue, lon)
	}
	if !(math.Abs(lat) <= maxLatitude) {
		return fmt.Errorf("%w: the latitude %v is not in -90 to 90", ErrInvalidValue, lat)
	}
	return nil
}

func appendPosition(dst []byte, lon, lat float64) []byte {
	dst = appendNumber(append(dst, '['), lon)
	dst = appendNumber(append(dst, ','), lat)
	return append(dst, ']')
}

// maxPlain is the first number that is written with an exponent. The server reads a number without
// a point or an exponent as an integer of 64 bits.
const maxPlain = 1e15

func appendNumber(dst []byte, f float64) []byte {
	if math.Abs(f) < maxPlain {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'e', -1, 64)
}
