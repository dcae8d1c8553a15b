package devserver

import (
	"encoding/binary"
	"encoding/json"
	"unicode/utf8"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"

	"github.com/aerosql/aerosql/protocol"
)

const (
	// geoHeader is what stands before the cells of a GeoJSON value: a byte of flags and the
	// number of cells (wire-cdt-exp.md 6.1).
	geoHeader = 3
	// geoRegion is the flag of everything that is not a point.
	geoRegion = 0x01
	// earthRadius in meters turns the radius of a circle into an angle.
	earthRadius = 6_371_000
)

// A geoShape is what a GeoJSON text describes: a point, or a region if that is set.
type geoShape struct {
	point  s2.Point
	region s2.Region
}

// storedGeoJSON checks a GeoJSON value and puts the shape's cells in front of
// the text. Cells that the client sent are left out.
func (c *command) storedGeoJSON(data []byte) ([]byte, protocol.ResultCode) {
	if len(data) < geoHeader {
		return nil, protocol.InvalidGeoJSON
	}
	skip := geoHeader + 8*int(binary.BigEndian.Uint16(data[1:]))
	if len(data) < skip {
		return nil, protocol.InvalidGeoJSON
	}
	shape, ok := parseGeoJSON(data[skip:])
	if !ok {
		return nil, protocol.InvalidGeoJSON
	}
	flags, cells, ok := shape.cells()
	if !ok {
		return nil, protocol.InvalidGeoJSON
	}
	head := binary.BigEndian.AppendUint16([]byte{flags}, uint16(len(cells)))
	for _, cell := range cells {
		head = binary.BigEndian.AppendUint64(head, uint64(cell))
	}
	return c.keep(head, data[skip:]), protocol.OK
}

// cells returns the leaf cell of a point or the covering of a region, which
// fails for regions so large that they need too many cells. Rings that touch or cross
// themselves are taken as they come, if a covering can be made of them.
func (s geoShape) cells() (flags byte, cells []s2.CellID, ok bool) {
	if s.region == nil {
		return 0, []s2.CellID{s2.CellIDFromLatLng(s2.LatLngFromPoint(s.point))}, true
	}
	defer func() {
		if recover() != nil {
			flags, cells, ok = 0, nil, false
		}
	}()
	cells = coverRegion(s.region)
	return geoRegion, cells, len(cells) <= coverMaxCells
}

// parseGeoJSON reads a text of one of the types that the server takes: a
// geometry, or a feature that wraps one (wire-cdt-exp.md 6.2). Polygons of which the
// geometry library can make nothing at all are refused too.
func parseGeoJSON(text []byte) (shape geoShape, ok bool) {
	defer func() {
		if recover() != nil {
			shape, ok = geoShape{}, false
		}
	}()
	var object map[string]json.RawMessage
	if !utf8.Valid(text) || json.Unmarshal(text, &object) != nil {
		return geoShape{}, false
	}
	if kind, ok := geoType(object); ok && kind == "Feature" {
		var geometry map[string]json.RawMessage
		if json.Unmarshal(object["geometry"], &geometry) != nil {
			return geoShape{}, false
		}
		return parseGeometry(geometry)
	}
	return parseGeometry(object)
}

func geoType(object map[string]json.RawMessage) (kind string, ok bool) {
	return kind, object["type"] != nil && json.Unmarshal(object["type"], &kind) == nil
}

func parseGeometry(object map[string]json.RawMessage) (shape geoShape, ok bool) {
	kind, ok := geoType(object)
	if !ok {
		return shape, false
	}
	switch coordinates := object["coordinates"]; kind {
	case "Point":
		shape.point, ok = parsePoint(coordinates)
	case "Polygon":
		shape.region, ok = parsePolygon(coordinates)
	case "MultiPolygon":
		shape.region, ok = parseMultiPolygon(coordinates)
	case "AeroCircle":
		shape.region, ok = parseCircle(coordinates)
	default:
		return shape, false
	}
	return shape, ok
}

// parseArray reads an array; null is none.
func parseArray(text json.RawMessage) (list []json.RawMessage, ok bool) {
	return list, json.Unmarshal(text, &list) == nil && list != nil
}

func parseNumber(text json.RawMessage) (n float64, ok bool) {
	return n, string(text) != "null" && json.Unmarshal(text, &n) == nil
}

// parsePoint reads longitude and latitude, in this order.
func parsePoint(text json.RawMessage) (s2.Point, bool) {
	list, ok := parseArray(text)
	if !ok || len(list) != 2 {
		return s2.Point{}, false
	}
	lng, okLng := parseNumber(list[0])
	lat, okLat := parseNumber(list[1])
	at := s2.LatLngFromDegrees(lat, lng)
	return s2.PointFromLatLng(at), okLng && okLat && at.IsValid()
}

func parseMultiPolygon(text json.RawMessage) (s2.Region, bool) {
	list, ok := parseArray(text)
	if !ok {
		return nil, false
	}
	union := s2.RegionUnion{}
	for _, text := range list {
		polygon, ok := parsePolygon(text)
		if !ok {
			return nil, false
		}
		union = append(union, polygon)
	}
	return &union, true
}

func parsePolygon(text json.RawMessage) (s2.Region, bool) {
	list, ok := parseArray(text)
	if !ok {
		return nil, false
	}
	loops := make([]*s2.Loop, len(list))
	for i, text := range list {
		if loops[i], ok = parseLoop(text); !ok {
			return nil, false
		}
	}
	return s2.PolygonFromLoops(loops), true
}

// minRing is the number of positions of the smallest ring, a triangle, whose
// last position is its first again.
const minRing = 4

// parseLoop reads a closed ring. Its direction does not matter: it encloses the smaller side.
func parseLoop(text json.RawMessage) (*s2.Loop, bool) {
	list, ok := parseArray(text)
	if !ok {
		return nil, false
	}
	var points []s2.Point
	for _, text := range list {
		p, ok := parsePoint(text)
		if !ok {
			return nil, false
		}
		if len(points) == 0 || points[len(points)-1] != p {
			points = append(points, p)
		}
	}
	if len(points) < minRing || points[0] != points[len(points)-1] {
		return nil, false
	}
	loop := s2.LoopFromPoints(points[:len(points)-1])
	loop.Normalize()
	return loop, true
}

// parseCircle reads a center and a radius in meters.
func parseCircle(text json.RawMessage) (s2.Region, bool) {
	list, ok := parseArray(text)
	if !ok || len(list) != 2 {
		return nil, false
	}
	center, okCenter := parsePoint(list[0])
	radius, okRadius := parseNumber(list[1])
	return s2.CapFromCenterAngle(center, s1.Angle(radius/earthRadius)), okCenter && okRadius
}
