package geo

import "github.com/golang/geo/s2"

// A Shape is a point or a region. It is safe for concurrent use.
type Shape struct {
	cell   s2.CellID // the leaf cell of a point
	region s2.Region // nil for a point
}

// IsRegion reports whether the shape is a region rather than a point.
func (s *Shape) IsRegion() bool { return s.region != nil }

// cells returns the leaf cell of a point or the covering of a region. It reports false if there is
// no covering with as few cells as the server allows, for example of the whole earth.
func (s *Shape) cells() (cells []s2.CellID, ok bool) {
	if s.region == nil {
		return []s2.CellID{s.cell}, true
	}
	return s.covering(maxCoverLevel)
}

// QueryCells returns the covering of a region that a query for points in it uses.
func (s *Shape) QueryCells() (cells []s2.CellID, ok bool) { return s.covering(maxQueryLevel) }

func (s *Shape) covering(maxLevel int) (cells []s2.CellID, ok bool) {
	ok = recovers(func() { cells = cover(s.region, maxLevel) })
	return cells, ok && len(cells) <= maxCoverCells
}

// Match reports whether one of two shapes is a point in the other, which is a region. A point is
// represented by the center of its leaf cell (docs/wire-cdt-exp.md#6.3).
func Match(a, b *Shape) (match bool) {
	if a.IsRegion() {
		a, b = b, a
	}
	if a.IsRegion() || !b.IsRegion() {
		return false
	}
	recovers(func() { match = b.region.ContainsPoint(a.cell.Point()) })
	return match
}

func polygonOf(loops []*s2.Loop) (polygon *s2.Polygon, ok bool) {
	ok = recovers(func() { polygon = s2.PolygonFromLoops(loops) })
	return polygon, ok
}

func loopOf(points []s2.Point) (loop *s2.Loop, ok bool) {
	ok = recovers(func() {
		loop = s2.LoopFromPoints(points)
		loop.Normalize()
	})
	return loop, ok
}

// recovers runs a function of the S2 library and reports false if it panics. It may panic on rings
// that cross or touch themselves, which are not checked.
func recovers(run func()) (ok bool) {
	defer func() { ok = recover() == nil }()
	run()
	return true
}
