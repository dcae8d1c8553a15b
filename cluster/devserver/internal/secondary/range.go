package secondary

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"github.com/golang/geo/s2"

	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
)

// A Range selects the entries of an index for a query (docs/wire-cdt-exp.md#9.3). It is safe for
// concurrent use.
type Range struct {
	// Type is the type of the selected values.
	Type  protocol.ParticleType
	spans []span     // key ranges, in order, not adjacent
	text  []byte     // the string or blob to match
	shape *geo.Shape // the geometry to match
}

// A span is a range of keys that includes both ends.
type span struct{ first, last Key }

// Integers returns the range of the numbers from first to last, inclusive.
func Integers(first, last int64) *Range {
	t := Target{Type: protocol.ParticleInteger}
	return &Range{Type: t.Type, spans: []span{{t.Key(first), t.Key(last)}}}
}

// Equal returns the range of the strings or blobs, depending on t, that equal text.
func Equal(t protocol.ParticleType, text []byte) *Range {
	target := Target{Type: t}
	key := target.Key(int64(hash(text)))
	return &Range{Type: t, spans: []span{{key, key}}, text: slices.Clone(text)}
}

// Geometry returns the range of the points in a region or, if the text is a point, of the regions
// that contain it. It reports false if the text is not a valid geometry.
func Geometry(text []byte) (*Range, bool) {
	shape, ok := geo.Parse(text)
	if !ok {
		return nil, false
	}
	r := &Range{Type: protocol.ParticleGeoJSON, shape: shape}
	if shape.IsRegion() {
		cells, ok := shape.QueryCells()
		if !ok {
			// The region has no covering with few cells, so all keys must be checked. A real server
			// never answers a query for the whole earth.
			r.spans = []span{{0, math.MaxUint64}}
		}
		for _, id := range cells {
			r.spans = append(r.spans, span{Key(id.RangeMin()), Key(id.RangeMax())})
		}
	} else {
		particle, ok := geo.AppendParticle(nil, text)
		if !ok {
			return nil, false
		}
		id := s2.CellID(binary.BigEndian.Uint64(particle[geoHeader:]))
		for level := 1; level <= s2.MaxLevel; level++ {
			parent := Key(id.Parent(level))
			r.spans = append(r.spans, span{parent, parent})
		}
	}
	slices.SortFunc(r.spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	return r, true
}

func (r *Range) contains(key Key) bool {
	_, found := r.Part(key)
	return found
}

// Part returns the index of the span that contains the key. Geometries are searched cell by cell.
func (r *Range) Part(key Key) (part int, found bool) {
	return slices.BinarySearchFunc(r.spans, key, func(s span, key Key) int {
		switch {
		case s.last < key:
			return -1
		case s.first > key:
			return 1
		}
		return 0
	})
}

// In returns the entries of a tree in the range, in order. If behind is not nil it returns only
// those after it.
func (r *Range) In(t *Tree, behind *Entry) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, s := range r.spans {
			start, after := Entry{Key: s.first}, false
			if behind != nil {
				if behind.Key > s.last {
					continue
				}
				if behind.Key >= s.first {
					start, after = *behind, true
				}
			}
			for e := range t.From(start, after) {
				if e.Key > s.last {
					break
				}
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Matches reports whether a bin in stored form has a value that the range selects. Equal keys are
// not enough: different strings may share a hash, and geometries a cell. Nothing matches if the
// types of range and index differ.
func (t *Target) Matches(r *Range, particle protocol.ParticleType, data []byte) (found bool) {
	if t.Type != r.Type {
		return false
	}
	t.each(particle, data, func(v value) bool {
		found = r.matches(v)
		return !found
	})
	return found
}

// matches compares the value, not its keys.
func (r *Range) matches(v value) bool {
	switch r.Type {
	case protocol.ParticleInteger:
		return r.contains(Key(uint64(v.number) ^ signBit))
	case protocol.ParticleGeoJSON:
		shape, ok := geo.Parse(v.data)
		return ok && geo.Match(r.shape, shape)
	}
	return string(v.data) == string(r.text)
}
