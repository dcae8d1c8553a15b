package sim

import (
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A Truth is what actually happened to the records of a run.
type Truth struct {
	// Records are the versions of each record that are visible to all, by digest.
	Records map[protocol.Digest][]*Version
	// Applied are the versions that each write has made, including those that only its transaction
	// sees.
	Applied map[Token][]*Version
	// Locks are the records that each transaction has written.
	Locks map[uint64][]*Lock

	open map[protocol.Digest]*Lock
}

// A Version is the state of a record from one event to the next.
type Version struct {
	// Event is the number of the event that began it. 0 is the beginning, without a record.
	Event uint64
	// Until is the number of the event that ended it, forever if none has.
	Until uint64
	// Token is the token of the write that made it.
	Token Token
	// Exists reports whether there is a record. Generation is 0 if there is not even a tombstone.
	Exists     bool
	Generation uint32
	// Restored means that a node restored the version, so it need not follow from the previous one.
	// Rolled means that the end of a transaction's lock made it.
	Restored, Rolled bool

	event *devserver.Event
	bins  protocol.Bins // decoded on first use
}

// A Lock is what a transaction has done to a record, up to the end of its lock.
type Lock struct {
	Digest protocol.Digest
	// Before is the version that others saw during the lock, After the one that they saw then.
	// After is nil if the lock has not ended.
	Before, After *Version
	// Own are the versions that the transaction has made.
	Own []*Version
	// Broken means that the record was lost or restored during the lock.
	Broken bool
}

// forever is after the last event.
const forever = ^uint64(0)

// readTruth reads the history of a server.
func readTruth(server *devserver.Server) *Truth {
	t := &Truth{
		Records: make(map[protocol.Digest][]*Version), Applied: make(map[Token][]*Version), Locks: make(map[uint64][]*Lock),
		open: make(map[protocol.Digest]*Lock),
	}
	for e := range server.History(0) {
		if e.Kind != devserver.WasRead && (e.Set == changing || e.Set == fixed) {
			t.add(e)
		}
	}
	return t
}

func (t *Truth) add(e *devserver.Event) {
	v := &Version{Event: e.Number, Until: forever, Restored: e.Kind == devserver.WasRestored, event: e}
	for _, token := range commandTokens(e.Ops, e.Filter) {
		v.Token = token
		t.Applied[token] = append(t.Applied[token], v)
	}
	if e.Kind == devserver.WasLocked {
		v.Generation, v.bins = e.Generation, e.Record().Bins
		v.Exists = len(v.bins) > 0
		t.lock(e, v)
		return
	}
	v.Exists = v.Restored || e.Kind == devserver.WasStored
	if v.Exists || e.Namespace == strong {
		v.Generation = e.Generation // if records leave tombstones, those have generations
	}
	t.current(e.Digest).Until = e.Number
	t.Records[e.Digest] = append(t.Records[e.Digest], v)
	if l := t.open[e.Digest]; l != nil {
		l.After, v.Rolled = v, true
		l.Own[len(l.Own)-1].Until = e.Number
		l.Broken = v.Restored || e.Kind == devserver.WasLost
		delete(t.open, e.Digest)
	}
}

// current returns the version of a record that is visible to all now.
func (t *Truth) current(d protocol.Digest) *Version {
	list := t.Records[d]
	if list == nil {
		list = []*Version{{Until: forever}}
		t.Records[d] = list
	}
	return list[len(list)-1]
}

// lock adds a version that a transaction has made.
func (t *Truth) lock(e *devserver.Event, v *Version) {
	l := t.open[e.Digest]
	if l == nil {
		l = &Lock{Digest: e.Digest, Before: t.current(e.Digest)}
		t.open[e.Digest] = l
		t.Locks[e.Transaction] = append(t.Locks[e.Transaction], l)
	} else {
		l.Own[len(l.Own)-1].Until = e.Number
	}
	l.Own = append(l.Own, v)
}

// versions returns the versions of a record that were visible to all at some time between two
// events.
func (t *Truth) versions(k protocol.Digest, from, to uint64) []*Version {
	all := t.Records[k]
	if all == nil {
		return []*Version{{Until: forever}} // it never existed
	}
	return during(all, from, to)
}

// during returns the versions that were in effect at some time between two events.
func during(all []*Version, from, to uint64) (list []*Version) {
	for _, v := range all {
		if v.Event <= to && v.Until > from {
			list = append(list, v)
		}
	}
	return list
}

// lockOf returns the lock of a transaction on a record, nil if there is none.
func (t *Truth) lockOf(transaction uint64, k protocol.Digest) *Lock {
	for _, l := range t.Locks[transaction] {
		if l.Digest == k {
			return l
		}
	}
	return nil
}

// within reports whether a transaction made a version under one of its locks. It may lock a record
// twice: a write whose caller has given up may arrive after the first lock was rolled back. The
// server then rolls that write back.
func (t *Truth) within(transaction uint64, v *Version) bool {
	return slices.ContainsFunc(t.Locks[transaction], func(l *Lock) bool { return slices.Contains(l.Own, v) })
}

// lockedByOthers reports whether another transaction held a lock on a record at some time between
// two events.
func (t *Truth) lockedByOthers(transaction uint64, k protocol.Digest, from, to uint64) bool {
	for id, locks := range t.Locks {
		for _, l := range locks {
			if id != transaction && l.Digest == k && len(during(l.Own, from, to)) > 0 {
				return true
			}
		}
	}
	return false
}

// Forward reports whether the version after the lock is the transaction's last one. Both Forward
// and Back are true if that equals the version before the lock.
func (l *Lock) Forward() bool { return l.After != nil && sameContent(l.After, l.Own[len(l.Own)-1]) }

// Back reports whether the version after the lock is the one before it.
func (l *Lock) Back() bool { return l.After != nil && sameContent(l.After, l.Before) }

func sameContent(a, b *Version) bool { return a.Exists == b.Exists && sameBins(a.Bins(), b.Bins()) }

// Bins returns the record's bins, none if there is no record.
func (v *Version) Bins() protocol.Bins {
	if v.Exists && v.bins == nil {
		v.bins = v.event.Record().Bins
	}
	return v.bins
}

// String returns the event that began the version, and its contents.
func (v *Version) String() string {
	if !v.Exists {
		return fmt.Sprintf("event %d: no record (by %v)", v.Event, v.Token)
	}
	return fmt.Sprintf("event %d at %s: generation %d (by %v) %v", v.Event, v.event.Time.Format("05.000000"), v.Generation, v.Token, v.Bins())
}
