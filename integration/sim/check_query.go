package sim

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// query compares the results of a query with the versions that existed while it ran.
func (c *checker) query(call *Call) {
	found := make(map[protocol.Digest]bool, len(call.Found))
	for _, rec := range call.Found {
		d := rec.Key.Digest()
		if found[d] {
			c.breach(QueryDuplicate, call, "%v", rec)
		}
		found[d] = true
		if !c.wasThere(call, rec) {
			c.breach(WrongQueryResult, call, "%v, but the versions were %v", rec, c.Truth.versions(d, call.Begun.Event, call.Ended.Event))
		}
	}
	if code := (&Outcome{Err: call.Err}).code(); code != protocol.OK && code != protocol.ClientError && !c.injected(0, code) {
		c.breach(ImpossibleCode, call, "%v", code)
	}
	if call.Err == nil && !call.Left {
		c.complete(call, found)
	}
	if call.Left && len(call.Found) > call.Query.Leave {
		c.breach(WrongQueryResult, call, "%d records, but the loop was left after %d", len(call.Found), call.Query.Leave)
	}
	c.cause(call, &Outcome{Span: call.Span, Err: call.Err})
}

// wasThere reports whether a record matches the query and had the returned contents at some time
// while the query ran.
func (c *checker) wasThere(call *Call, rec *protocol.Record) bool {
	k, q := rec.Key, call.Query
	if k.Namespace != q.Namespace || k.Set != q.Set || !q.covers(k.Partition()) {
		return false
	}
	return slices.ContainsFunc(c.Truth.versions(k.Digest(), call.Begun.Event, call.Ended.Event), func(v *Version) bool {
		return v.Exists && v.Generation == rec.Generation && q.matches(v) && sameBins(rec.Bins, v.Bins())
	})
}

// covers reports whether the query includes a partition.
func (q *Query) covers(partition uint16) bool {
	return q.Count == 0 || q.Begin <= int(partition) && int(partition) < q.Begin+q.Count
}

// matches reports whether a version matches the query.
func (q *Query) matches(v *Version) bool {
	if q.Last == 0 {
		return true
	}
	n, _ := v.Bins().Get(binKey)
	i, isInt := n.Int()
	return isInt && int64(q.First) <= i && i <= int64(q.Last)
}

// complete checks that the results include every record that existed during the whole query.
func (c *checker) complete(call *Call, found map[protocol.Digest]bool) {
	count, keyOf := c.Plan.Keys, key
	switch {
	case call.Query.Set == fixed:
		count, keyOf = c.Plan.Fixed, fixedKey
	case call.Query.Namespace == strong:
		count, keyOf = c.Plan.Strong, func(n int) protocol.Key { return key(firstStrong + n) }
	}
	for n := range count {
		k := keyOf(n)
		if found[k.Digest()] || !call.Query.covers(k.Partition()) {
			continue
		}
		versions := c.Truth.versions(k.Digest(), call.Begun.Event, call.Ended.Event)
		if !slices.ContainsFunc(versions, func(v *Version) bool { return !v.Exists || !call.Query.matches(v) }) {
			c.breach(QueryLost, call, "record %d, with versions %v", n, versions)
		}
	}
}
