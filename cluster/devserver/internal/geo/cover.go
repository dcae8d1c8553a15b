package geo

import "github.com/golang/geo/s2"

// Limits of the coverings of stored regions (docs/wire-cdt-exp.md#6.1).
const (
	minCoverLevel  = 1
	maxCoverLevel  = 30
	maxQueryLevel  = 20 // for the region of a query (geo2dsphere-within.max-level)
	maxCoverCells  = 12
	startCells     = 4 // cells of the initial covering that is refined
	childrenOfCell = 4
	childrenShift  = 2
)

// cover covers a region with at most about twelve cells. It splits the largest cells first while
// the limit allows it. The S2 library does the same, but its queue determines which of several
// equal cells is split. This function uses the same queue as the server, so all cells are equal to
// the server's.
func cover(region s2.Region, maxLevel int) s2.CellUnion {
	c := coverer{region: region, maxLevel: maxLevel}
	start := s2.RegionCoverer{MaxLevel: maxLevel, LevelMod: 1, MaxCells: startCells}
	for _, id := range start.FastCovering(region) {
		c.add(c.candidate(s2.CellFromCellID(id)))
	}
	for len(c.queue) > 0 {
		best := c.pop()
		if best.cell.Level() < minCoverLevel || len(best.children) == 1 ||
			len(c.result)+len(c.queue)+len(best.children) <= maxCoverCells {
			for _, child := range best.children {
				c.add(child)
			}
		} else {
			c.result = append(c.result, best.cell.ID())
		}
	}
	c.result.Normalize()
	c.result.Denormalize(minCoverLevel, 1)
	return c.result
}

type coverer struct {
	region   s2.Region
	maxLevel int
	result   s2.CellUnion
	queue    []*candidate
}

// A candidate is a cell that intersects the region.
type candidate struct {
	cell     s2.Cell
	terminal bool // splitting it would gain nothing
	children []*candidate
	priority int
}

// candidate returns the candidate for a cell, or nil if the cell is outside of the region.
func (c *coverer) candidate(cell s2.Cell) *candidate {
	if !c.region.IntersectsCell(cell) {
		return nil
	}
	level := cell.Level()
	terminal := level >= minCoverLevel && (level+1 > c.maxLevel || c.region.ContainsCell(cell))
	return &candidate{cell: cell, terminal: terminal}
}

// add adds a cell to the result, or adds its children to the queue.
func (c *coverer) add(n *candidate) {
	if n == nil {
		return
	}
	if n.terminal {
		c.result = append(c.result, n.cell.ID())
		return
	}
	terminals := 0
	for _, id := range n.cell.ID().Children() {
		if child := c.candidate(s2.CellFromCellID(id)); child != nil {
			n.children = append(n.children, child)
			if child.terminal {
				terminals++
			}
		}
	}
	switch {
	case len(n.children) == 0:
	case terminals == childrenOfCell && n.cell.Level() >= minCoverLevel:
		c.result = append(c.result, n.cell.ID())
	default:
		// Larger cells come first, then cells with fewer children, then cells with fewer terminal
		// children.
		n.priority = -((n.cell.Level()<<childrenShift+len(n.children))<<childrenShift + terminals)
		c.push(n)
	}
}

// push and pop implement a binary heap. Its algorithm determines the order of equal priorities, so
// it is that of the C++ library.
func (c *coverer) push(n *candidate) {
	c.queue = append(c.queue, nil)
	c.siftUp(len(c.queue)-1, n)
}

func (c *coverer) siftUp(hole int, n *candidate) {
	for hole > 0 {
		parent := (hole - 1) / 2
		if c.queue[parent].priority >= n.priority {
			break
		}
		c.queue[hole] = c.queue[parent]
		hole = parent
	}
	c.queue[hole] = n
}

func (c *coverer) pop() *candidate {
	best := c.queue[0]
	size := len(c.queue) - 1
	last := c.queue[size]
	c.queue = c.queue[:size]
	if size == 0 {
		return best
	}
	hole := 0
	for child := 2; child <= size; child = 2*hole + 2 {
		if child == size || c.queue[child].priority < c.queue[child-1].priority {
			child--
		}
		c.queue[hole] = c.queue[child]
		hole = child
	}
	c.siftUp(hole, last)
	return best
}
