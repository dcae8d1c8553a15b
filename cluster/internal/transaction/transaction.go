// Package transaction decides what a client's side of a multi-record transaction does (docs/wire-core.md#10.4): which
// commands may belong to it, what they tell the server of it, and which steps end it. It does no I/O and
// takes no lock; who owns a Transaction calls it from one goroutine at a time.
//
// The server keeps a monitor record for each transaction that writes. It names the records that are written, so
// every record must be named there before it is written for the first time; and it says whether what was written is to
// be rolled forward, which is the moment at which the transaction is committed.
package transaction

import (
	"errors"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A State is how far a transaction has come.
type State uint8

// The states.
const (
	Open      State = iota // takes commands
	Verified               // is being committed: its reads held, but it is not known to be committed
	Committed              // cannot be lost any more
	Aborted                // nothing of it stays
)

// String returns the state in a word.
func (s State) String() string { return [...]string{"open", "verified", "committed", "aborted"}[s] }

// Why a command cannot belong to a transaction, or a transaction not be ended.
var (
	ErrEnded     = errors.New("the transaction has been ended by a commit or an abort; begin another one")
	ErrNamespace = errors.New("the transaction has records of another namespace; all of them must be in one")
	ErrBusy      = errors.New("commands of the transaction are still under way; wait for them before it is ended")
	ErrInDoubt   = errors.New("the transaction may be committed; call Commit again until that is known")
)

// MaxWrites is the largest number of records that a transaction may write.
const MaxWrites = 4096

// A Transaction is what a client knows of a transaction. The zero value has no ID; set it before use.
type Transaction struct {
	// ID is what the server calls it, random and not 0.
	ID uint64

	state     State
	namespace string
	active    int  // commands under way
	ending    bool // a commit or an abort is under way

	reads  map[protocol.Digest]read
	writes map[protocol.Digest]protocol.Key

	monitor  monitor
	doubtful bool                         // an earlier creation of the monitor may have succeeded
	named    map[protocol.Digest]struct{} // the records that the monitor names
	deadline uint32                       // seconds since 2010, 0 until the monitor exists

	unsettled   bool // a write may be applied yet
	markInDoubt bool
	rolled      bool
	closed      bool
	failed      Step // that the last commit or abort could not do
}

type read struct {
	key     protocol.Key
	version wire.RecordVersion
}

// State returns how far the transaction has come.
func (t *Transaction) State() State { return t.state }

// InDoubt reports whether the transaction may or may not be committed.
func (t *Transaction) InDoubt() bool { return t.markInDoubt }

// Namespace is that of the transaction's records, "" before the first.
func (t *Transaction) Namespace() string { return t.namespace }

// Enter admits a command on records of a namespace, or says why it may not belong to the
// transaction. Leave must follow when the command has ended.
func (t *Transaction) Enter(namespace string) error {
	switch {
	case t.state != Open || t.ending:
		return ErrEnded
	case t.namespace == "":
		t.namespace = namespace
	case t.namespace != namespace:
		return ErrNamespace
	}
	t.active++
	return nil
}

// Leave ends what Enter has begun.
func (t *Transaction) Leave() { t.active-- }

// Fields are what a command on a record tells of the transaction.
func (t *Transaction) Fields(d protocol.Digest, write bool) *wire.TransactionFields {
	f := &wire.TransactionFields{ID: t.ID}
	if r, ok := t.reads[d]; ok {
		f.Version, f.HasVersion = r.version, true
	}
	if write {
		f.Deadline = t.deadline
	}
	return f
}

// An Answer is what has become of a command.
type Answer struct {
	Code protocol.ResultCode // ClientError if there was none
	// Version is that of the record, if the server told it.
	Version    wire.RecordVersion
	HasVersion bool
	// Unsettled tells of a write that it, or an earlier try of it, may be applied yet.
	Unsettled bool
}

// Answered takes in what has become of a command. The server tells the version of a record that the
// transaction has not locked: of what was read, and also of what a write was refused for. A write that succeeds
// without one has locked its record, and so may have one that is unsettled.
func (t *Transaction) Answered(key protocol.Key, write bool, a Answer) {
	d := key.Digest()
	switch {
	case write && a.Unsettled:
		t.unsettled = true
		t.locked(d, key)
	case a.HasVersion:
		if t.reads == nil {
			t.reads = make(map[protocol.Digest]read)
		}
		t.reads[d] = read{key, a.Version}
	case write && a.Code == protocol.OK:
		t.locked(d, key)
	}
}

func (t *Transaction) locked(d protocol.Digest, key protocol.Key) {
	if t.writes == nil {
		t.writes = make(map[protocol.Digest]protocol.Key)
	}
	t.writes[d] = key
	delete(t.reads, d)
}

// Reads calls yield with every record that is to be verified, and the version that was read of it.
func (t *Transaction) Reads(yield func(protocol.Key, wire.RecordVersion) bool) {
	for _, r := range t.reads {
		if !yield(r.key, r.version) {
			return
		}
	}
}

// Writes calls yield with every record that the transaction has locked, or may have.
func (t *Transaction) Writes(yield func(protocol.Key) bool) {
	for _, key := range t.writes {
		if !yield(key) {
			return
		}
	}
}
