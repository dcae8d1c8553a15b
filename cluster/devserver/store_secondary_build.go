package devserver

import (
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// build indexes the existing records, one partition at a time, each under its lock. Records written
// during the build are indexed by the writer if their partition has been read, and by build
// otherwise.
func (si *secondaryIndex) build() {
	defer close(si.finished)
	started := time.Now()
	var count cardinality
	count.begin(len(si.nodes))
	for pid := range si.ns.partitions {
		select {
		case <-si.ns.server.closed:
			return
		default:
		}
		if !si.buildPartition(&si.ns.partitions[pid], &count) {
			return
		}
		si.loaded.Add(1)
	}
	count.store(si)
	si.loadTime.Store(time.Since(started).Milliseconds())
	si.ready.Store(true)
}

func (si *secondaryIndex) buildPartition(p *partition, count *cardinality) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if si.dropped.Load() {
		return false
	}
	var records []*record
	for node := range p.copies {
		x := p.writable(node)
		if x == nil {
			continue
		}
		t := &secondaryTree{of: si}
		records = x.appendDescending(records[:0], nil)
		for _, r := range records {
			t.update(node, nil, r.committed())
		}
		x.secondary = append(x.secondary, t)
		count.add(node, &t.tree)
	}
	p.indexes = append(slices.Clip(p.indexes), si)
	return true
}

// loadPercent returns the progress of the build in percent. 100 means that queries can use the
// index.
func (si *secondaryIndex) loadPercent() int64 {
	if si.ready.Load() {
		return 100
	}
	return min(si.loaded.Load()*100/protocol.PartitionCount, 99)
}

// isEmpty reports whether there are no records to build the index from.
func (si *secondaryIndex) isEmpty() bool {
	list := si.ns.usage
	if si.set != nil {
		list = si.set.usage
	}
	for node := range list {
		if list[node].objects.Load() != 0 {
			return false
		}
	}
	return true
}

// A cardinality counts distinct values and records while an index is built.
type cardinality struct {
	values  []map[secondary.Key]struct{}
	records []int64
}

func (c *cardinality) begin(nodes int) {
	c.values, c.records = make([]map[secondary.Key]struct{}, nodes), make([]int64, nodes)
	for node := range c.values {
		c.values[node] = make(map[secondary.Key]struct{})
	}
}

func (c *cardinality) add(node int, t *secondary.Tree) {
	if t.Len() == 0 {
		return
	}
	seen := make(map[protocol.Digest]struct{}, t.Len())
	for e := range t.All() {
		c.values[node][e.Key] = struct{}{}
		seen[e.Digest] = struct{}{}
	}
	c.records[node] += int64(len(seen))
}

func (c *cardinality) store(si *secondaryIndex) {
	for node := range si.nodes {
		u := &si.nodes[node]
		entries := u.entries.Load()
		u.perValue.Store(rounded(entries, int64(len(c.values[node]))))
		u.perRecord.Store(rounded(entries, c.records[node]))
	}
}

// rounded returns n/d rounded to the nearest integer, 0 if d is 0.
func rounded(n, d int64) int64 {
	if d == 0 {
		return 0
	}
	return (n + d/2) / d
}
