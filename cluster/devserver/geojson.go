package devserver

import (
	"encoding/binary"
	"encoding/json"

	"github.com/aerosql/aerosql/protocol"
)

// geoHeader is what stands before the cells of a GeoJSON value: a byte of flags
// and the number of cells (wire-cdt-exp.md 6.1).
const geoHeader = 3

// storedGeoJSON checks a GeoJSON value. Cells that the client sent are left out.
func (c *command) storedGeoJSON(data []byte) ([]byte, protocol.ResultCode) {
	if len(data) < geoHeader {
		return nil, protocol.InvalidGeoJSON
	}
	cells := 8 * int(binary.BigEndian.Uint16(data[1:]))
	if len(data) < geoHeader+cells {
		return nil, protocol.InvalidGeoJSON
	}
	text := data[geoHeader+cells:]
	if !validGeoJSON(text) {
		return nil, protocol.InvalidGeoJSON
	}
	return c.keep([]byte{0, 0, 0}, text), protocol.OK
}

// validGeoJSON reports whether the text is of one of the types that the server
// takes, with coordinates of that type's form (wire-cdt-exp.md 6.2).
func validGeoJSON(text []byte) bool {
	var object struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometry    json.RawMessage `json:"geometry"`
	}
	if json.Unmarshal(text, &object) != nil {
		return false
	}
	switch object.Type {
	case "Feature":
		return len(object.Geometry) > 0 && validGeometry(object.Geometry)
	default:
		return validCoordinates(object.Type, object.Coordinates)
	}
}

// validGeometry checks the geometry of a feature, which is no feature itself.
func validGeometry(text []byte) bool {
	var object struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	return json.Unmarshal(text, &object) == nil && validCoordinates(object.Type, object.Coordinates)
}

func validCoordinates(kind string, text []byte) bool {
	switch kind {
	case "Point":
		var at []float64
		return json.Unmarshal(text, &at) == nil && validPosition(at)
	case "Polygon":
		var rings [][][]float64
		return json.Unmarshal(text, &rings) == nil && validPolygon(rings)
	case "MultiPolygon":
		var polygons [][][][]float64
		if json.Unmarshal(text, &polygons) != nil || len(polygons) == 0 {
			return false
		}
		for _, rings := range polygons {
			if !validPolygon(rings) {
				return false
			}
		}
		return true
	case "AeroCircle":
		return validCircle(text)
	}
	return false
}

func validCircle(text []byte) bool {
	var parts []json.RawMessage
	if json.Unmarshal(text, &parts) != nil || len(parts) != 2 {
		return false
	}
	var at []float64
	var radius float64
	return json.Unmarshal(parts[0], &at) == nil && json.Unmarshal(parts[1], &radius) == nil && validPosition(at)
}

func validPolygon(rings [][][]float64) bool {
	for _, ring := range rings {
		if !validRing(ring) {
			return false
		}
	}
	return len(rings) > 0
}

// minRing is the number of positions of the smallest ring, a triangle, whose
// last position is its first again.
const minRing = 4

func validRing(ring [][]float64) bool {
	distinct := 0
	for i, at := range ring {
		if !validPosition(at) {
			return false
		}
		if i == 0 || at[0] != ring[i-1][0] || at[1] != ring[i-1][1] {
			distinct++
		}
	}
	return distinct >= minRing && ring[0][0] == ring[len(ring)-1][0] && ring[0][1] == ring[len(ring)-1][1]
}

// validPosition checks longitude and latitude.
func validPosition(at []float64) bool {
	return len(at) == 2 && at[0] >= -180 && at[0] <= 180 && at[1] >= -90 && at[1] <= 90
}
