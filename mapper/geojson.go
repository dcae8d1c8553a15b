package mapper

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A GeoJSON is the GeoJSON text of a point or a region. It is stored as a geospatial value, which
// geo indexes find. "" is NULL.
type GeoJSON string

// invalidPlace begins the text of a GeoJSON that Point, Circle or Polygon could not make. The
// reason follows.
const invalidPlace = "invalid value: "

// MarshalBin returns the geospatial value. It implements [BinMarshaler].
func (g GeoJSON) MarshalBin() (protocol.Value, error) {
	switch {
	case g == "":
		return protocol.Nil(), nil
	case strings.HasPrefix(string(g), invalidPlace):
		return protocol.Value{}, fmt.Errorf("%w: %s", ErrRange, g[len(invalidPlace):])
	case g[0] != '{':
		return protocol.Value{}, fmt.Errorf("%w: %q is not a GeoJSON object", ErrRange, string(g))
	}
	return protocol.GeoJSON(string(g)), nil
}

// UnmarshalBin sets g from a geospatial value. It implements [BinUnmarshaler].
func (g *GeoJSON) UnmarshalBin(v protocol.Value) error {
	if v.Kind() != protocol.KindGeoJSON {
		return wrongType(v, "GeoJSON")
	}
	text, _ := v.Text()
	*g = GeoJSON(strings.Clone(text))
	return nil
}
