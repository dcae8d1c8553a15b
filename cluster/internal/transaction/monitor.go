package transaction

import "github.com/aerosql/aerosql/protocol"

// monitor is the known state of the transaction's monitor.
type monitor uint8

const (
	absent    monitor = iota
	creating          // being created
	uncertain         // may have been created
	present
)

// A Naming is how to add records to the monitor.
type Naming uint8

// The ways to add records.
const (
	Named  Naming = iota // already listed: nothing to do
	Create               // create the monitor with the records
	Add                  // add the records
	Wait                 // wait for the running creation, then call Name again
)

// Name returns how to add records to the monitor, and the records that it does not list yet. If a
// transaction would exceed its limit of writes the error is protocol.TransactionTooManyWrites.
// After Add, NamedAll must be called; after Create, Creating and Created.
func (t *Transaction) Name(keys []protocol.Key) (how Naming, digests []protocol.Digest, err error) {
	seen := make(map[protocol.Digest]struct{}, len(keys))
	for i := range keys {
		d := keys[i].Digest()
		_, isNamed := t.named[d]
		_, isSeen := seen[d]
		if !isNamed && !isSeen {
			seen[d] = struct{}{}
			digests = append(digests, d)
		}
	}
	switch {
	case len(digests) == 0:
		return Named, nil, nil
	case len(t.named)+len(digests) > MaxWrites:
		return Named, nil, protocol.TransactionTooManyWrites
	case t.monitor == creating:
		return Wait, nil, nil
	case t.monitor == present:
		return Add, digests, nil
	}
	return Create, digests, nil
}

// Creating records that the creation of the monitor starts. Created must be called when it ends.
func (t *Transaction) Creating() {
	t.mayExist = t.mayExist || t.monitor == uncertain
	t.monitor = creating
}

// A Creation is the result of creating a monitor.
type Creation struct {
	Code     protocol.ResultCode // ClientError if there was no response
	InDoubt  bool                // it may have been created despite the error
	Repeated bool                // it was tried more than once
	Deadline uint32              // when the transaction expires, in seconds since 2010
}

// Created records the result of the creation. If the monitor already exists, and an earlier try may
// have created it, it belongs to this transaction, because no other client knows its ID. The
// records must then still be added to it, and Created reports true.
func (t *Transaction) Created(digests []protocol.Digest, c Creation) (addStill bool) {
	switch {
	case c.Code == protocol.OK:
		t.monitor = present
		t.NamedAll(digests, c.Deadline)
	case c.Code == protocol.TransactionMonitorExists && (t.mayExist || c.Repeated):
		t.monitor = present
		return true
	case c.InDoubt || t.mayExist:
		t.monitor = uncertain
	default:
		t.monitor = absent
	}
	return false
}

// NamedAll records that the monitor lists records, and the transaction's deadline.
func (t *Transaction) NamedAll(digests []protocol.Digest, deadline uint32) {
	if t.named == nil {
		t.named = make(map[protocol.Digest]struct{})
	}
	for _, d := range digests {
		t.named[d] = struct{}{}
	}
	if deadline != 0 {
		t.deadline = deadline
	}
}
