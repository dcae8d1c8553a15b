package udf

import (
	"github.com/aerosql/aerosql/protocol"
)

// A geoJSON is a GeoJSON object: a string that has not been validated.
type geoJSON struct{ json string }

func (*geoJSON) class() string { return "GeoJSON" }

func (g *geoJSON) value(int) protocol.Value { return protocol.GeoJSON(g.json) }

func (g *geoJSON) text(int) string { return `"` + g.json + `"` }

// String returns the value as tostring formats it.
func (g *geoJSON) String() string { return g.text(0) }

// geoConstruct implements geojson(text). Its first argument is the library table.
func (m *machine) geoConstruct(c call) int {
	if c.GetTop() != 2 || c.missing(2) {
		return 0
	}
	return c.push(m.box(&geoJSON{json: cString(c.text(2))}))
}
