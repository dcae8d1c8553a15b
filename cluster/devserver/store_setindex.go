package devserver

import "slices"

// A setRecords is an index over a set in one copy of a partition, in digest order. With it, a query
// of a small set does not read the records of other sets (docs/wire-core.md#8.5). It is guarded by
// the partition's lock.
type setRecords struct {
	set     *setID
	records index
}

// ofSet returns the copy's index over a set, nil if there is none.
func (x *index) ofSet(s *setID) *index {
	for _, part := range x.sets {
		if part.set == s {
			return &part.records
		}
	}
	return nil
}

// updateSets updates the set indexes of the copy when the record now replaces old. Either may be
// nil. If neither is, both are in the same set.
func (x *index) updateSets(old, now *record) {
	if len(x.sets) == 0 {
		return
	}
	switch {
	case now != nil:
		if part := x.ofSet(now.set); part != nil {
			part.put(now)
		}
	case old != nil:
		if part := x.ofSet(old.set); part != nil {
			part.remove(&old.digest)
		}
	}
}

// indexSet creates an index over the set in every copy of every partition, unless there is one.
func (ns *namespace) indexSet(s *set) {
	if s.indexed.Swap(true) {
		return
	}
	var records []*record
	for pid := range ns.partitions {
		p := &ns.partitions[pid]
		p.mu.Lock()
		p.sets = append(slices.Clip(p.sets), s)
		for node := range p.copies {
			x := p.writable(node)
			if x == nil {
				continue
			}
			part := &setRecords{set: s.setID}
			records = x.appendDescending(records[:0], nil)
			for _, r := range records {
				if r.set == s.setID {
					part.records.put(r)
				}
			}
			x.sets = append(x.sets, part)
		}
		p.mu.Unlock()
	}
}

// forgetSetIndex removes the index over the set, unless the set's options request one.
func (ns *namespace) forgetSetIndex(s *set) {
	if s.config().indexed || !s.indexed.Swap(false) {
		return
	}
	for pid := range ns.partitions {
		p := &ns.partitions[pid]
		p.mu.Lock()
		p.sets = slices.DeleteFunc(slices.Clone(p.sets), func(other *set) bool { return other == s })
		for node := range p.copies {
			if x := p.writable(node); x != nil {
				x.sets = slices.DeleteFunc(x.sets, func(part *setRecords) bool { return part.set == s.setID })
			}
		}
		p.mu.Unlock()
	}
}
