package udf

import (
	"github.com/aerosql/aerosql/protocol"
)

// A geoJSON is a GeoJSON of Lua: a text that nothing has checked.
type geoJSON struct{ json string }

func (*geoJSON) class() string { return "GeoJSON" }

func (g *geoJSON) value(int) protocol.Value { return protocol.GeoJSON(g.json) }

func (g *geoJSON) text(int) string { return `"` + g.json + `"` }

// String gives the value as tostring does.
func (g *geoJSON) String() string { return g.text(0) }

// geoConstruct is geojson(text), called with the library itself first.
func (m *machine) geoConstruct(c call) int {
	if c.GetTop() != 2 || c.missing(2) {
		return 0
	}
	return c.give(m.box(&geoJSON{json: cString(c.text(2))}))
}
