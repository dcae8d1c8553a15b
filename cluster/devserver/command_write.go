package devserver

import (
	"bytes"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxBins is the largest number of bins of one record.
const maxBins = 32767

// write applies the operations to the record, all or none. The order of the
// checks is the real server's (docs/wire-core.md#5.4).
func (c *command) write() protocol.ResultCode {
	if c.ns.config().ForbidNullSet && len(c.setName) == 0 {
		return protocol.ParameterError
	}
	policy, code := c.checkPolicy()
	if code != protocol.OK {
		return code
	}
	p, code := c.lock()
	if code != protocol.OK {
		return code
	}
	defer p.unlock()
	stored := p.working().get(&c.digest)
	if code := c.mayWrite(stored); code != protocol.OK {
		return code
	}
	old := c.follow(stored)
	if stored != nil && c.previous == nil && !policy.mustExist {
		// What counts as gone makes room for a new record, also if the write fails later on.
		c.ns.drop(p, &c.digest)
	}
	if c.writesMonitor() {
		return c.writeMonitor(p, old, policy)
	}
	next, code := c.admit(old, policy)
	if code != protocol.OK {
		return code
	}
	return c.apply(p, old, next, policy)
}

// follow takes up the stored record, nil for none, behind which the command will write its own: it gives
// the metadata of the answer and those from which the new record's go on. It returns the record if it is live.
func (c *command) follow(stored *record) *record {
	c.meets(stored)
	if c.previous = stored; stored == nil {
		return nil
	}
	c.found(stored)
	switch {
	case c.gone(stored):
		c.previous = nil
		return nil
	case stored.tombstone:
		return nil
	}
	return stored
}

// admit decides whether the write may go on, and returns the record that it
// will store, still without bins. old is nil if there is no live record.
func (c *command) admit(old *record, policy writePolicy) (*record, protocol.ResultCode) {
	var generation uint16
	if c.previous != nil {
		generation = c.previous.generation
	}
	switch {
	case old == nil && policy.mustExist:
		return nil, protocol.KeyNotFound
	case old != nil && c.message.Info2&wire.Info2CreateOnly != 0:
		return nil, protocol.KeyExists
	case c.part.own && c.message.Info4&wire.Info4OnLockingOnly != 0:
		return nil, protocol.TransactionAlreadyLocked
	case !c.generationFits(generation):
		return nil, protocol.GenerationError
	}
	next := &record{digest: c.digest}
	if previous := c.previous; previous == nil {
		var code protocol.ResultCode
		if next.set, code = c.enterSet(); code != protocol.OK {
			return nil, code
		}
	} else {
		if previous.setName() != string(c.setName) {
			return nil, protocol.ParameterError
		}
		next.set, next.key = previous.set, previous.key
	}
	if next.set != nil && next.set.refusesWrite(c.ns.master(c.pid)) {
		return nil, protocol.Forbidden
	}
	if old != nil {
		if c.stillFound != nil && !c.stillFound(old) {
			return nil, protocol.KeyNotFound
		}
		if code := c.applyFilter(old); code != protocol.OK {
			return nil, code
		}
	}
	if code := c.storeKey(next); code != protocol.OK {
		return nil, code
	}
	return next, c.renew(old, next, c.message.RecordTTL)
}

// storeKey compares the key that was sent with the stored one, or stores it.
func (c *command) storeKey(next *record) protocol.ResultCode {
	switch {
	case !c.hasKey:
		return protocol.OK
	case next.key != nil:
		if !c.sameKey(next) {
			return protocol.KeyMismatch
		}
		return protocol.OK
	case len(c.key) == 0, protocol.ParticleType(c.key[0]) == protocol.ParticleInteger && len(c.key) != 1+8:
		return protocol.UnsupportedFeature
	}
	next.key = bytes.Clone(c.key)
	return protocol.OK
}

// renew gives the record its next generation, last-update time and void time.
func (c *command) renew(old, next *record, ttl uint32) protocol.ResultCode {
	if next.isMonitor() {
		ttl = protocol.TTLNever // the transaction's end is set apart
	}
	if old == nil && ttl == protocol.TTLDontUpdate {
		ttl = protocol.TTLNamespaceDefault
	}
	if code := c.checkTTL(next.set, ttl); code != protocol.OK {
		return code
	}
	now := c.ns.server.clock.millis()
	next.generation, next.lastUpdate = 1, now
	if previous := c.previous; previous != nil {
		next.generation = c.ns.nextGeneration(previous.generation)
		next.lastUpdate = max(now, previous.lastUpdate)
	}
	if old != nil {
		next.voidTime = c.newVoidTime(next.set, ttl, now, old.voidTime)
	} else {
		next.voidTime = c.newVoidTime(next.set, ttl, now, 0)
	}
	return protocol.OK
}

// apply runs the operations on the record's bins and stores the outcome.
func (c *command) apply(p *partition, old, next *record, policy writePolicy) protocol.ResultCode {
	c.bins = c.bins[:0]
	if old != nil && !policy.replace {
		c.takeBins(old)
	}
	hadBins := len(c.bins) > 0
	c.written = writing{old, next, policy.replace}
	if code := c.operate(); code != protocol.OK {
		return code
	}
	if next.isMonitor() && len(c.bins) > 0 {
		if code := c.checkKeys(); code != protocol.OK {
			return code
		}
	}
	return c.storeBins(p, next, hadBins)
}

// takeBins makes the bins of a record those that the command works on.
func (c *command) takeBins(r *record) {
	c.bins = c.bins[:0]
	for rest := r.bins; len(rest) > 0; {
		var b bin
		b, rest = nextBin(rest)
		b.indexed = r.keepsIndex(b.name)
		c.bins = append(c.bins, b)
	}
}

// storeBins stores the record with the bins that the command has worked on, or removes it if it
// has lost its last one.
func (c *command) storeBins(p *partition, next *record, hadBins bool) protocol.ResultCode {
	switch size := deviceSize(next, c.bins); {
	case len(c.bins) > maxBins:
		return protocol.ParameterError
	case len(c.bins) == 0 && !hadBins:
		return protocol.KeyNotFound
	case len(c.bins) == 0:
		return c.vanish(p, next)
	case size > c.ns.config().MaxRecordSize:
		return protocol.RecordTooBig
	default:
		next.size = roundToBlocks(size)
	}
	next.bins, next.binCount, next.indexed = packBins(c.bins), len(c.bins), indexedBins(c.bins)
	c.place(p, next)
	c.found(next)
	return protocol.OK
}

// vanish removes a record that has lost its last bin; the answer carries no metadata.
func (c *command) vanish(p *partition, next *record) protocol.ResultCode {
	if code := c.checkDurability(); code != protocol.OK {
		return code
	}
	if c.durable() {
		next.bury()
		c.place(p, next)
	} else {
		c.ns.drop(p, &c.digest)
	}
	c.generation, c.voidTime = 0, 0
	return protocol.OK
}

// indexedBins returns the names of the lists and maps that keep an index, hardly ever any.
func indexedBins(bins []bin) (names [][]byte) {
	for i := range bins {
		if bins[i].indexed {
			names = append(names, bytes.Clone(bins[i].name))
		}
	}
	return names
}

// packBins copies bins into the one piece of memory that a record keeps.
func packBins(bins []bin) []byte {
	size := 0
	for i := range bins {
		size += bins[i].wireSize()
	}
	packed := make([]byte, 0, size)
	for i := range bins {
		packed = appendBin(packed, protocol.OpRead, bins[i].name, bins[i].particle, bins[i].value)
	}
	return packed
}
