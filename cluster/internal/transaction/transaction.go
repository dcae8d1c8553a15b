// Package transaction decides the client's side of a multi-record transaction
// (docs/wire-core.md#10.4): which commands can belong to it, what they send to the server, and
// which steps end it. It does no I/O and takes no lock. A Transaction must be used by one goroutine
// at a time.
//
// The server keeps a monitor record for each transaction that writes. The monitor lists the records
// that the transaction writes, so each record must be added to it before its first write. The
// monitor also has the mark that the writes are to be rolled forward: once it is set the
// transaction is committed.
package transaction

import (
	"errors"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A State is the progress of a transaction.
type State uint8

// The states.
const (
	Open      State = iota // accepts commands
	Verified               // being committed: its reads are verified, but it is not known to be committed
	Committed              // durable
	Aborted                // rolled back
)

// String returns the state as a word.
func (s State) String() string { return [...]string{"open", "verified", "committed", "aborted"}[s] }

// Reasons why a command cannot belong to a transaction, or a transaction cannot be ended.
var (
	ErrEnded     = errors.New("transaction already committed or aborted; start a new one")
	ErrNamespace = errors.New("transaction already uses another namespace; all records must be in one namespace")
	ErrBusy      = errors.New("commands of the transaction are still running; wait for them before ending it")
	ErrInDoubt   = errors.New("transaction may be committed; call Commit again until the result is known")
)

// MaxWrites is the largest number of records that a transaction can write.
const MaxWrites = 4096

// A Transaction is the client's state of a transaction. The zero value has no ID; set it before
// use.
type Transaction struct {
	// ID identifies the transaction on the server. It is random and not 0.
	ID uint64

	state     State
	namespace string
	active    int  // running commands
	ending    bool // a commit or abort is running

	reads  map[protocol.Digest]read
	writes map[protocol.Digest]protocol.Key

	monitor  monitor
	mayExist bool                         // an earlier creation of the monitor may have succeeded
	named    map[protocol.Digest]struct{} // the records that the monitor lists
	deadline uint32                       // seconds since 2010, 0 until the monitor exists

	unsettled   bool // a write may still be applied
	markInDoubt bool
	rolled      bool
	closed      bool
	failed      Step // the step that the last commit or abort failed at
}

type read struct {
	key     protocol.Key
	version wire.RecordVersion
}

// State returns the state of the transaction.
func (t *Transaction) State() State { return t.state }

// InDoubt reports whether it is unknown if the transaction has been committed.
func (t *Transaction) InDoubt() bool { return t.markInDoubt }

// Namespace returns the namespace of the transaction's records, or "" before the first command.
func (t *Transaction) Namespace() string { return t.namespace }

// Enter admits a command on records of a namespace, or returns the reason why it cannot belong to
// the transaction. Leave must be called when the command has ended.
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

// Leave records the end of a command that Enter admitted.
func (t *Transaction) Leave() { t.active-- }

// Fields returns the transaction's fields for a command on a record.
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

// An Answer is the result of a command.
type Answer struct {
	Code protocol.ResultCode // ClientError if there was no response
	// Version is the version of the record, if the server returned it.
	Version    wire.RecordVersion
	HasVersion bool
	// Unsettled means that a write, or an earlier try of it, may still be applied.
	Unsettled bool
}

// Answered records the result of a command. The server returns the version of a record that the
// transaction has not locked: for reads, and for writes that it rejected. A write that succeeds
// without a version has locked its record, and an unsettled write may have.
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

// Reads calls yield with every record to verify and the version that was read.
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
