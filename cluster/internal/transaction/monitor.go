package transaction

import "github.com/aerosql/aerosql/protocol"

// monitor is what is known of the transaction's monitor.
type monitor uint8

const (
	absent   monitor = iota
	creating         // its creation is under way
	doubtful         // it may have been created
	present
)

// A Naming is how records are named in the monitor.
type Naming uint8

// The namings.
const (
	Named  Naming = iota // they are: nothing is to be done
	Create               // create the monitor with them
	Add                  // add them
	Wait                 // until the creation that is under way has ended, and ask again
)

// Name says how records come into the monitor, and returns those that are not there yet. More of them than a
// transaction may write are refused by protocol.TransactionTooManyWrites. NamedAll must follow Create and Add.
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

// Creating notes that the creation of the monitor begins. Created must follow.
func (t *Transaction) Creating() {
	t.doubtful = t.doubtful || t.monitor == doubtful
	t.monitor = creating
}

// A Creation is what has become of the creation of a monitor.
type Creation struct {
	Code     protocol.ResultCode // ClientError if there was no answer
	InDoubt  bool                // it may have been created all the same
	Repeated bool                // it was tried more than once
	Deadline uint32              // the transaction's end, in seconds since 2010
}

// Created takes in what has become of the creation. A monitor that exists already, where it may have been
// created by an earlier try, is the transaction's own, as nobody else can know its id: the records are then still to
// be added to it. It reports so.
func (t *Transaction) Created(digests []protocol.Digest, c Creation) (addStill bool) {
	switch {
	case c.Code == protocol.OK:
		t.monitor = present
		t.NamedAll(digests, c.Deadline)
	case c.Code == protocol.TransactionMonitorExists && (t.doubtful || c.Repeated):
		t.monitor = present
		return true
	case c.InDoubt || t.doubtful:
		t.monitor = doubtful
	default:
		t.monitor = absent
	}
	return false
}

// NamedAll notes that the monitor names records, and the transaction's end.
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
