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

// An EventKind is the kind of an event.
type EventKind uint8

// The kinds of events.
const (
	WasRead    EventKind = iota + 1 // a command read the record, or found that it does not exist
	WasStored                       // a new version was stored
	WasRemoved                      // the record was deleted, lost its last bin, or had expired and was replaced
	WasTruncated
	WasExpired // an expired record was removed, possibly long after it expired
	// WasLocked: a transaction wrote the record. Others see this version only when the lock is
	// rolled forward and the record is stored. Rolling the lock back stores the previous version.
	WasLocked
	WasLost     // the last node with a copy of the record ended
	WasRestored // a node came back with a version that no other node had, or that was newer
)

// String returns the kind as one word.
func (k EventKind) String() string {
	return [...]string{"", "read", "stored", "removed", "truncated", "expired", "locked", "lost", "restored"}[k]
}

// An Event is one step in a record's history: a change that was applied, or a read with what it
// saw. It is recorded whether or not the client got the answer.
type Event struct {
	// Number is the position in the cluster's history, starting at 1. Events of one record are
	// numbered in the order in which they happened.
	Number uint64
	Kind   EventKind
	// Time is the time of the process clock, not of Options.Clock.
	Time           time.Time
	Namespace, Set string
	Digest         protocol.Digest
	// Node is the name of the node that received the command. Conn and Request are the numbers of
	// the connection and of the request on it, as in [Request]. They are zero if no command caused
	// the event.
	Node          string
	Conn, Request int
	// Ops are the operations of the command as they arrived. A client can recognize its commands by
	// values that it put into them. Filter is the command's own packed filter expression, which
	// serves the same purpose for commands without operations. It is nil if there is none.
	Ops    []wire.RawOp
	Filter []byte
	// Generation is the generation of the version that was stored, read or removed. 0 means that a
	// read found no record.
	Generation uint32
	// Transaction is the id of the multi-record transaction that the version belongs to, 0 if none.
	// It is set for WasLocked, and for reads by which a transaction saw its own writes.
	Transaction uint64

	record *record
}

// Record returns the version that was stored, read or removed. It is nil if a read found none. For
// a durable delete it is the tombstone: a generation without bins. The user key is set only if it
// is stored with the record.
func (e *Event) Record() *protocol.Record { return e.record.export(e.Namespace) }

// History returns the events with numbers greater than after, in order, up to the time of
// iteration. Use 0 for all. There are none unless Options.History is set.
func (s *Server) History(after uint64) iter.Seq[*Event] {
	return func(yield func(*Event) bool) {
		for _, e := range s.history.since(after) {
			if !yield(e) {
				return
			}
		}
	}
}

// LastEvent returns the number of the most recent event, 0 if there is none. Later events have
// greater numbers.
func (s *Server) LastEvent() uint64 {
	h := s.history
	if h == nil {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return uint64(len(h.events))
}

// Peek returns the current state of a record, whatever the state of nodes and connections. It
// returns nil if the record does not exist or has expired. If a transaction has locked the record,
// Peek returns the version that others see. The history does not record it as a read.
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

// A history holds the events of a cluster. A nil history records nothing.
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

// note adds an event that command c caused; c is nil if no command did. r is nil for a read that
// found no record. The lock of the record's partition must be held, so that the events of a record
// are in order.
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

// cloneOps copies operations so that they no longer share memory with the request.
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
