// Package geo evaluates GeoJSON as a real server does: what it takes for a
// geometry, the S2 cells that it puts in front of a stored value, and which points lie in which
// regions (docs/wire-cdt-exp.md#6). It is pure: bytes in, bytes and answers out.
//
// A [Shape] is what a text describes. Texts that no server would take are no
// shapes; rings that cross themselves are, as nobody checks them.
package geo

import "encoding/binary"

const (
	// particleHeader is what stands before the cells of a GeoJSON particle: a byte
	// of flags and the number of cells in two (docs/wire-cdt-exp.md#6.1).
	particleHeader = 3
	// flagRegion is the flag of everything that is not a point.
	flagRegion = 0x01
	cellSize   = 8
)

// AppendParticle appends the stored form of a GeoJSON text: flags, cells and the
// text itself; false means that the text is no valid geometry, and that dst is as it was.
func AppendParticle(dst, text []byte) ([]byte, bool) {
	shape, ok := Parse(text)
	if !ok {
		return dst, false
	}
	cells, ok := shape.cells()
	if !ok {
		return dst, false
	}
	var flags byte
	if shape.IsRegion() {
		flags = flagRegion
	}
	dst = append(dst, flags)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(cells)))
	for _, cell := range cells {
		dst = binary.BigEndian.AppendUint64(dst, uint64(cell))
	}
	return append(dst, text...), true
}

// TextOffset returns where the text begins in a GeoJSON particle, as a client
// sends it or as it is stored; false means that it is cut short.
func TextOffset(particle []byte) (int, bool) {
	if len(particle) < particleHeader {
		return 0, false
	}
	offset := particleHeader + cellSize*int(binary.BigEndian.Uint16(particle[1:]))
	return offset, offset <= len(particle)
}
