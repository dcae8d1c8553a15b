package mapper

import (
	"runtime"
	"sync"
	"unsafe"
	"weak"

	"github.com/aerosql/aerosql/protocol"
)

// expiries stores, for each object with a field tagged `asm:"ttl"`, the value that the field had
// when the object was read. An object whose field still has this value keeps its record's expiry
// when it is written. A time to live computed from the field would be wrong by the time since the
// read, and by the difference between the clocks of client and server.
//
// The struct has no room for this value, so it is in a map with the object's address as its key.
// The addresses are weak pointers: they don't keep objects alive, and they differ even if a new
// object reuses the memory of an old one. A cleanup removes the entry when its object is collected.
// A copy of an object is another object without an entry.
type expiries struct {
	read sync.Map // weak.Pointer[byte] to *ttlRead, nil if the field no longer has the record's expiry
}

// A ttlRead is a time to live that was read, and its record.
type ttlRead struct {
	namespace string
	digest    protocol.Digest
	ttl       ttlValue
}

// remember records that the object at base was read.
func (e *expiries) remember(base unsafe.Pointer, key protocol.Key, ttl ttlValue) {
	e.set(base, &ttlRead{key.Namespace, key.Digest(), ttl})
}

// forget records that the object's field no longer has the record's expiry.
func (e *expiries) forget(base unsafe.Pointer) {
	if _, known := e.read.Load(weak.Make((*byte)(base))); known {
		e.set(base, nil)
	}
}

// set never removes an entry, because each new one adds a cleanup that stays as long as its object.
func (e *expiries) set(base unsafe.Pointer, r *ttlRead) {
	object := (*byte)(base)
	address := weak.Make(object)
	if _, known := e.read.Swap(address, r); !known {
		runtime.AddCleanup(object, func(gone weak.Pointer[byte]) { e.read.Delete(gone) }, address)
	}
}

// unchanged reports whether the object's field still has the value that was read from the record.
func (e *expiries) unchanged(base unsafe.Pointer, key protocol.Key, ttl ttlValue) bool {
	known, ok := e.read.Load(weak.Make((*byte)(base)))
	if !ok {
		return false
	}
	r := known.(*ttlRead)
	return r != nil && r.digest == key.Digest() && r.namespace == key.Namespace && r.ttl == ttl
}

// remember records the time to live of an object that was just read.
func (s *store) remember(base unsafe.Pointer, key protocol.Key) {
	if len(s.plan.ttls) > 0 {
		s.expiries.remember(base, key, s.plan.ttls[0].value(base))
	}
}

// forget records that the object's time to live is no longer the record's.
func (s *store) forget(base unsafe.Pointer) {
	if len(s.plan.ttls) > 0 {
		s.expiries.forget(base)
	}
}

// keepsExpiry reports whether a write of the object keeps the record's expiry.
func (s *store) keepsExpiry(base unsafe.Pointer, key protocol.Key) bool {
	return len(s.plan.ttls) > 0 && s.ttl == nil && s.expiries.unchanged(base, key, s.plan.ttls[0].value(base))
}
