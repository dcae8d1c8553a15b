package devserver

import "github.com/aerosql/aerosql/protocol"

// verify compares the record's version with the one that the transaction read. A locked record
// always fails, because the other transaction may commit first.
func (c *command) verify() protocol.ResultCode {
	if c.part.malformed || !c.part.HasVersion {
		return protocol.ParameterError
	}
	if !c.ns.strong() {
		return protocol.UnsupportedFeature
	}
	p := c.partition()
	p.mu.Lock()
	stored := p.working().get(&c.digest)
	p.mu.Unlock()
	switch {
	case stored.provisional():
		return c.blocked()
	case stored.version() != c.part.Version:
		return c.mismatched()
	}
	return protocol.OK
}

// roll ends the transaction's lock on the record. If the transaction has not locked the record,
// roll does nothing, so a client may repeat it.
func (c *command) roll(forward bool) protocol.ResultCode {
	if c.part.malformed || c.part.ID == 0 {
		return protocol.ParameterError
	}
	if !c.ns.strong() {
		return protocol.UnsupportedFeature
	}
	p, code := c.lock()
	if code != protocol.OK {
		return code
	}
	defer p.unlock()
	stored := c.ns.roll(p, &c.digest, c.part.ID, forward)
	if stored != nil && !stored.tombstone {
		c.found(stored)
	}
	return protocol.OK
}

// roll ends a transaction's lock on a record, if there is one, and returns the record that is
// stored afterwards. The partition's lock must be held.
func (ns *namespace) roll(p *partition, d *protocol.Digest, transaction uint64, forward bool) *record {
	stored := p.working().get(d)
	if stored == nil || stored.transaction != transaction {
		return stored
	}
	next := *stored
	if !forward {
		next = ns.restored(stored)
	}
	next.transaction, next.original = 0, nil
	next.generation = ns.nextGeneration(stored.generation)
	next.lastUpdate = max(ns.server.clock.millis(), stored.lastUpdate)
	ns.store(p, &next)
	return &next
}

// restored returns the version that rolling back restores: the original, or a tombstone if there
// was none or it has expired or was truncated.
func (ns *namespace) restored(stored *record) record {
	original := stored.original
	if original != nil && !original.expiredOrTruncated(ns, ns.server.clock.seconds()) {
		return *original
	}
	next := record{digest: stored.digest, set: stored.set, key: stored.key}
	next.makeTombstone()
	return next
}
