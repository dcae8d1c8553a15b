package geo

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
)

// earthRadius, in meters, converts the radius of a circle to an angle.
const earthRadius = 6_371_000

// Parse parses a GeoJSON text of a type that the server accepts: a geometry, or a feature with one
// (docs/wire-cdt-exp.md#6.2).
func Parse(text []byte) (*Shape, bool) {
	if !utf8.Valid(text) || !validEscapes(text) {
		return nil, false
	}
	object, ok := parseObject(text)
	if !ok {
		return nil, false
	}
	if kind, ok := kindOf(object); ok && kind == "Feature" {
		if object, ok = parseObject(object["geometry"]); !ok {
			return nil, false
		}
	}
	return parseGeometry(object)
}

// validEscapes reports whether no escape is a NUL or half of a surrogate pair. The server's JSON
// library rejects both.
func validEscapes(text []byte) bool {
	for i := bytes.IndexByte(text, '\\'); i >= 0 && i+1 < len(text); i = bytes.IndexByte(text, '\\') {
		text = text[i:]
		r, ok := escape(text)
		switch {
		case !ok:
			text = text[2:]
			continue
		case r == 0:
			return false
		case utf16.IsSurrogate(r):
			low, _ := escape(text[escapeLen:])
			if utf16.DecodeRune(r, low) == utf8.RuneError {
				return false
			}
			text = text[escapeLen:]
		}
		text = text[escapeLen:]
	}
	return true
}

// escapeLen is the length of a numeric escape such as \u0041.
const escapeLen = 6

// escape parses a numeric escape at the start of a text.
func escape(text []byte) (rune, bool) {
	if len(text) < escapeLen || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:escapeLen]), 16, 16)
	return rune(n), err == nil
}

func parseObject(text json.RawMessage) (object map[string]json.RawMessage, ok bool) {
	return object, json.Unmarshal(text, &object) == nil && object != nil
}

func kindOf(object map[string]json.RawMessage) (kind string, ok bool) {
	text := object["type"]
	return kind, len(text) > 0 && text[0] == '"' && json.Unmarshal(text, &kind) == nil
}

func parseGeometry(object map[string]json.RawMessage) (*Shape, bool) {
	kind, ok := kindOf(object)
	if !ok {
		return nil, false
	}
	shape := &Shape{}
	switch coordinates := object["coordinates"]; kind {
	case "Point":
		var point s2.Point
		point, ok = parsePosition(coordinates)
		shape.cell = s2.CellIDFromLatLng(s2.LatLngFromPoint(point))
	case "Polygon":
		shape.region, ok = parsePolygon(coordinates, new(size))
	case "MultiPolygon":
		shape.region, ok = parseMultiPolygon(coordinates)
	case "AeroCircle":
		shape.region, ok = parseCircle(coordinates)
	default:
		ok = false
	}
	return shape, ok
}

// parseArray parses an array. null is not an array.
func parseArray(text json.RawMessage) (list []json.RawMessage, ok bool) {
	return list, json.Unmarshal(text, &list) == nil && list != nil
}

// parseNumber parses a number. The server stores integers in 64 bits and rejects larger ones.
func parseNumber(text json.RawMessage) (n float64, ok bool) {
	if string(text) == "null" {
		return 0, false
	}
	if !bytes.ContainsAny(text, ".eE") {
		var i int64
		ok = json.Unmarshal(text, &i) == nil
		return float64(i), ok
	}
	return n, json.Unmarshal(text, &n) == nil
}

// parsePosition parses a longitude and a latitude, in this order.
func parsePosition(text json.RawMessage) (s2.Point, bool) {
	list, ok := parseArray(text)
	if !ok || len(list) != 2 {
		return s2.Point{}, false
	}
	lng, okLng := parseNumber(list[0])
	lat, okLat := parseNumber(list[1])
	at := s2.LatLngFromDegrees(lat, lng)
	return s2.PointFromLatLng(at), okLng && okLat && at.IsValid()
}

// Limits of a region. A real server does not have them. Overlapping rings are checked edge by edge,
// so a geometry of one MiB could keep the server busy for minutes.
const (
	maxRings     = 256
	maxPositions = 1 << 13
)

// A size is the number of rings and positions read so far.
type size struct{ rings, positions int }

func (s *size) add(rings, positions int) bool {
	s.rings += rings
	s.positions += positions
	return s.rings <= maxRings && s.positions <= maxPositions
}

func parseMultiPolygon(text json.RawMessage) (s2.Region, bool) {
	list, ok := parseArray(text)
	if !ok {
		return nil, false
	}
	union := s2.RegionUnion{}
	var read size
	for _, text := range list {
		polygon, ok := parsePolygon(text, &read)
		if !ok {
			return nil, false
		}
		union = append(union, polygon)
	}
	return &union, true
}

func parsePolygon(text json.RawMessage, read *size) (s2.Region, bool) {
	list, ok := parseArray(text)
	if !ok || !read.add(len(list), 0) {
		return nil, false
	}
	loops := make([]*s2.Loop, len(list))
	for i, text := range list {
		if loops[i], ok = parseRing(text, read); !ok {
			return nil, false
		}
	}
	return polygonOf(loops)
}

// minRing is the number of positions of the smallest ring: a triangle, with the first position
// repeated at the end.
const minRing = 4

// parseRing parses a closed ring. Its direction has no effect: it encloses the smaller side.
// Repeated positions are ignored.
func parseRing(text json.RawMessage, read *size) (*s2.Loop, bool) {
	list, ok := parseArray(text)
	if !ok || !read.add(0, len(list)) {
		return nil, false
	}
	var points []s2.Point
	for _, text := range list {
		p, ok := parsePosition(text)
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
	return loopOf(points[:len(points)-1])
}

// parseCircle parses a center and a radius in meters.
func parseCircle(text json.RawMessage) (s2.Region, bool) {
	list, ok := parseArray(text)
	if !ok || len(list) != 2 {
		return nil, false
	}
	center, okCenter := parsePosition(list[0])
	radius, okRadius := parseNumber(list[1])
	return s2.CapFromCenterAngle(center, s1.Angle(radius/earthRadius)), okCenter && okRadius
}
