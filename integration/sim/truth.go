package sim

import (
	"fmt"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A Truth is what truly happened to the records of a run.
type Truth struct {
	// Records are the versions of each record, by digest.
	Records map[protocol.Digest][]*Version
	// Applied are the versions that each write has made.
	Applied map[Token][]*Version
}

// A Version is a state of a record, from one event to the next.
type Version struct {
	// Event is the number of the event that began it; 0 is the beginning, without a record.
	Event uint64
	// Until is that of the event that ended it, the greatest number if none has.
	Until uint64
	// Token is that of the write that made it.
	Token Token
	// Exists tells whether there is a record; Generation is 0 where there is none.
	Exists     bool
	Generation uint32
	// Restored tells that a node brought it back, so that it does not follow from the version before.
	Restored bool

	event *devserver.Event
	bins  protocol.Bins // once asked for
}

// forever is after the last event.
const forever = ^uint64(0)

// learn reads the history of a server.
func learn(server *devserver.Server) *Truth {
	t := &Truth{Records: make(map[protocol.Digest][]*Version), Applied: make(map[Token][]*Version)}
	for e := range server.History(0) {
		if e.Kind != devserver.WasRead {
			t.add(e)
		}
	}
	return t
}

func (t *Truth) add(e *devserver.Event) {
	v := &Version{Event: e.Number, Until: forever, Restored: e.Kind == devserver.WasRestored, event: e}
	if v.Exists = v.Restored || e.Kind == devserver.WasStored; v.Exists {
		v.Generation = e.Generation
	}
	list := t.Records[e.Digest]
	if list == nil {
		list = []*Version{{Until: forever}}
	}
	list[len(list)-1].Until = e.Number
	t.Records[e.Digest] = append(list, v)
	for _, token := range commandTokens(e.Ops, e.Filter) {
		v.Token = token
		t.Applied[token] = append(t.Applied[token], v)
	}
}

// versions are those of a record that were in effect at some time from one moment to another.
func (t *Truth) versions(k protocol.Digest, from, to uint64) (list []*Version) {
	all := t.Records[k]
	if all == nil {
		return []*Version{{Until: forever}} // it never was
	}
	for _, v := range all {
		if v.Event <= to && v.Until > from {
			list = append(list, v)
		}
	}
	return list
}

// Bins are the record's bins, none where there is no record.
func (v *Version) Bins() protocol.Bins {
	if v.Exists && v.bins == nil {
		v.bins = v.event.Record().Bins
	}
	return v.bins
}

// String tells where the version begins and what it is.
func (v *Version) String() string {
	if !v.Exists {
		return fmt.Sprintf("event %d: no record (by %v)", v.Event, v.Token)
	}
	return fmt.Sprintf("event %d at %s: generation %d (by %v) %v", v.Event, v.event.Time.Format("05.000000"), v.Generation, v.Token, v.Bins())
}
