package devserver

import "github.com/aerosql/aerosql/protocol"

// verify compares the record's version with the one that a transaction has read. A record that is
// locked fails whatever its version: what locks it may commit first.
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

// roll ends the transaction's lock on the record. A record that is not locked by it stays as it
// is, so that a client may ask again.
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

// roll ends a transaction's lock on a record, if it has one, and returns what is stored then. The
// partition's lock must be held.
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

// restored is what a record is again when its lock is rolled back: the original, or a tombstone if there
// was none or it counts as gone by now.
func (ns *namespace) restored(stored *record) record {
	original := stored.original
	if original != nil && !original.doomed(ns, ns.server.clock.seconds()) {
		return *original
	}
	next := record{digest: stored.digest, set: stored.set, key: stored.key}
	next.bury()
	return next
}
