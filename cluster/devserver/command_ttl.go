package devserver

import "github.com/aerosql/aerosql/protocol"

// checkTTL refuses invalid times to live, and all times to live if nothing would remove expired
// records (docs/wire-core.md#1.7).
func (c *command) checkTTL(s *setID, ttl uint32) protocol.ResultCode {
	if ttl > protocol.MaxTTL && ttl != protocol.TTLNever && ttl != protocol.TTLDontUpdate {
		return protocol.ParameterError
	}
	expires := ttl != protocol.TTLNever && ttl != protocol.TTLDontUpdate &&
		(ttl != protocol.TTLNamespaceDefault || c.ns.defaultTTL(c.ns.setOf(s)) != 0)
	if expires && c.ns.config().ForbidTTL {
		return protocol.Forbidden
	}
	return protocol.OK
}

// newVoidTime returns the void time of a record written at now, which is in milliseconds. old is
// its current void time.
func (c *command) newVoidTime(s *setID, ttl uint32, now uint64, old uint32) uint32 {
	switch ttl {
	case protocol.TTLNever:
		return 0
	case protocol.TTLDontUpdate:
		return old
	case protocol.TTLNamespaceDefault:
		if ttl = c.ns.defaultTTL(c.ns.setOf(s)); ttl == 0 {
			return 0
		}
	}
	return uint32(now/1000) + ttl
}
