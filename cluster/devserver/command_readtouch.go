package devserver

import "github.com/aerosql/aerosql/protocol"

// wantsTouch reports whether a read renews the record's time to live. It does if the remaining time
// is at most the given percentage of the time that the last write set (docs/wire-core.md#1.7).
func (c *command) wantsTouch(r *record) (bool, protocol.ResultCode) {
	percent := c.message.RecordTTL
	if r.voidTime == 0 || percent == protocol.ReadTouchNever || c.ns.server.lacks("read touch") {
		return false, protocol.OK
	}
	if percent == 0 {
		percent = c.ns.readTouchPercent(c.ns.setOf(r.set))
	}
	if percent > 100 {
		return false, protocol.ParameterError
	}
	if percent == 0 {
		return false, protocol.OK
	}
	given := r.voidTime - uint32(r.lastUpdate/1000)
	from := r.voidTime - uint32(uint64(given)*uint64(percent)/100)
	return c.ns.server.clock.seconds() >= from, protocol.OK
}

// readTouch restarts the record's time to live. The generation does not change, because it counts
// writes. The read that caused the touch returns the record as it was before.
func (c *command) readTouch(r *record) {
	p, code := c.lock()
	if code != protocol.OK {
		return
	}
	defer p.unlock()
	if p.working().get(&c.digest) != r {
		return // written since the read
	}
	given := r.voidTime - uint32(r.lastUpdate/1000)
	next := *r
	next.lastUpdate = max(c.ns.server.clock.millis(), r.lastUpdate)
	next.voidTime = uint32(next.lastUpdate/1000) + given
	c.ns.store(p, &next)
}
