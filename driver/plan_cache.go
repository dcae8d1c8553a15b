package driver

import (
	"sync"

	"github.com/aerosql/aerosql/querylang"
)

// Bounds of a planCache.
const (
	// planCacheSize is how many plans each of the two generations has.
	planCacheSize = 256
	// planCacheMaxText is the longest text, in bytes, whose plan is kept. A longer one, most
	// likely with its values written out, will not come again.
	planCacheMaxText = 2048
)

// A planCache keeps the plans of statements by their text, for programs that do
// not prepare them: planning takes a third of the time that a read by key takes
// on this side. It has two generations. Plans enter the young one; when that is full it
// becomes the old one, and what was not asked for meanwhile is forgotten with the one before.
type planCache struct {
	mu         sync.Mutex
	young, old map[string]querylang.Plan
}

// get returns the plan of a text, nil if it is not there.
func (c *planCache) get(text string) querylang.Plan {
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

// add keeps the plan of a text, if it is worth it.
func (c *planCache) add(text string, plan querylang.Plan) {
	if len(text) > planCacheMaxText {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(text, plan)
}

// put adds to the young generation. The caller holds the lock.
func (c *planCache) put(text string, plan querylang.Plan) {
	if c.young == nil || len(c.young) >= planCacheSize {
		c.old, c.young = c.young, make(map[string]querylang.Plan, planCacheSize)
	}
	c.young[text] = plan
}
