package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// A walk is a query's traversal of the partitions of one node. Its buffers are reused for each
// partition.
type walk struct {
	*query
	node    *node
	process *process // process in which the query runs
	job     *job
	copy    *index // copy of the current partition; the query continues with it even if the partition moves
	now     uint32 // time at which the current records were collected
	hits    []hit
	// seen are the findings in the current partition. It is used if an index can return a record
	// more than once.
	seen    map[finding]struct{}
	records []*record // buffer of gatherAll
}

// A finding is a record that was found in a part of a query's range.
type finding struct {
	digest protocol.Digest
	part   int
}

// A hit is a record that a query found, with its key in the index.
type hit struct {
	record *record
	key    secondary.Key
}

// walkStep is how many index entries are collected at a time under the partition's lock.
const walkStep = 512

// partition calls visit for the records of a partition that the query selects, until visit returns
// false. The order is by descending digest, or that of the index. It returns false if the node has
// no complete copy of the partition.
//
// Records are collected under the partition's lock and visited without it.
func (w *walk) partition(pid uint16, visit func(*record, int64) bool) bool {
	var behind *secondary.Entry
	if point := w.resume[pid]; point != nil && w.index != nil {
		behind = &secondary.Entry{Key: w.index.target.Key(point.value), Digest: point.digest}
	}
	w.copy = nil
	clear(w.seen)
	defer func() { clear(w.hits[:cap(w.hits)]) }()
	for {
		found, more := w.gather(pid, behind)
		if !found {
			return false
		}
		if len(w.hits) > 0 { // most partitions are empty in tests
			w.now = w.ns.server.clock.seconds()
		}
		if more {
			last := &w.hits[len(w.hits)-1]
			behind = &secondary.Entry{Key: last.key, Digest: last.record.digest}
		}
		for _, h := range w.hits {
			if w.job.aborted.Load() {
				return true
			}
			if w.selects(h) && !visit(h.record, w.valueOf(h.key)) {
				return true
			}
		}
		if !more {
			return true
		}
	}
}

// gather fills w.hits with the next records after behind. found reports whether the node has a
// complete copy of the partition. more reports whether there may be more records.
func (w *walk) gather(pid uint16, behind *secondary.Entry) (found, more bool) {
	w.hits = w.hits[:0]
	p := &w.ns.partitions[pid]
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.copy == nil && w.node.serves(w.ns, pid) {
		w.copy = p.copies[w.node.number]
	}
	x := w.copy
	switch {
	case x == nil:
		return false, false
	case w.setName != "" && w.set == nil:
		return true, false
	case w.index == nil:
		w.gatherAll(x, pid)
		return true, false
	}
	tree := x.treeOf(w.index)
	if tree == nil {
		return true, false
	}
	for e := range w.span.In(tree, behind) {
		w.hits = append(w.hits, hit{x.get(&e.Digest).committed(), e.Key})
		if len(w.hits) == walkStep {
			return true, true
		}
	}
	return true, false
}

// gatherAll collects all records of a copy, or the records of the set if it has an index.
func (w *walk) gatherAll(x *index, pid uint16) {
	var below *protocol.Digest
	if point := w.resume[pid]; point != nil {
		below = &point.digest
	}
	if part := x.ofSet(w.set.id()); part != nil {
		x = part
	}
	w.records = x.appendDescending(w.records[:0], below)
	for _, r := range w.records {
		if r = r.committed(); r != nil {
			w.hits = append(w.hits, hit{record: r})
		}
	}
	clear(w.records)
}

// selects reports whether the query selects a record that it found.
func (w *walk) selects(h hit) bool {
	r := h.record
	if w.set != nil && r.set != w.set.id() || w.set == nil && r.isMonitor() || !r.live(w.ns, w.now) {
		return false
	}
	if w.filter != nil && w.filter.check(w.ns, r) != protocol.OK {
		w.job.filtered.Add(1)
		return false
	}
	if w.index == nil {
		return true
	}
	v := w.index.value(r)
	return w.index.target.Matches(w.span, v.particle, v.data) && w.isFirst(h)
}

// isFirst reports whether the record is found for the first time. As on a real server, a resumed
// query finds a record again if it has another value after the resume point. A geospatial query
// searches cell by cell and finds a record once in each cell that covers its region; like a real
// server, it leaves it to the client to drop duplicates.
func (w *walk) isFirst(h hit) bool {
	if w.index.target.Form == secondary.Whole {
		return true
	}
	if w.seen == nil {
		w.seen = make(map[finding]struct{})
	}
	part, _ := w.span.Part(h.key)
	f := finding{h.record.digest, part}
	if _, found := w.seen[f]; found {
		return false
	}
	w.seen[f] = struct{}{}
	return true
}

func (w *walk) valueOf(key secondary.Key) int64 {
	if w.index == nil {
		return 0
	}
	return w.index.target.Value(key)
}
