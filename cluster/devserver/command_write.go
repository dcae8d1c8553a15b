package devserver

import (
	"bytes"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// maxBins is the largest number of bins in a record.
const maxBins = 32767

// write applies all operations to the record, or none. The order of the checks is that of the real
// server (docs/wire-core.md#5.4).
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
	old := c.setPrevious(stored)
	if stored != nil && c.previous == nil && !policy.mustExist {
		// An expired or truncated record is removed even if the write fails later.
		c.ns.drop(p, &c.digest)
	}
	if c.writesMonitor() {
		return c.writeMonitor(p, old, policy)
	}
	next, code := c.prepareWrite(old, policy)
	if code != protocol.OK {
		return code
	}
	return c.apply(p, old, next, policy)
}

// setPrevious records the stored version that the command will replace. Its metadata is used for
// the answer and for the new version. stored is nil if there is none. setPrevious returns the
// record if it is live, otherwise nil.
func (c *command) setPrevious(stored *record) *record {
	c.noteVersion(stored)
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

// prepareWrite decides whether the write may continue, and returns the record to store, without
// bins. old is nil if there is no live record.
func (c *command) prepareWrite(old *record, policy writePolicy) (*record, protocol.ResultCode) {
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
		if next.set, code = c.recordSet(); code != protocol.OK {
			return nil, code
		}
	} else {
		if previous.setName() != string(c.setName) {
			return nil, protocol.ParameterError
		}
		next.set, next.key = previous.set, previous.key
	}
	if s := c.ns.setOf(next.set); s != nil && s.refusesWrite(c.ns.master(c.pid)) {
		return nil, protocol.Forbidden
	}
	if c.ns.server.isFull() {
		return nil, protocol.OutOfSpace
	}
	if old != nil {
		if c.stillMatches != nil && !c.stillMatches(old) {
			return nil, protocol.KeyNotFound
		}
		if code := c.applyFilter(old); code != protocol.OK {
			return nil, code
		}
	}
	if code := c.storeKey(next); code != protocol.OK {
		return nil, code
	}
	return next, c.setMetadata(old, next, c.message.RecordTTL)
}

// storeKey compares the key that the client sent with the stored one. If none is stored, it sets
// the key, in the memory of the request.
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
	next.key = c.key // packRecord copies it
	return protocol.OK
}

// setMetadata sets the record's new generation, last-update time and void time.
func (c *command) setMetadata(old, next *record, ttl uint32) protocol.ResultCode {
	if next.isMonitor() {
		ttl = protocol.TTLNever // the caller sets the transaction's deadline
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

// apply runs the operations on the record's bins and stores the result.
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

// takeBins loads the bins of a record into the command.
func (c *command) takeBins(r *record) {
	c.bins = c.bins[:0]
	for rest := r.bins; len(rest) > 0; {
		var b bin
		b, rest = nextBin(rest)
		b.indexed = r.keepsIndex(b.name)
		c.bins = append(c.bins, b)
	}
}

// storeBins stores the record with the command's bins, or removes it if no bin is left.
func (c *command) storeBins(p *partition, next *record, hadBins bool) protocol.ResultCode {
	switch size := deviceSize(next, c.bins); {
	case len(c.bins) > maxBins:
		return protocol.ParameterError
	case len(c.bins) == 0 && !hadBins:
		return protocol.KeyNotFound
	case len(c.bins) == 0:
		return c.removeEmptied(p, next)
	case size > c.ns.config().MaxRecordSize:
		return protocol.RecordTooBig
	default:
		next.size = roundToBlocks(size)
	}
	next.binCount, next.indexed = len(c.bins), indexedBins(c.bins)
	c.packRecord(next)
	c.storeWritten(p, next)
	c.found(next)
	return protocol.OK
}

// removeEmptied removes a record that has lost its last bin. The answer has no metadata.
func (c *command) removeEmptied(p *partition, next *record) protocol.ResultCode {
	if code := c.checkDurability(); code != protocol.OK {
		return code
	}
	if c.durable() {
		next.makeTombstone()
		c.packRecord(next)
		c.storeWritten(p, next)
	} else {
		c.ns.drop(p, &c.digest)
	}
	c.generation, c.voidTime = 0, 0
	return protocol.OK
}

// indexedBins returns the names of the bins with a persisted index. There are rarely any.
func indexedBins(bins []bin) (names [][]byte) {
	for i := range bins {
		if bins[i].indexed {
			names = append(names, bytes.Clone(bins[i].name))
		}
	}
	return names
}

// packRecord copies the command's bins, and the key if it is in the request, into one block of
// memory for a record.
func (c *command) packRecord(next *record) {
	size := 0
	for i := range c.bins {
		size += c.bins[i].wireSize()
	}
	sent := len(c.key) > 0 && len(next.key) > 0 && &next.key[0] == &c.key[0]
	if sent {
		size += len(next.key)
	}
	if size == 0 {
		return
	}
	packed := make([]byte, 0, size)
	for i := range c.bins {
		packed = appendBin(packed, protocol.OpRead, c.bins[i].name, c.bins[i].particle, c.bins[i].value)
	}
	next.bins = packed[:len(packed):len(packed)]
	if sent {
		next.key = append(packed, next.key...)[len(packed):]
	}
}
