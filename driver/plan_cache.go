package driver

import (
	"sync"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A statement is a prepared statement with the literals of its text, if it shares a plan with texts
// that differ in them.
type statement struct {
	*querylang.Prepared
	run     *exec.Statement
	columns []string // the names of the columns of a query
	// readsByKey means that the statement reads one record, see exec.Statement.ReadsByKey.
	readsByKey bool
	literals   []protocol.Value
}

// newStatement returns a statement without literals of its own.
func newStatement(p *querylang.Prepared) *statement {
	s := &statement{Prepared: p, run: &exec.Statement{Plan: p.Plan, Args: p.ArgCount()}}
	s.readsByKey = s.run.ReadsByKey()
	if query, ok := p.Plan.(*plan.Block); ok {
		s.columns = namesOf(query.Columns)
	}
	return s
}

func namesOf(columns []bind.OutputColumn) []string {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].Name
	}
	return names
}

// names returns the names of the columns of the statement's rows.
func (s *statement) names(rows *exec.Rows) []string {
	if rows == nil || s.columns != nil {
		return s.columns
	}
	return namesOf(rows.Columns())
}

// Bounds of a planCache.
const (
	// planCacheSize is the maximum number of plans in each of the two generations.
	planCacheSize = 256
	// planCacheMaxText is the length in bytes of the longest text that is cached. Longer texts
	// usually contain their values, so they are not run again.
	planCacheMaxText = 2048
)

// A planCache keeps plans by the text of their statements, for programs that don't prepare
// statements. Planning takes a third of the client's time for a read by key.
//
// It has two generations. Plans are added to the young one. When that is full it becomes the old
// one, and the previous old one is dropped; plans that were used since have been copied to the
// young one.
type planCache struct {
	mu         sync.Mutex
	young, old map[string]*statement
}

// get returns the plan of a text, or nil.
func (c *planCache) get(text string) *statement {
	c.mu.Lock()
	defer c.mu.Unlock()
	if plan := c.young[text]; plan != nil {
		return plan
	}
	plan := c.old[text]
	if plan != nil {
		c.put(text, plan)
	}
	return plan
}

// add caches the plan of a text unless the text is too long.
func (c *planCache) add(text string, plan *statement) {
	if len(text) > planCacheMaxText {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(text, plan)
}

// put adds a plan to the young generation. The caller holds the lock.
func (c *planCache) put(text string, plan *statement) {
	if c.young == nil || len(c.young) >= planCacheSize {
		c.old, c.young = c.young, make(map[string]*statement, planCacheSize)
	}
	c.young[text] = plan
}
