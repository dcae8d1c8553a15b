package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
)

// storedGeoJSON validates a GeoJSON value and returns it with the shape's cells in front of the
// text. Cells that the client sent are discarded (docs/wire-cdt-exp.md#6.1).
func (c *command) storedGeoJSON(data []byte) ([]byte, protocol.ResultCode) {
	offset, ok := geo.TextOffset(data)
	if !ok {
		return nil, protocol.InvalidGeoJSON
	}
	start := len(c.scratch)
	stored, ok := geo.AppendParticle(c.scratch, data[offset:])
	if !ok {
		return nil, protocol.InvalidGeoJSON
	}
	c.scratch = stored
	return stored[start:len(stored):len(stored)], protocol.OK
}
