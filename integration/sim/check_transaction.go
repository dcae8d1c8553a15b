package sim

import (
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// transaction compares the reported end of a transaction with what happened to its records.
func (c *checker) transaction(call *Call) {
	end := &call.Ending
	locks := c.Truth.Locks[end.ID]
	forward, back := 0, 0
	for _, l := range locks {
		switch {
		case l.Broken:
		case l.After == nil:
			c.breach(LockLeft, call, "record %v is still locked", l.Digest)
		case l.Forward() && l.Back():
		case l.Forward():
			forward++
		case l.Back():
			back++
		default:
			c.breach(InconsistentHistory, call, "after the lock the version was %v, neither %v nor %v", l.After, l.Before, l.Own)
		}
	}
	switch {
	case forward > 0 && back > 0:
		c.breach(TornTransaction, call, "%d records were rolled forward, %d back", forward, back)
	case end.Verdict == Applied && back > 0:
		c.breach(FalseCommitted, call, "%d records were rolled back", back)
	case end.Verdict == NotApplied && forward > 0:
		c.breach(FalseNotCommitted, call, "%d records were rolled forward", forward)
	}
	c.within(call)
	if end.Verdict == Applied {
		c.readsUnchanged(call)
	}
	if end.Contradicts {
		c.breach(ImpossibleCause, call, "the transaction contradicts its commit")
	}
	var commit *cluster.CommitError
	if call.Err != nil && !isTyped(call.Err) && !asError(call.Err, &commit) {
		c.breach(ImpossibleCause, call, "%v is neither a *CommitError nor a *protocol.Error", call.Err)
	}
	// Ending a transaction takes four steps: verify, mark, roll and close.
	if took, bound := end.took(), 4*c.Plan.Client.Policies.TxnRoll.TotalTimeout; took > bound+slack {
		c.breach(Late, call, "ending it took %v, limit %v", took, bound)
	}
}

// within checks that the writes of the transaction's commands were part of it.
func (c *checker) within(call *Call) {
	for i := range call.Outcomes {
		for _, v := range c.Truth.Applied[call.Outcomes[i].Token] {
			if !c.Truth.within(call.Ending.ID, v) {
				c.breach(TornTransaction, call, "row %d was applied outside the transaction: %v", i, v)
			}
		}
	}
}

// readsUnchanged checks that the records that a committed transaction read had not changed when its
// commit was requested. The servers compare them once, at that time.
func (c *checker) readsUnchanged(call *Call) {
	begin := call.Ending.Asked.Event
	for i := range call.Outcomes {
		o, cmd := &call.Outcomes[i], &call.Commands[i]
		if cmd.Verb.Writes() || o.Skipped || o.Err != nil && (!o.absent() || o.Batch) {
			continue // servers return no version for a missing record in a batch, so it cannot be compared
		}
		digest := key(cmd.Key).Digest()
		if c.Truth.lockOf(call.Ending.ID, digest) != nil || call.doubts(cmd.Key) {
			continue // the record was locked before it could change, or may have been: otherwise the lock is refused
		}
		versions := during(c.Truth.Records[digest], begin, forever)
		if len(versions) == 0 || !c.wasRead(call, i, versions[0]) {
			c.breach(NonrepeatableRead, call, "row %d; when the commit began the versions were %v", i, versions)
		}
	}
}

// doubts reports whether a write of a record is in doubt. It is then unknown whether the record was
// locked, so reads of it cannot be compared. A caller that commits anyway knows that.
func (c *Call) doubts(number int) bool {
	for i := range c.Outcomes {
		if c.Commands[i].Key == number && c.Outcomes[i].verdict() == InDoubt {
			return true
		}
	}
	return false
}

// wasRead reports whether a read of a transaction returned version v.
func (c *checker) wasRead(call *Call, i int, v *Version) bool {
	o := &call.Outcomes[i]
	if o.absent() {
		return !v.Exists
	}
	return v.Exists && call.Commands[i].readReturns(o, v)
}

// seen returns the versions of a record that a command may have seen: those visible to all, and in
// a transaction also those that it wrote before.
func (c *checker) seen(call *Call, i int) []*Version {
	o, digest := &call.Outcomes[i], key(call.Commands[i].Key).Digest()
	from, to := o.Begun.Event, o.Ended.Event
	versions := c.Truth.versions(digest, from, to)
	if call.Transaction == nil {
		return versions
	}
	l := c.Truth.lockOf(call.Ending.ID, digest)
	if l == nil {
		return versions
	}
	own := during(l.Own, from, to)
	if len(own) > 0 && own[0].Event <= from {
		return own // the lock existed during the whole command
	}
	return append(versions, own...)
}

// transactionCode reports whether a result code can be the effect of a transaction: a lock of
// another one, or, within a transaction, a record that changed after it was read, expiry, or a
// fault that hit the transaction's monitor record.
func (c *checker) transactionCode(call *Call, i int) bool {
	o, digest := &call.Outcomes[i], key(call.Commands[i].Key).Digest()
	within := call.Transaction != nil
	switch o.code() {
	case protocol.TransactionBlocked:
		return c.Truth.lockedByOthers(call.Ending.ID, digest, o.Begun.Event, o.Ended.Event)
	case protocol.TransactionVersionMismatch:
		return within
	case protocol.TransactionExpired:
		// Servers count whole seconds.
		return within && o.Ended.At-call.Begun.At > call.Transaction.Timeout-time.Second
	}
	return within && c.injected(0, o.code())
}
