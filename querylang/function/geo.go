package function

import (
	"encoding/json"
	"math"

	"github.com/aerosql/aerosql/protocol"
)

// earthRadius is the radius in meters that the servers use.
const earthRadius = 6_371_000

// A vector is a point of the unit sphere.
type vector struct{ x, y, z float64 }

func (v vector) dot(w vector) float64 { return v.x*w.x + v.y*w.y + v.z*w.z }

func (v vector) cross(w vector) vector {
	return vector{v.y*w.z - v.z*w.y, v.z*w.x - v.x*w.z, v.x*w.y - v.y*w.x}
}

func (v vector) scaled(f float64) vector { return vector{v.x * f, v.y * f, v.z * f} }

func (v vector) add(w vector) vector { return vector{v.x + w.x, v.y + w.y, v.z + w.z} }

func (v vector) norm() float64 { return math.Sqrt(v.dot(v)) }

// distance returns the distance of two points in meters along the sphere.
func (v vector) distance(w vector) float64 {
	return earthRadius * math.Atan2(v.cross(w).norm(), v.dot(w))
}

// A shape is a GeoJSON value: a point, a circle, or polygons.
type shape struct {
	point    vector
	isPoint  bool
	isCircle bool
	radius   float64 // of a circle around the point, in meters
	polygons [][][]vector
}

// parseShape reads the GeoJSON values that the servers store: Point, AeroCircle, Polygon,
// MultiPolygon, and a Feature with one of them.
func parseShape(v protocol.Value) (*shape, bool) {
	text, ok := v.Text()
	var object struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometry    json.RawMessage `json:"geometry"`
	}
	if !ok || json.Unmarshal([]byte(text), &object) != nil {
		return nil, false
	}
	if object.Type == "Feature" {
		if json.Unmarshal(object.Geometry, &object) != nil || object.Type == "Feature" {
			return nil, false
		}
	}
	s := &shape{}
	switch object.Type {
	case "Point":
		s.isPoint = true
		s.point, ok = parsePosition(object.Coordinates)
	case "AeroCircle":
		s.isCircle = true
		var parts []json.RawMessage
		if json.Unmarshal(object.Coordinates, &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[1], &s.radius) != nil {
			return nil, false
		}
		s.point, ok = parsePosition(parts[0])
	case "Polygon":
		s.polygons, ok = parsePolygons("[" + string(object.Coordinates) + "]")
	case "MultiPolygon":
		s.polygons, ok = parsePolygons(string(object.Coordinates))
	default:
		ok = false
	}
	return s, ok
}

func parsePosition(text json.RawMessage) (vector, bool) {
	var p []float64
	if json.Unmarshal(text, &p) != nil {
		return vector{}, false
	}
	return positionOf(p)
}

// positionOf returns the point of a longitude and a latitude in degrees.
func positionOf(p []float64) (vector, bool) {
	if len(p) != 2 || math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		return vector{}, false
	}
	longitude, latitude := p[0]*math.Pi/180, p[1]*math.Pi/180
	return vector{math.Cos(latitude) * math.Cos(longitude), math.Cos(latitude) * math.Sin(longitude), math.Sin(latitude)}, true
}

// minRing is the number of positions of a triangle whose first position is repeated.
const minRing = 4

func parsePolygons(text string) ([][][]vector, bool) {
	var all [][][][]float64
	if json.Unmarshal([]byte(text), &all) != nil {
		return nil, false
	}
	polygons := make([][][]vector, len(all))
	for i, rings := range all {
		for _, ring := range rings {
			if len(ring) < minRing {
				return nil, false
			}
			points := make([]vector, len(ring))
			for k, p := range ring {
				var ok bool
				if points[k], ok = positionOf(p); !ok {
					return nil, false
				}
			}
			if points[0] != points[len(points)-1] {
				return nil, false
			}
			polygons[i] = append(polygons[i], points)
		}
	}
	return polygons, true
}

// contains reports whether a point is in a region. ok is false for a shape that is not a region,
// and for polygons that are too large to be in one half of the earth.
func (s *shape) contains(p vector) (inside, ok bool) {
	switch {
	case s.isPoint:
		return false, false
	case s.isCircle:
		return p.distance(s.point) <= s.radius, true
	}
	for _, rings := range s.polygons {
		in, ok := inRings(rings, p)
		if !ok {
			return false, false
		}
		inside = inside || in
	}
	return inside, true
}

// inRings reports whether a point is in an odd number of rings, so that rings in others are holes.
func inRings(rings [][]vector, p vector) (inside, ok bool) {
	for _, ring := range rings {
		in, ok := inRing(ring, p)
		if !ok {
			return false, false
		}
		inside = inside != in
	}
	return inside, true
}

// inRing projects the ring from the center of the earth on the plane above its middle. The shortest
// lines between its points are straight there.
func inRing(ring []vector, p vector) (inside, ok bool) {
	var sum vector
	for _, v := range ring[1:] {
		sum = sum.add(v)
	}
	if sum.norm() < 1e-9 {
		return false, false
	}
	middle := sum.scaled(1 / sum.norm())
	side := middle.cross(vector{0, 0, 1})
	if math.Abs(middle.z) > 0.9 {
		side = middle.cross(vector{1, 0, 0})
	}
	side = side.scaled(1 / side.norm())
	up := middle.cross(side)
	project := func(v vector) (x, y float64, ok bool) {
		d := v.dot(middle)
		return v.dot(side) / d, v.dot(up) / d, d > 0
	}
	x, y, inFront := project(p)
	for i := range ring[1:] {
		x0, y0, ok0 := project(ring[i])
		x1, y1, ok1 := project(ring[i+1])
		if !ok0 || !ok1 {
			return false, false
		}
		if (y0 > y) != (y1 > y) && x < x0+(y-y0)*(x1-x0)/(y1-y0) {
			inside = !inside
		}
	}
	return inside && inFront, true
}
