// Package geo evaluates GeoJSON as a real server does: which texts are valid geometries, the S2
// cells stored with a value, and which points are in which regions (docs/wire-cdt-exp.md#6). It
// does no I/O.
//
// A [Shape] is a parsed geometry. Texts that no server accepts have no shape. Rings that cross
// themselves have one, because the server does not check them.
package geo

import "encoding/binary"

const (
	// particleHeader is the size of a GeoJSON particle before its cells: one byte of flags and two
	// with the number of cells (docs/wire-cdt-exp.md#6.1).
	particleHeader = 3
	// flagRegion marks everything except points.
	flagRegion = 0x01
	cellSize   = 8
)

// AppendParticle appends the stored form of a GeoJSON text: flags, cells and the text. If the text
// is not a valid geometry it returns dst and false.
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

// TextOffset returns the offset of the text in a GeoJSON particle, as sent by a client or as
// stored. It reports false if the particle is truncated.
func TextOffset(particle []byte) (int, bool) {
	if len(particle) < particleHeader {
		return 0, false
	}
	offset := particleHeader + cellSize*int(binary.BigEndian.Uint16(particle[1:]))
	return offset, offset <= len(particle)
}
