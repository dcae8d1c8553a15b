package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
)

// A walk is a query's way through the partitions of one node. It keeps its buffers from one
// partition to the next.
type walk struct {
	*query
	node    *node
	process *process // in which the query runs, and ends
	job     *job
	copy    *index // of the partition at hand: what a query has begun to read it goes on with, also when it moves
	now     uint32 // when the records at hand were gathered
	hits    []hit
	// seen are the records of the partition at hand that were found already, in
	// an index by which a record can be found more than once.
	seen    map[finding]struct{}
	records []*record // buffer of gatherAll
}

// A finding is a record that was found in a part of a query's range.
type finding struct {
	digest protocol.Digest
	part   int
}

// A hit is a record that a query has found, and the key of the index by which it has.
type hit struct {
	record *record
	key    secondary.Key
}

// walkStep is how many records are taken out of an index at once under its partition's lock.
const walkStep = 512

// partition gives the records of a partition that the query asks for to visit, in the order in which they
// are answered, until that returns false: by falling digests, or as an index has
// them. It reports false if the node has no copy of the partition.
//
// Records are gathered under the partition's lock and visited without it.
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
		if more {
			last := &w.hits[len(w.hits)-1]
			behind = &secondary.Entry{Key: last.key, Digest: last.record.digest}
		}
		for _, h := range w.hits {
			if w.job.aborted.Load() {
				return true
			}
			if w.asksFor(h) && !visit(h.record, w.valueOf(h.key)) {
				return true
			}
		}
		if !more {
			return true
		}
	}
}

// gather fills w.hits with the next records behind one; more reports whether there
// may be further ones, found whether the node has a copy of the partition.
func (w *walk) gather(pid uint16, behind *secondary.Entry) (found, more bool) {
	w.hits, w.now = w.hits[:0], w.ns.server.clock.seconds()
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

// gatherAll takes all records of a copy, a list of pointers, or those of the set if that has an index.
func (w *walk) gatherAll(x *index, pid uint16) {
	var below *protocol.Digest
	if point := w.resume[pid]; point != nil {
		below = &point.digest
	}
	if part := x.ofSet(w.set); part != nil {
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

// asksFor reports whether a record that lies where the query looks is one that it asks for.
func (w *walk) asksFor(h hit) bool {
	r := h.record
	if w.set != nil && r.set != w.set || w.set == nil && r.isMonitor() || !r.live(w.ns, w.now) {
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

// isFirst reports whether a record is found for the first time. A resumed query finds a record
// again that has a further value behind the one where it resumes, as on a real server. A query for geometries looks for them cell by
// cell, and finds a record once in each: a real server leaves it to the client to drop the repeats.
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
