package sim

import "slices"

// appliedOnce checks that a write guarded by the record's generation was applied once, however
// often it was sent. Generations start again when a record is created again, and go back when a
// node restores an old version. After that, the write may be applied once more.
func (c *checker) appliedOnce(call *Call, i int, applied []*Version) {
	for n := 1; n < len(applied); n++ {
		before, again := applied[n-1], applied[n]
		between := c.Truth.versions(key(call.Commands[i].Key).Digest(), before.Event, again.Event)
		if !slices.ContainsFunc(between, func(v *Version) bool { return !v.Exists || v.Restored }) {
			c.breach(AppliedTwice, call, "row %d is guarded, but was applied %d times: %v", i, len(applied), applied)
			return
		}
	}
}

// counters checks that each counting write has set the counter to 1 more than before: than in the
// previous version or, if a generation guards the write, than in any version of that generation.
func (c *checker) counters() {
	calls := make(map[Token]*Call)
	for _, call := range c.Calls {
		for i := range call.Outcomes {
			if call.Commands[i].Verb.counts() {
				calls[call.Outcomes[i].Token] = call
			}
		}
	}
	for _, versions := range c.Truth.Records {
		for i, v := range versions[1:] {
			call := calls[v.Token]
			if call == nil || v.Restored || v.Rolled || !v.Exists {
				continue
			}
			from := versions[i : i+1]
			if verbs[call.Commands[0].Verb].guarded {
				from = versions[:i+1]
			}
			if !slices.ContainsFunc(from, func(b *Version) bool { return v.countedOn(b) }) {
				c.breach(WrongWriteResult, call, "%v follows %v", v, versions[i])
			}
		}
	}
}

// countedOn reports whether v is before with 1 added to its counter.
func (v *Version) countedOn(before *Version) bool {
	return before.Generation == v.Generation-1 && v.count() == before.count()+1
}

func (v *Version) count() int64 {
	bin, _ := v.Bins().Get(binCount)
	n, _ := bin.Int()
	return n
}
