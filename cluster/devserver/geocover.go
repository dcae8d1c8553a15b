package devserver

import "github.com/golang/geo/s2"

// The covering of a stored region, as the real server computes it: at most 12
// cells of levels 1 to 30 (wire-cdt-exp.md 6.1). The library's own coverer gives as
// good coverings, but of candidates with the same priority it takes another one
// first, so that the cells differ. The search here keeps its candidates in a heap with
// the sift of the C++ standard library, on which the real server's choice rests. Of random
// shapes, 99 in 100 get the real server's cells; the others get cells that cover as well.
const (
	coverMinLevel   = 1
	coverMaxLevel   = 30
	coverMaxCells   = 12
	coverSeedCells  = 4
	childrenShift   = 2 // a cell has 1<<childrenShift children
	childrenPerCell = 1 << childrenShift
)

// A coverCandidate is a cell that intersects the region, with those of its
// children that do too.
type coverCandidate struct {
	cell     s2.Cell
	terminal bool // not to be divided any further
	children []*coverCandidate
	priority int
}

// A coverer is one search for a covering.
type coverer struct {
	region s2.Region
	queue  []*coverCandidate // a heap, the greatest priority first
	cells  s2.CellUnion
}

// coverRegion returns the cells that cover a region.
func coverRegion(region s2.Region) []s2.CellID {
	c := coverer{region: region}
	seeds := s2.RegionCoverer{MinLevel: coverMinLevel, MaxLevel: coverMaxLevel, LevelMod: 1, MaxCells: coverSeedCells}
	for _, id := range seeds.FastCovering(region) {
		c.add(c.candidate(s2.CellFromCellID(id)))
	}
	for len(c.queue) > 0 {
		next := c.pop()
		if next.cell.Level() < coverMinLevel || len(next.children) == 1 ||
			len(c.cells)+len(c.queue)+len(next.children) <= coverMaxCells {
			for _, child := range next.children {
				c.add(child)
			}
			continue
		}
		next.terminal = true
		c.add(next)
	}
	c.cells.Normalize()
	c.cells.Denormalize(coverMinLevel, 1)
	return c.cells
}

// candidate returns the cell as a candidate, nil if the region does not touch it.
func (c *coverer) candidate(cell s2.Cell) *coverCandidate {
	if !c.region.IntersectsCell(cell) {
		return nil
	}
	terminal := cell.Level() >= coverMinLevel && (cell.Level() >= coverMaxLevel || c.region.ContainsCell(cell))
	return &coverCandidate{cell: cell, terminal: terminal}
}

// add takes a terminal candidate into the covering and queues any other. Large
// cells come first, then those with few children, then those with few that end there.
func (c *coverer) add(next *coverCandidate) {
	if next == nil {
		return
	}
	if next.terminal {
		c.cells = append(c.cells, next.cell.ID())
		return
	}
	terminals := 0
	children, _ := next.cell.Children()
	for _, cell := range children {
		if child := c.candidate(cell); child != nil {
			next.children = append(next.children, child)
			if child.terminal {
				terminals++
			}
		}
	}
	switch {
	case len(next.children) == 0:
	case terminals == childrenPerCell && next.cell.Level() >= coverMinLevel:
		next.terminal = true
		c.add(next)
	default:
		next.priority = -((next.cell.Level()<<childrenShift+len(next.children))<<childrenShift + terminals)
		c.push(next)
	}
}

func (c *coverer) push(next *coverCandidate) {
	c.queue = append(c.queue, next)
	c.siftUp(len(c.queue)-1, next)
}

func (c *coverer) siftUp(hole int, next *coverCandidate) {
	for hole > 0 {
		parent := (hole - 1) / 2
		if c.queue[parent].priority >= next.priority {
			break
		}
		c.queue[hole] = c.queue[parent]
		hole = parent
	}
	c.queue[hole] = next
}

// pop takes the first candidate out. The hole that it leaves moves down to a leaf
// along the greater children, of equals the right one, before the last candidate rises from there.
func (c *coverer) pop() *coverCandidate {
	first := c.queue[0]
	n := len(c.queue) - 1
	last := c.queue[n]
	c.queue = c.queue[:n]
	if n == 0 {
		return first
	}
	hole := 0
	for hole < (n-1)/2 {
		child := 2*hole + 2
		if c.queue[child].priority < c.queue[child-1].priority {
			child--
		}
		c.queue[hole] = c.queue[child]
		hole = child
	}
	if n%2 == 0 && hole == (n-2)/2 {
		c.queue[hole] = c.queue[2*hole+1]
		hole = 2*hole + 1
	}
	c.siftUp(hole, last)
	return first
}
