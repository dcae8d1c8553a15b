package devserver

import (
	"bytes"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An EventKind says what happened to a record.
type EventKind uint8

// The kinds of events.
const (
	WasRead    EventKind = iota + 1 // a command read it, or found that it does not exist
	WasStored                       // a new version took the place of the last one, or it came into being
	WasRemoved                      // it was deleted, lost its last bin, or made room because it had expired
	WasTruncated
	WasExpired // and was removed therefore, some time after it had gone for readers
	// WasLocked: a transaction wrote it, which nobody else sees until the record is stored when its lock is
	// rolled forward. A lock that is rolled back stores the version that it was before.
	WasLocked
	WasLost     // the last node that had it ended
	WasRestored // a node came back with a version that nobody else had, or that was newer
)

// String returns the kind in a word.
func (k EventKind) String() string {
	return [...]string{"", "read", "stored", "removed", "truncated", "expired", "locked", "lost", "restored"}[k]
}

// An Event is one step in the true history of a record: something that was applied, or what a read
// saw. Whether the client ever learned of it is another matter.
type Event struct {
	// Number is the place in the history of the whole cluster, from 1 on: of two events of one record, the one
	// of the smaller number came first.
	Number uint64
	Kind   EventKind
	// Time is by the clock of the process, not by Options.Clock.
	Time           time.Time
	Namespace, Set string
	Digest         protocol.Digest
	// Node is the name of the node to which the command came, Conn and Request are the numbers of its connection there and of the
	// request on it ([Request]). They are zero for what no command did.
	Node          string
	Conn, Request int
	// Ops are the operations of the command as they came, by which a client can tell its commands apart if it
	// has put something of its own into them. Filter is its own packed filter expression, which does the same for commands without
	// operations; nil for none.
	Ops    []wire.RawOp
	Filter []byte
	// Generation is that of the record then: of the stored version or the one that was read or removed. 0 is a
	// read that found none.
	Generation uint32
	// Transaction is the id of the multi-record transaction to which the version belongs that was written or read, 0 for
	// none: that of WasLocked, and of a read by which a transaction saw what it has written itself.
	Transaction uint64

	record *record
}

// Record returns the version that was stored, read or removed, nil if a read found none. What a durable delete has
// removed is the tombstone that it left: a generation without bins. The user key is that which is stored with the
// record, if any.
func (e *Event) Record() *protocol.Record { return e.record.export(e.Namespace) }

// History gives the events behind the one of a number, 0 for all, in their order, as far as they have happened when
// it is called. It gives nothing unless Options.History is set.
func (s *Server) History(after uint64) iter.Seq[*Event] {
	return func(yield func(*Event) bool) {
		for _, e := range s.history.since(after) {
			if !yield(e) {
				return
			}
		}
	}
}

// LastEvent is the number of the last event that has happened, 0 if none has: what is done from now on has a greater one.
func (s *Server) LastEvent() uint64 {
	h := s.history
	if h == nil {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return uint64(len(h.events))
}

// Peek returns a record as it truly is at this moment, whatever nodes and connections do; nil if it does not
// exist or has expired. Of a record that a transaction has locked it is what everybody else sees. The history does not count it as a read.
func (s *Server) Peek(key protocol.Key) *protocol.Record {
	ns := s.namespace([]byte(key.Namespace))
	if ns == nil {
		return nil
	}
	digest := key.Digest()
	p := &ns.partitions[digest.Partition()]
	p.mu.Lock()
	r := p.truth().get(&digest).committed()
	p.mu.Unlock()
	if r == nil || !r.live(ns, s.clock.seconds()) {
		return nil
	}
	record := r.export(ns.name)
	record.Key = key
	return record
}

// A history is what has happened to records; nil if nobody wants to know.
type history struct {
	mu     sync.Mutex
	events []*Event
}

func (h *history) since(after uint64) []*Event {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events[min(after, uint64(len(h.events))):])
}

// note adds an event that command c has caused, nil if none has. r is nil for a read that found nothing.
// The lock of the record's partition must be held, so that events of one record are noted in their order.
func (h *history) note(kind EventKind, ns *namespace, digest *protocol.Digest, r *record, c *command) {
	if h == nil {
		return
	}
	e := &Event{Kind: kind, Time: time.Now(), Namespace: ns.name, Digest: *digest, record: r}
	if r != nil {
		e.Set, e.Generation, e.Transaction = r.setName(), uint32(r.generation), r.transaction
	}
	if c != nil {
		e.Node, e.Ops, e.Filter = c.node.name, cloneOps(c.message.Ops), bytes.Clone(c.filter)
		if c.conn != nil {
			e.Conn, e.Request = c.conn.number, c.conn.requests
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
	e.Number = uint64(len(h.events))
}

// cloneOps copies operations out of the request that they share memory with.
func cloneOps(ops []wire.RawOp) []wire.RawOp {
	if len(ops) == 0 {
		return nil
	}
	list := slices.Clone(ops)
	for i := range list {
		list[i].Name, list[i].Data = slices.Clone(list[i].Name), slices.Clone(list[i].Data)
	}
	return list
}
